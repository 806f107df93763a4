import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sleep } from '../../src/ports/clock.ts';
import { systemClock } from '../../src/ports/system-clock.ts';
import { ended, folder, recordsIn, startVolley, type CliResult } from '../support/cli.ts';
import type { Behaviour, TestServer } from '../support/server.ts';
import { scaled } from '../support/scale.ts';
import { until } from '../support/until.ts';
import { checkSummary } from '../support/check-schema.ts';
import { manifestOn, prompts, providerOn, served, WITH_KEY } from './served.ts';

const IN_FLIGHT = 3;
const TASKS = 20;
const HANG: Behaviour = { kind: 'hang' };
const ANSWERED_LATER: Behaviour = { kind: 'delay', ms: 400, next: { kind: 'answer' } };

interface Running {
  readonly server: TestServer;
  readonly child: ReturnType<typeof startVolley>;
  readonly cwd: string;
  readonly result: Promise<CliResult>;
}

/**
 * Starts a run of twenty tasks, three at a time, and waits until three requests are in flight.
 */
async function running(options: {
  readonly behaviour: Behaviour;
  readonly flags?: readonly string[];
}): Promise<Running> {
  const { behaviour, flags = [] } = options;
  const server = await served({ respond: () => behaviour });
  const manifest = manifestOn(server, {
    tasks: prompts(TASKS),
    provider: { limits: { concurrency: IN_FLIGHT } },
  });
  const cwd = folder({ 'volley.yaml': manifest });
  const args = ['run', 'volley.yaml', '--summary-file', 'summary.json', ...flags];
  const child = startVolley(args, { ...WITH_KEY, cwd });
  const result = ended(child);
  await until(() => server.requests.length >= IN_FLIGHT);
  return { server, child, cwd, result };
}

function summaryIn(cwd: string) {
  return checkSummary(JSON.parse(readFileSync(join(cwd, 'summary.json'), 'utf8')));
}

const SIGNALS = [
  ['SIGTERM', 143],
  ['SIGINT', 130],
  ['SIGHUP', 129],
] as const;

describe('the first signal', () => {
  test.each(SIGNALS)(
    '%s lets requests in flight finish, sends nothing new and exits %i',
    async (signal, code) => {
      const { server, child, cwd, result } = await running({ behaviour: ANSWERED_LATER });
      child.kill(signal);
      const run = await result;
      expect([run.code, run.signal]).toEqual([code, null]);
      expect(server.requests).toHaveLength(IN_FLIGHT);
      const records = recordsIn(run.stdout);
      expect(records.map(({ status }) => status)).toEqual(['succeeded', 'succeeded', 'succeeded']);
      expect(summaryIn(cwd)).toMatchObject({
        succeeded: IN_FLIGHT,
        not_started: TASKS - IN_FLIGHT,
        stopped_by: 'interrupted',
      });
      expect(run.stderr).toContain(
        `Stopping (${signal}, 7s for requests in flight; a second signal stops the run immediately): no new requests, waiting for 3 requests in flight\n`,
      );
      expect(run.stderr).toContain(`Stopped   interrupted, ${TASKS - IN_FLIGHT} tasks not started`);
    },
  );
});

describe('a second signal', () => {
  test.each(SIGNALS.slice(0, scaled(1, 3)))(
    '%s abandons requests in flight immediately and exits %i',
    async (signal, code) => {
      const { server, child, cwd, result } = await running({
        behaviour: HANG,
        flags: ['--grace', '10m', '--progress', 'plain'],
      });
      child.kill(signal);
      await saysOnStderr(child, 'no new requests');
      child.kill(signal);
      const run = await result;
      expect(run.code).toBe(code);
      expect(server.requests).toHaveLength(IN_FLIGHT);
      const records = recordsIn(run.stdout);
      expect(records.map(({ status, error }) => [status, error?.code])).toEqual(
        records.map(() => ['canceled', 'CANCELED']),
      );
      expect(records).toHaveLength(IN_FLIGHT);
      expect(records[0]).toMatchObject({ attempts: 1, possibly_paid_attempts: 1 });
      expect(summaryIn(cwd)).toMatchObject({ canceled: 3, not_started: 17, succeeded: 0 });
    },
  );
});

describe('a request that does not finish', () => {
  test.each(['300ms', '0s'].slice(0, scaled(1, 2)))(
    'is abandoned after a grace period of %s',
    async (grace) => {
      const { child, cwd, result } = await running({ behaviour: HANG, flags: ['--grace', grace] });
      child.kill('SIGTERM');
      const run = await result;
      expect(run.code).toBe(143);
      expect(run.stderr).toContain(`Stopping (SIGTERM, ${grace} for requests in flight`);
      expect(recordsIn(run.stdout).map(({ status }) => status)).toEqual([
        'canceled',
        'canceled',
        'canceled',
      ]);
      expect(summaryIn(cwd)).toMatchObject({ canceled: 3, not_started: 17 });
    },
  );
});

