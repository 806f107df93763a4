import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createMetrics } from '../../src/report/prometheus-metrics.ts';
import { ended, folder, recordsIn, startVolley, volley } from '../support/cli.ts';
import { until } from '../support/until.ts';
import { manifestOn, prompts, served, WITH_KEY } from './served.ts';

/** Reads the text format of Prometheus as strictly as it is defined: each family once, with help and type. */
function samplesIn(text: string): Readonly<Record<string, number>> {
  expect(text.endsWith('\n')).toBe(true);
  const samples: Record<string, number> = {};
  const types = new Map<string, string>();
  let help = '';
  for (const line of text.slice(0, -1).split('\n')) {
    const [, kind, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line) ?? [];
    if (kind === 'HELP') help = name;
    if (kind === 'TYPE') {
      expect([help, types.has(name)]).toEqual([name, false]);
      types.set(name, rest);
    }
    if (kind !== undefined) continue;
    const [, family = '', labels = '', value = ''] =
      /^([a-z_]+)\{((?:[a-z_]+="(?:[^"\\\n]|\\[\\"n])*",?)+)\} (-?[\d.]+(?:e[+-]\d+)?)$/.exec(
        line,
      ) ?? [];
    const base = family.replace(/_(?:bucket|sum|count)$/, '');
    expect([types.get(family) ?? types.get(base), line]).not.toContain(undefined);
    const key = `${family}{${labels.replace(/^run="(?:[^"\\]|\\.)*",?/, '')}}`;
    expect(samples).not.toHaveProperty([key]);
    samples[key] = Number(value);
  }
  return samples;
}

test('the file exists during the run, and at the end has the totals of the summary', async () => {
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  const server = await served({
    respond: async ({ text }) => {
      if (text.includes('prompt 2')) await held;
      return text.includes('prompt 3')
        ? { kind: 'error', status: 400, message: 'no' }
        : { kind: 'answer', text: 'yes' };
    },
  });
  const cwd = folder({
    'volley.yaml': manifestOn(server, {
      name: 'a "name"',
      prices: { 'local/small': { input: 1, output: 2 } },
      tasks: prompts(3),
    }),
  });
  const args = [
    'run',
    'volley.yaml',
    '-q',
    '--metrics-file',
    'new/m.prom',
    '--summary-file',
    's.json',
  ];
  const child = startVolley(args, { ...WITH_KEY, cwd });
  const path = join(cwd, 'new/m.prom');
  await until(() => existsSync(path));
  expect(samplesIn(readFileSync(path, 'utf8'))).toMatchObject({
    'volley_run_active{}': 1,
    'volley_tasks{status="not_started"}': 3,
  });
  release();
  expect((await ended(child)).code).toBe(1);
  const summary = JSON.parse(readFileSync(join(cwd, 's.json'), 'utf8'));
  const text = readFileSync(path, 'utf8');
  expect(text).toContain(String.raw`volley_run_active{run="a \"name\""} 0`);
  expect(samplesIn(text)).toMatchObject({
    'volley_run_complete{}': 0,
    'volley_tasks{status="succeeded"}': 2,
    'volley_tasks{status="failed"}': 1,
    'volley_tasks{status="not_started"}': 0,
    'volley_requests{}': 3,
    'volley_tokens{kind="output"}': summary.usage.output_tokens,
    'volley_cost_usd{model="local/small"}': summary.cost_usd,
    'volley_task_duration_seconds_bucket{model="local/small",le="+Inf"}': 3,
    'volley_task_duration_seconds_count{model="local/small"}': 3,
  });
  expect(statSync(path).mode & 0o777).toBe(0o644 & ~process.umask());
});

test('failing to write the file at the end loses no result, and is reported', async () => {
  const cwd = folder({});
  const path = join(cwd, 'm.prom');
  const server = await served({
    respond: async () => {
      await until(() => existsSync(path));
      rmSync(path);
      mkdirSync(path);
      return { kind: 'answer' };
    },
  });
  writeFileSync(join(cwd, 'volley.yaml'), manifestOn(server, { tasks: prompts(1) }));
  const run = await volley(['run', 'volley.yaml', '-q', '--metrics-file', 'm.prom'], {
    ...WITH_KEY,
    cwd,
  });
  expect([run.code, recordsIn(run.stdout)]).toMatchObject([74, [{ status: 'succeeded' }]]);
  expect(run.stderr).toMatch(
    /cannot write the metrics to `m\.prom`: .*\n {2}hint: the results are not affected/,
  );
});

test('labels are escaped, and unknown values are left out', () => {
  const metrics = createMetrics('a\\b\n"c"\u001b[2J');
  const text = metrics.text({ startedEpochMs: 5_000, durationMs: 1_500, isActive: true });
  expect(text).toContain(String.raw`volley_run_duration_seconds{run="a\\b\n\"c\"\\x1b[2J"} 1.5`);
  expect(text).not.toContain('volley_cost_usd');
  expect(text).not.toContain('volley_run_end_time_seconds');
  expect(samplesIn(text)).toMatchObject({ 'volley_run_start_time_seconds{}': 5 });
});
