import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { repo, RESULTS } from '../resume/support.ts';
import { volley } from '../support/cli.ts';

const PRICES = { 'local/small': { input: 1, output: 1 } };

test('prune empties the companion, and the cost of its answers still counts', async () => {
  const pruned = await repo({ tasks: ['A', 'B', 'C'], prices: PRICES });
  await pruned.run();
  pruned.sent();
  const manifest = pruned.read('volley.yaml');
  pruned.write('volley.yaml', manifest.replace('"A","B",', ''));
  expect((await pruned.run('--resume')).code).toBe(0);
  const companion = join(pruned.cwd, `${RESULTS}.volley`);
  const before = readFileSync(companion).length;
  const { code, stdout } = await volley(['prune', RESULTS], { cwd: pruned.cwd });
  expect([code, stdout]).toEqual([
    0,
    expect.stringMatching(
      /^2 lines \([\d,]+ bytes\) removed from `out.jsonl.volley`; their cost of \$\S+ still counts as spent\n$/,
    ),
  ]);
  expect(readFileSync(companion).length).toBeLessThan(before);
  expect(pruned.moved()).toEqual([]);
  // A second prune does nothing.
  expect((await volley(['prune', RESULTS], { cwd: pruned.cwd })).stdout).toContain(
    'nothing to prune',
  );
  pruned.write('volley.yaml', manifest);
  const resumed = await pruned.run('--resume');
  expect(pruned.sent()).toEqual(['A', 'B']);
  const total = /(\$\S+) for all runs into this file/.exec(resumed.stderr)?.[1];
  const own = pruned.records().reduce((sum, { cost_usd: usd }) => sum + (usd ?? 0), 0);
  expect(Number(total?.slice(1))).toBeGreaterThan(own);
});

test('prune leaves no companion if nothing had a cost', async () => {
  const pruned = await repo({
    tasks: ['A', 'B'],
    prices: { 'local/small': { input: 0, output: 0 } },
  });
  await pruned.run();
  pruned.write('volley.yaml', pruned.read('volley.yaml').replace('"A",', ''));
  await pruned.run('--resume');
  expect((await volley(['prune', RESULTS], { cwd: pruned.cwd })).code).toBe(0);
  expect(existsSync(join(pruned.cwd, `${RESULTS}.volley`))).toBe(false);
});

test.each([
  { what: 'no file is given', args: [], message: 'no results file given' },
  {
    what: 'the file does not exist',
    args: ['none.jsonl'],
    message: 'cannot read `none.jsonl`: it does not exist',
  },
  { what: 'the file contains something else', args: ['volley.yaml'], message: 'nothing to prune' },
])('prune changes nothing when $what', async ({ args, message }) => {
  const { cwd } = await repo({ tasks: ['A'] });
  const { stdout, stderr } = await volley(['prune', ...args], { cwd });
  expect(stdout + stderr).toContain(message);
});
