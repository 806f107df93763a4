import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/ports/random.ts';
import type { ResultRecord } from '../../src/results/record.ts';
import { SimulatedDisk } from '../support/simulated-disk.ts';
import { parsed } from '../journal/records.ts';
import { play, RESULTS, type Played, type Reply } from './volley-world.ts';
import { scaled } from '../support/scale.ts';

/** An entry of a random manifest. It needs only entries that come before it. */
interface Entry {
  readonly kind: 'single' | 'rows' | 'samples' | 'follows';
  readonly needs: readonly { readonly place: number; readonly allowFailed: boolean }[];
  readonly isLarge: boolean;
  /** `no`: false for every task; `first`: true only for the first row, if there are rows. */
  readonly condition: 'none' | 'no' | 'first';
  /** Which of its tasks fail, by position. */
  readonly failing: readonly number[];
}

const entry = fc.record({
  kind: fc.constantFrom('single', 'rows', 'samples', 'follows'),
  needs: fc.array(fc.record({ place: fc.nat(6), allowFailed: fc.boolean() }), { maxLength: 2 }),
  isLarge: fc.boolean(),
  condition: fc.oneof(
    { weight: 6, arbitrary: fc.constant('none') },
    fc.constantFrom('no', 'first'),
  ),
  failing: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    fc.array(fc.nat(2), { maxLength: 1 }),
  ),
}) satisfies fc.Arbitrary<Entry>;

const graph = fc.array(entry, { minLength: 1, maxLength: 6 });

/** How a task must end according to the rules. */
interface Expected {
  readonly id: string;
  readonly place: number;
  /** Ids of all tasks that it waits for. */
  readonly needs: readonly string[];
  readonly ending: 'succeeded' | 'failed' | 'CONDITION_FALSE' | 'DEPENDENCY_FAILED';
}

/** The needs that count: each only once, and none for the first entry. */
function needsOf(entries: readonly Entry[], at: number) {
  const { needs = [] } = entries[at] ?? {};
  const seen = new Map<number, boolean>();
  if (at > 0) for (const { place, allowFailed } of needs) seen.set(place % at, allowFailed);
  return [...seen].map(([place, allowFailed]) => ({ place, allowFailed }));
}

/** The entry that this entry's `for_each` follows: the first of its needs. */
function followedBy(entries: readonly Entry[], at: number): number | undefined {
  return entries[at]?.kind === 'follows' ? needsOf(entries, at)[0]?.place : undefined;
}

function manifestText(entries: readonly Entry[]): string {
  const tasks = entries.map((each, at) => {
    const needs = needsOf(entries, at).map(({ place, allowFailed }) => ({
      id: `t${place}`,
      allow_failed: allowFailed,
    }));
    const followed = followedBy(entries, at);
    const texts = needs.map(({ id }) => `{{ needs.${id} | json }}`);
    return {
      id: `t${at}`,
      ...(each.isLarge && { model: 'mock/large' }),
      ...(needs.length > 0 && { needs }),
      ...(each.kind === 'rows' && { for_each: ['a', 'b', 'c'] }),
      ...(each.kind === 'samples' && { repeat: 2 }),
      ...(followed !== undefined && { for_each: { needs: `t${followed}` } }),
      ...(each.condition === 'no' && { if: false }),
      ...(each.condition === 'first' && each.kind === 'rows' && { if: 'item == "a"' }),
      prompt: `{{ task.id }} ${texts.join(' ')}`,
    };
  });
  return JSON.stringify({
    providers: { mock: { type: 'mock' } },
    defaults: { model: 'mock/small', max_retries: 0 },
    tasks,
  });
}

