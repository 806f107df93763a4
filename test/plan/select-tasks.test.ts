import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isLike } from '../../src/plan/only-pattern.ts';
import { selectTasks, type SelectionRules } from '../../src/plan/select-tasks.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { manifestOf } from '../manifest/support.ts';
import { idsOf, memoryFiles, planned } from './support.ts';

const ALL: SelectionRules = {
  only: [],
  skip: [],
  tags: [],
  sample: undefined,
  shard: undefined,
};

const MANIFEST = `
providers: {mock: {type: mock}, other: {type: mock}}
defaults: {model: mock/small}
tasks:
  - {id: title, model: other/large, prompt: title}
  - {id: review, tags: [slow], for_each: [src/a.ts, src/b.ts, lib/c.ts], prompt: "{{ item }}"}
  - {id: fix, tags: [slow, write], for_each: {needs: review}, repeat: 2, prompt: "{{ item }}"}
  - {id: verdict, needs: [review, title], prompt: verdict}
  - {id: letter, needs: verdict, prompt: letter}
`;

async function plan(text = MANIFEST): Promise<Plan> {
  return planned(await manifestOf(text), memoryFiles({}));
}

async function selected(rules: Partial<SelectionRules>, text = MANIFEST): Promise<Plan> {
  const found = await selectTasks(await plan(text), { ...ALL, ...rules });
  if (!found.ok) throw new Error(`${found.message} (${found.hint})`);
  return found.plan;
}

describe('a selection', () => {
  it.each<[string, Partial<SelectionRules>, readonly string[]]>([
    [
      'by the id of an entry',
      { only: ['review'] },
      ['review@src/a.ts', 'review@src/b.ts', 'review@lib/c.ts'],
    ],
    ['by a pattern over ids', { only: ['review@src/*'] }, ['review@src/a.ts', 'review@src/b.ts']],
    [
      'by several patterns',
      { only: ['title', '*@lib/c.ts'], skip: ['fix*'] },
      ['title', 'review@lib/c.ts'],
    ],
    ['by a tag', { tags: ['write'], only: ['*a.ts#1'] }, ['review@src/a.ts', 'fix@src/a.ts#1']],
    [
      'with everything that it needs',
      { only: ['letter'] },
      ['title', 'review@src/a.ts', 'review@src/b.ts', 'review@lib/c.ts', 'verdict', 'letter'],
    ],
    [
      'with its needs, even if they are skipped',
      { only: ['fix@lib/c.ts#2'], skip: ['review'] },
      ['review@lib/c.ts', 'fix@lib/c.ts#2'],
    ],
  ])('%s', async (_, rules, ids) => {
    const narrow = await selected(rules);
    expect(await idsOf(narrow)).toEqual(ids);
    expect(narrow.total).toBe(ids.length);
  });

  it('keeps indexes, and drops unused lanes', async () => {
    const narrow = await selected({ only: ['fix@src/b.ts#1'] });
    const places: string[] = [];
    for await (const { index, id } of narrow.tasks()) places.push(`${index} ${id}`);
    expect(places).toEqual(['2 review@src/b.ts', '6 fix@src/b.ts#1']);
    expect(narrow.lanes.map(({ provider, total }) => [provider, total])).toEqual([['mock', 2]]);
    expect(narrow.manifest.tasks.map(({ id }) => id)).toEqual(['review', 'fix']);
  });

  it('keeps the fallback models of its tasks', async () => {
    const text = `
providers: {mock: {type: mock}}
tasks:
  - {id: a, model: [mock/small, mock/spare], prompt: a}
  - {id: b, model: mock/large, prompt: b}
  - {id: c, model: mock/spare, prompt: c}
`;
    const narrow = await selected({ only: ['a'] }, text);
    expect(narrow.lanes.map(({ model, total }) => [model, total])).toEqual([
      ['small', 1],
      ['spare', 0],
    ]);
  });

  it.each<[Partial<SelectionRules>, string]>([
    [{ only: ['revew'] }, '`--only revew` matches no task (did you mean `--only review`?)'],
    [
      { skip: ['nothing@*'] },
      '`--skip nothing@*` matches no task (write an id, such as `review` or `review@src/auth.ts`; `*` stands for any characters)',
    ],
    [
      { only: ['src/a.ts'] },
      '`--only src/a.ts` matches no task (did you mean `--only key:src/a.ts`?)',
    ],
    [{ tags: ['slwo'] }, '`--tag slwo` matches no task (did you mean `--tag slow`?)'],
    [
      { only: ['title'], skip: ['title'] },
      'no task is selected (`--skip` leaves out every selected task)',
    ],
  ])('refuses %j', async (rules, message) => {
    await expect(selected(rules)).rejects.toThrow(message);
  });
});

const ROWS = `
providers: {mock: {type: mock}}
defaults: {model: mock/small}
tasks:
  - {id: review, for_each: [${Array.from({ length: 60 }, (_, at) => `r${at}`).join(', ')}], prompt: "{{ item }}"}
  - {id: fix, for_each: {needs: review}, prompt: "{{ item }}"}
`;

describe('a sample', () => {
  it('is the same for the same seed, and has the requested size', async () => {
    const only = ['review'];
    const one = await idsOf(await selected({ only, sample: { count: 7, seed: 1 } }, ROWS));
    const again = await idsOf(await selected({ only, sample: { count: 7, seed: 1 } }, ROWS));
    const other = await idsOf(await selected({ only, sample: { count: 7, seed: 2 } }, ROWS));
    expect(one).toHaveLength(7);
    expect(again).toEqual(one);
    expect(other).not.toEqual(one);
  });

  it('keeps its tasks when it grows', async () => {
    const few = await idsOf(
      await selected({ sample: { count: 5, seed: 1 }, only: ['review'] }, ROWS),
    );
    const more = await idsOf(
      await selected({ sample: { count: 9, seed: 1 }, only: ['review'] }, ROWS),
    );
    expect(more).toEqual(expect.arrayContaining(few));
  });
});

describe('shards', () => {
  it('together contain every task exactly once, and never split a chain', async () => {
    const parts: string[][] = [];
    for (const part of [1, 2, 3])
      parts.push(await idsOf(await selected({ shard: { part, of: 3 } }, ROWS)));
    expect(parts.flat().sort()).toEqual((await idsOf(await plan(ROWS))).sort());
    for (const ids of parts) {
      expect(ids.length).toBeGreaterThan(20);
      for (const id of ids)
        if (id.startsWith('fix')) expect(ids).toContain(id.replace('fix', 'review'));
    }
  });

  it('may be empty if there are few tasks', async () => {
    const totals: number[] = [];
    for (const part of [1, 2, 3, 4, 5]) {
      totals.push((await selected({ only: ['title'], shard: { part, of: 5 } })).total);
    }
    expect(totals.filter((total) => total > 0)).toEqual([1]);
  });

  it('do not move tasks when rows are added', async () => {
    const more = ROWS.replace('[r0,', '[new, r0,');
    const before = await idsOf(await selected({ shard: { part: 1, of: 3 } }, ROWS));
    const after = await idsOf(await selected({ shard: { part: 1, of: 3 } }, more));
    expect(after.filter((id) => !id.endsWith('@new'))).toEqual(before);
  });
});

describe('a pattern', () => {
  it('matches like the corresponding regular expression', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 8 });
    const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 12 });
    fc.assert(
      fc.property(text, letters, (each, pattern) => {
        const parts = pattern.replaceAll('*', '.*').replaceAll('?', '.');
        expect(isLike(each, pattern)).toBe(new RegExp(`^${parts}$`).test(each));
      }),
      { numRuns: 400 },
    );
  });
});
