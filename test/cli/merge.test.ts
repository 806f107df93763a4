import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ResultRecord } from '../../src/results/record.ts';
import { failure, record } from '../compare/records.ts';
import { folder, recordsIn, volley } from '../support/cli.ts';
import { manifestOn, prompts, served, WITH_KEY } from './served.ts';

test('merged shards are one file that a run accepts as its own', async () => {
  const server = await served();
  const cwd = folder({ 'm.yaml': manifestOn(server, { tasks: prompts(7) }) });
  const shards = ['1/3', '2/3', '3/3'].map((part, at) => ['--shard', part, '-o', `s${at}.jsonl`]);
  for (const flags of shards) {
    expect((await volley(['run', 'm.yaml', '-q', ...flags], { cwd, ...WITH_KEY })).code).toBe(0);
  }
  const files = ['s2.jsonl', 's0.jsonl', 's1.jsonl'];
  const merged = await volley(['merge', ...files, '-o', 'all.jsonl'], { cwd });
  expect([merged.code, merged.stderr]).toEqual([0, '']);
  expect(merged.stdout).toMatch(/^7 of 7 succeeded in all\.jsonl\n/);
  const all = readFileSync(join(cwd, 'all.jsonl'), 'utf8');
  expect(recordsIn(all).map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  const lines = files.flatMap((name) =>
    readFileSync(join(cwd, name), 'utf8').trimEnd().split('\n'),
  );
  expect(all.trimEnd().split('\n').sort()).toEqual(lines.sort());
  const sent = server.requests.length;
  const resumed = await volley(['run', 'm.yaml', '-o', 'all.jsonl', '--resume'], {
    cwd,
    ...WITH_KEY,
  });
  expect([resumed.code, server.requests.length - sent]).toEqual([0, 0]);
  expect(resumed.stderr).not.toContain('elsewhere');
  const again = await volley(['merge', ...files, '-o', 'all.jsonl'], { cwd });
  expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('already exists')]);
}, 40_000);

const ok = (id: string, index: number, more: Partial<ResultRecord> = {}): ResultRecord =>
  record({ id, index, fingerprint: `v2:sha256:${id}`, ...more });
const bad = (id: string, index: number, at: string): ResultRecord =>
  record({ id, index, fingerprint: null, finished_at: at, error: failure('SERVER_ERROR', at) });

function written(files: Readonly<Record<string, readonly ResultRecord[]>>): string {
  const cwd = folder();
  for (const [name, records] of Object.entries(files)) {
    writeFileSync(join(cwd, name), records.map((each) => `${JSON.stringify(each)}\n`).join(''));
  }
  return cwd;
}

test("a success wins over a failure, and the loser's cost stays in the companion", async () => {
  const early = '2026-01-01T00:00:00.000Z';
  const late = '2026-01-02T00:00:00.000Z';
  const cwd = written({
    'a.jsonl': [ok('t@1', 0), bad('t@2', 1, early), bad('t@3', 2, late), ok('t@5', 4)],
    'b.jsonl': [bad('t@1', 0, late), ok('t@2', 1), bad('t@3', 2, early), ok('t@5', 4)],
  });
  const companion = '{"v":1,"kind":"pruned","cost_usd":0.5}\n';
  writeFileSync(join(cwd, 'b.jsonl.volley'), companion);
  const { code, stderr } = await volley(['merge', 'a.jsonl', 'b.jsonl', '-o', 'c.jsonl'], { cwd });
  expect([code, stderr]).toEqual([
    0,
    'volley: `a.jsonl` has 2 answers from elsewhere: not sealed with your key\n' +
      'volley: `b.jsonl` has 2 answers from elsewhere: not sealed with your key\n' +
      'volley: 3 records moved to `c.jsonl.volley`\n' +
      'volley: 1 task before the last one has no record\n',
  ]);
  const records = recordsIn(readFileSync(join(cwd, 'c.jsonl'), 'utf8'));
  expect(records.map(({ id, status, finished_at: at }) => [id, status, at.slice(0, 10)])).toEqual([
    ['t@1', 'succeeded', '2026-01-01'],
    ['t@2', 'succeeded', '2026-01-01'],
    ['t@3', 'failed', '2026-01-02'],
    ['t@5', 'succeeded', '2026-01-01'],
  ]);
  expect(records.some(({ seal }) => seal !== undefined)).toBe(false);
  const moved = readFileSync(join(cwd, 'c.jsonl.volley'), 'utf8');
  expect(moved.match(/"reason":"superseded"/g)).toHaveLength(3);
  expect(moved).toContain(companion);
  const trusted = await volley(
    ['merge', 'a.jsonl', 'b.jsonl', '-o', 'd.jsonl', '--trust-results', '--json'],
    { cwd },
  );
  expect(JSON.parse(trusted.stdout)).toMatchObject({
    total: { records: 4, succeeded: 3, failed: 1 },
  });
  expect((await volley(['report', 'd.jsonl'], { cwd })).stdout).not.toContain('elsewhere');
});

test.each<[string, readonly ResultRecord[], string]>([
  [
    'another answer',
    [ok('t@1', 0, { output: 'other' })],
    '`t@1` has two answers to the same request',
  ],
  [
    'another request',
    [ok('t@1', 0, { fingerprint: 'v2:sha256:x' })],
    '`t@1` has answers to two different requests',
  ],
  [
    'another task in its place',
    [ok('t@9', 0)],
    'task 1 is `t@1` in `a.jsonl` and `t@9` in `b.jsonl`',
  ],
  [
    'the same task in another place',
    [ok('t@1', 5)],
    '`t@1` is task 1 in one file and task 6 in `b.jsonl`',
  ],
])('a contradiction is refused and nothing is written: %s', async (_, records, message) => {
  const cwd = written({ 'a.jsonl': [ok('t@1', 0)], 'b.jsonl': records });
  const { code, stderr } = await volley(['merge', 'a.jsonl', 'b.jsonl', '-o', 'c.jsonl'], { cwd });
  expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  expect(
    ['c.jsonl', 'c.jsonl.volley', 'c.jsonl.rewrite'].filter((name) => existsSync(join(cwd, name))),
  ).toEqual([]);
});

test.each([
  [['a.jsonl', 'b.jsonl'], 'no output file given'],
  [['a.jsonl', '-o', 'c.jsonl'], '`volley merge` needs two results files'],
  [
    ['a.jsonl', 'b.jsonl', '-o', 'b.jsonl', '--overwrite'],
    '`b.jsonl` is read by this command, so it cannot be written as well',
  ],
  [['a.jsonl', 'none.jsonl', '-o', 'c.jsonl'], 'cannot read `none.jsonl`'],
])('merge %j is refused', async (args, message) => {
  const cwd = written({ 'a.jsonl': [ok('t@1', 0)], 'b.jsonl': [ok('t@2', 1)] });
  const { code, stderr } = await volley(['merge', ...args], { cwd });
  expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
});