/** The rules for needs, written a second time. */
function expectedEndings(entries: readonly Entry[]): readonly Expected[] {
  const byEntry: Expected[][] = [];
  for (const [at, each] of entries.entries()) {
    const followed = followedBy(entries, at);
    const keys =
      followed !== undefined
        ? (byEntry[followed] ?? []).map(({ id }) => id.replace(/^t\d+/, ''))
        : { rows: ['@a', '@b', '@c'], samples: ['#1', '#2'], single: [''], follows: [''] }[
            each.kind
          ];
    byEntry.push(
      keys.map((key, place) => {
        const waits = needsOf(entries, at).map((need) => {
          const all = byEntry[need.place] ?? [];
          const own = all[place];
          return { ...need, on: need.place === followed ? (own ? [own] : []) : all };
        });
        const isDoomed = waits.some(
          ({ on, allowFailed }) =>
            !allowFailed &&
            on.some(({ ending }) => ending === 'failed' || ending === 'DEPENDENCY_FAILED'),
        );
        const isPassedBy = waits.some(
          ({ place: needed, on }) => needed === followed && on[0]?.ending === 'CONDITION_FALSE',
        );
        const isUnwanted =
          each.condition === 'no' ||
          (each.condition === 'first' && each.kind === 'rows' && key !== '@a');
        return {
          id: `t${at}${key}`,
          place,
          needs: waits.flatMap(({ on }) => on.map(({ id }) => id)),
          ending: isDoomed
            ? 'DEPENDENCY_FAILED'
            : isPassedBy || isUnwanted
              ? 'CONDITION_FALSE'
              : each.failing.includes(place)
                ? 'failed'
                : 'succeeded',
        } as const;
      }),
    );
  }
  return byEntry.flat();
}

function replies(entries: readonly Entry[]): (prompt: string) => Reply {
  const failing = new Set(
    expectedEndings(entries)
      .filter(({ ending }) => ending === 'failed')
      .map(({ id }) => id),
  );
  return (prompt) => {
    const [id = ''] = prompt.split(' ');
    const latencyMs = 100 + ((id.length * 7919 + id.charCodeAt(id.length - 1) * 104_729) % 5_000);
    return failing.has(id) ? { status: 400, latencyMs } : { latencyMs };
  };
}

function endingOf({ status, error }: ResultRecord): string {
  return status === 'skipped' ? (error?.code ?? '') : status;
}

function violations(entries: readonly Entry[], { records, startedMs, endedMs }: Played): string[] {
  const expected = expectedEndings(entries);
  const wrong = expected.flatMap(({ id, ending, needs }) => {
    const found = records.filter((record) => record.id === id);
    const startMs = startedMs.get(id);
    return [
      ...(found.length === 1 ? [] : [`${id} ended ${found.length} times`]),
      ...found
        .filter((record) => endingOf(record) !== ending)
        .map((record) => `${id} ended ${endingOf(record)}, not ${ending}`),
      ...needs
        .filter((need) => startMs !== undefined && startMs < (endedMs.get(need) ?? Infinity))
        .map((need) => `${id} started before ${need} had ended`),
    ];
  });
  return records.length === expected.length ? wrong : [...wrong, 'a task too many'];
}

describe('over random graphs', () => {
  it('every task ends once according to the rules, and none starts before its needs', async () => {
    await fc.assert(
      fc.asyncProperty(graph, async (entries) => {
        const played = await play(manifestText(entries), { reply: replies(entries) });
        expect(violations(entries, played)).toEqual([]);
      }),
      { numRuns: scaled(30, 80) },
    );
  });

  it('a run resumed after a crash ends like an uninterrupted one', async () => {
    await fc.assert(
      fc.asyncProperty(graph, fc.nat(12_000), fc.nat(), async (entries, crashAtByte, seed) => {
        const reply = replies(entries);
        const whole = await play(manifestText(entries), { reply });
        let disk = new SimulatedDisk({ crashAtByte });
        const before = await play(manifestText(entries), {
          reply,
          journal: { disk, mode: 'new' },
        }).catch((error: unknown) => {
          if (!disk.stopped) throw error;
        });
        if (before) return;
        disk = disk.afterPowerCut(seededRandom(seed));
        const durable = new Set(
          parsed((disk.text(RESULTS) ?? '').replace(/[^\n]*$/, ''))
            .filter(({ status }) => status === 'succeeded')
            .map(({ id }) => id),
        );
        const { sent } = await play(manifestText(entries), {
          reply,
          journal: { disk, mode: 'resume' },
        });
        expect(sent.filter((prompt) => durable.has(prompt.split(' ')[0] ?? ''))).toEqual([]);
        expect(finals(parsed(disk.text(RESULTS)))).toEqual(finals(whole.records));
      }),
      { numRuns: scaled(30, 80) },
    );
  });
});

/** Everything in the records except times. */
function finals(records: readonly ResultRecord[]): readonly string[] {
  return records
    .map((record) => {
      const { id, index, status, output, error, fingerprint } = record;
      // If several needs failed, a skipped task mentions the one that was known to have failed
      // first.
      const why = status === 'skipped' ? undefined : error;
      return JSON.stringify([id, index, endingOf(record), output, why, fingerprint]);
    })
    .sort();
}