describe('after a signal, anything that only waits ends immediately', () => {
  test('a task between retries, a paused provider, and a task that waits for its rate limit', async () => {
    const server = await served({
      respond: ({ body }) => {
        if (body['model'] === 'failing') return { kind: 'error', status: 500 };
        if (body['model'] === 'limited') return { kind: 'answer' };
        return { kind: 'error', status: 429, headers: { 'retry-after': '60' } };
      },
    });
    const limits = { failing: {}, paused: {}, limited: { rpm: 2 } };
    const cwd = folder({
      'volley.yaml': JSON.stringify({
        providers: Object.fromEntries(
          Object.entries(limits).map(([name, own]) => [
            name,
            { ...providerOn(server, 'chat'), limits: { concurrency: IN_FLIGHT, ...own } },
          ]),
        ),
        tasks: Object.keys(limits).map((name) => ({
          id: name,
          model: `${name}/${name}`,
          for_each: prompts(TASKS),
          prompt: '{{ item }}',
        })),
      }),
    });
    const args = ['run', 'volley.yaml', '--retry-delay', '10m', '--grace', '10m'];
    const child = startVolley(args, { ...WITH_KEY, cwd });
    const result = ended(child);
    const sentTo = (name: string): number =>
      server.requests.filter(({ body }) => body['model'] === name).length;
    // The first refusal may arrive before a second request is sent.
    await until(() => sentTo('failing') >= 3 && sentTo('paused') >= 1 && sentTo('limited') >= 2);
    child.kill('SIGINT');
    const run = await result;
    expect(run.code).toBe(130);
    const records = recordsIn(run.stdout);
    for (const name of Object.keys(limits)) {
      const own = records.filter(({ model }) => model === name);
      expect([name, own.length]).toEqual([name, sentTo(name)]);
    }
    expect(records.find(({ model }) => model === 'failing')).toMatchObject({
      status: 'canceled',
      attempts: 1,
    });
    expect(sentTo('limited')).toBe(2);
  });
});

describe('results', () => {
  test('in one JSON document are complete after an interruption', async () => {
    const { child, result } = await running({
      behaviour: HANG,
      flags: ['--output-format', 'json', '--grace', '0s'],
    });
    child.kill('SIGTERM');
    expect(JSON.parse((await result).stdout)).toMatchObject({ summary: { canceled: 3 } });
  });

  test('that nobody reads do not prevent further signals from ending the process', async () => {
    const text = 'x'.repeat(500_000);
    const server = await served({ respond: () => ({ kind: 'answer', text }) });
    const cwd = folder({ 'volley.yaml': manifestOn(server, { tasks: prompts(TASKS) }) });
    const child = startVolley(['run', 'volley.yaml'], { ...WITH_KEY, cwd });
    const exited = new Promise((resolve) => {
      child.on('exit', (code, killedBy) => resolve(code ?? killedBy));
    });
    await until(() => server.requests.length >= 3);
    while (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGINT');
      await sleep(systemClock, 200);
    }
    // A signal that arrives while the process is ending may kill it.
    expect([130, 'SIGINT']).toContain(await exited);
  });
});

function saysOnStderr(child: Running['child'], text: string): Promise<void> {
  return new Promise((resolve) => {
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (more: string) => {
      said += more;
      if (said.includes(text)) resolve();
    });
  });
}

test('a run that was suspended for longer than a timeout accepts the answers that arrived meanwhile', async () => {
  const { server, child, result } = await running({
    behaviour: ANSWERED_LATER,
    flags: ['--timeout', '1500ms', '--only', 'task-1', '--only', 'task-2', '--only', 'task-3'],
  });
  child.kill('SIGSTOP');
  await sleep(systemClock, 3_000);
  child.kill('SIGCONT');
  const { code, stdout } = await result;
  expect([code, recordsIn(stdout).map(({ attempts }) => attempts)]).toEqual([0, [1, 1, 1]]);
  expect(server.requests).toHaveLength(IN_FLIGHT);
});

test('a run that was suspended for longer than the grace period accepts the answers that arrived meanwhile', async () => {
  const { child, result } = await running({
    behaviour: { kind: 'delay', ms: 1_200, next: { kind: 'answer' } },
    flags: ['--grace', '2s'],
  });
  child.kill('SIGTERM');
  await saysOnStderr(child, 'no new requests');
  child.kill('SIGSTOP');
  await sleep(systemClock, 3_500);
  child.kill('SIGCONT');
  const { code, stdout } = await result;
  expect([code, recordsIn(stdout).map(({ status }) => status)]).toEqual([
    143,
    ['succeeded', 'succeeded', 'succeeded'],
  ]);
});
