import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { exitCodeOf } from '../../src/cli/exit-code.ts';
import type { Summary } from '../../src/results/summary.ts';
import { folder, recordsIn, volley } from '../support/cli.ts';
import { manifestOn, served, WITH_KEY } from './served.ts';
import { NO_TOKENS } from '../../src/plan/needs-data.ts';

const ROWS = [
  { id: 1, want: 'billing' },
  { id: 2, want: 'refund' },
];

async function setUp(more: Readonly<Record<string, unknown>>, tasks: readonly unknown[] = []) {
  const server = await served({ respond: () => ({ kind: 'answer', text: '{"label":"billing"}' }) });
  const manifest = (task: Readonly<Record<string, unknown>>): string =>
    manifestOn(server, {
      tasks: [
        {
          id: 'c',
          for_each: ROWS,
          prompt: 'x {{ item.id }}',
          schema: { type: 'object', properties: { label: { type: 'string' } } },
          ...task,
        },
        ...tasks,
      ],
    });
  const cwd = folder({ 'm.yaml': manifest(more) });
  const run = async (...flags: string[]) => {
    const args = ['run', 'm.yaml', '-o', 'r.jsonl', '-q', ...flags];
    const { code, stderr } = await volley(args, { cwd, ...WITH_KEY });
    const text = code === 2 ? '' : readFileSync(join(cwd, 'r.jsonl'), 'utf8');
    const verdicts = recordsIn(text).map(({ id, status, expected, unexpected_reason: reason }) => [
      id,
      status,
      expected,
      reason,
    ]);
    return { code, stderr, verdicts, sent: server.requests.length };
  };
  const change = (task: Readonly<Record<string, unknown>>): void =>
    writeFileSync(join(cwd, 'm.yaml'), manifest(task));
  return { cwd, run, change };
}

const REASON = '`output.label == item.want` is false';

test('an unexpected answer is kept and counted, and a resume checks it again for free', async () => {
  const { cwd, run, change } = await setUp({ expect: 'output.label == item.want' });
  const first = await run('--summary-file', 's.json', '--junit', 'r.xml');
  expect([first.code, first.verdicts]).toEqual([
    1,
    [
      ['c@1', 'succeeded', undefined, undefined],
      ['c@2', 'succeeded', false, REASON],
    ],
  ]);
  expect(first.stderr).toContain('2/2 succeeded, 1 not as expected');
  expect(first.stderr).toContain(`c@2: UNEXPECTED: ${REASON}`);
  expect(first.stderr).not.toContain('to continue');
  expect(JSON.parse(readFileSync(join(cwd, 's.json'), 'utf8'))).toMatchObject({
    succeeded: 2,
    unexpected: 1,
  });
  expect(readFileSync(join(cwd, 'r.xml'), 'utf8')).toContain(
    '<failure message="`output.label == item.want`',
  );
  const allowed = await run('--resume', '--max-failures', '50%');
  expect([allowed.code, allowed.sent]).toEqual([0, 2]);
  change({ expect: { properties: { label: { enum: ['refund'] } } } });
  const stricter = await run('--resume');
  expect([stricter.code, stricter.sent]).toEqual([1, 2]);
  expect(stricter.verdicts.map(([, , expected]) => expected)).toEqual([false, false]);
  change({});
  const without = await run('--resume');
  expect([without.code, without.sent, without.verdicts.map(([, , expected]) => expected)]).toEqual([
    0,
    2,
    [undefined, undefined],
  ]);
}, 40_000);

test('a condition can use the needed task’s answer, and an error in it counts as a reason', async () => {
  const { run } = await setUp({}, [
    {
      id: 'sum',
      needs: ['c'],
      prompt: 'sum {{ needs.c | size }}',
      expect: 'needs.c.size > 2',
    },
    { id: 'odd', prompt: 'odd', schema: { type: 'object' }, expect: 'output.label.more.deep == 1' },
  ]);
  const { code, verdicts } = await run();
  expect(code).toBe(1);
  expect(verdicts.slice(2).map(([id, , , reason]) => [id, reason])).toEqual([
    ['sum', '`needs.c.size > 2` is false'],
    ['odd', expect.stringContaining('output.label.more')],
  ]);
  expect((await run('--resume')).verdicts).toEqual(verdicts);
}, 20_000);

test.each([
  [{ expect: 'outputs.label == 1' }, 'unknown variable `outputs.label`'],
  [{ expect: '{{ output }}' }, '`expect` is a condition without brackets'],
  [{ expect: 'item.wnat == 1' }, 'did you mean `item.want`?'],
  [{ expect: { typ: 'object' } }, '`typ` is not a keyword of JSON Schema'],
  [{ prompt: '{{ output }}' }, 'unknown variable `output`'],
])('%j is an error before anything is sent', async (task, message) => {
  const { run } = await setUp(task);
  const { code, stderr, sent } = await run();
  expect([code, stderr, sent]).toEqual([2, expect.stringContaining(message), 0]);
});

test.each<[string, Partial<Summary>, number]>([
  ['count', { failed: 1, unexpected: 1, succeeded: 98 }, 0],
  ['count', { failed: 2, unexpected: 1, succeeded: 97 }, 1],
  ['share', { failed: 2, succeeded: 97 }, 0],
  ['share', { failed: 3, succeeded: 97 }, 1],
  ['count', { failed: 1, succeeded: 50, not_started: 49, stopped_by: 'interrupted' }, 1],
  ['count', { failed: 1, succeeded: 50, not_started: 49, stopped_by: 'budget' }, 3],
])('with a %s of 2 allowed, %j exits with %i', (kind, parts, code) => {
  const summary = {
    tasks: 100,
    failed: 0,
    canceled: 0,
    skipped: 0,
    not_started: 0,
    stopped_by: null,
    ...parts,
  };
  const most = kind === 'count' ? 2 : 0.02;
  expect(exitCodeOf(whole(summary), { kind: kind === 'count' ? 'count' : 'share', most })).toBe(
    code,
  );
});

test.each(['x', '101%', '-1', '1.5'])('`--max-failures %s` is refused', async (text) => {
  const cwd = folder({ 'm.yaml': 'tasks: [a]\n' });
  const { code, stderr } = await volley(
    ['run', 'm.yaml', '-m', 'mock/small', '--max-failures', text],
    { cwd },
  );
  expect([code, stderr]).toEqual([2, expect.stringContaining('`--max-failures')]);
});

function whole(parts: Partial<Summary>): Summary {
  const usage = NO_TOKENS;
  return {
    v: 1,
    tasks: 0,
    succeeded: 0,
    kept: 0,
    failed: 0,
    canceled: 0,
    skipped: 0,
    not_started: 0,
    duration_ms: 0,
    usage,
    cache_hit_share: null,
    cost_usd: null,
    cache_saved_usd: null,
    attempts: 0,
    retries: 0,
    possibly_paid_attempts: 0,
    rate_limited: 0,
    highest_concurrency: 0,
    waiting_share: {},
    bound_by: null,
    stopped_by: null,
    ...parts,
  };
}
