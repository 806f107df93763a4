import { sanitized } from '../../src/errors/terminal-safe.ts';
import { expect, test } from 'vitest';
import {
  createReporter,
  type Reporter,
  type ReporterMode,
  type TerminalStream,
} from '../../src/report/reporter.ts';
import type { OutputStream } from '../../src/ports/output.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import {
  attempt,
  failedTask,
  finished,
  LANE,
  paused,
  RATE_LIMIT,
  retry,
  runFinished,
  runStarted,
  SUMMARY,
} from './events.ts';

interface World {
  readonly clock: VirtualClock;
  readonly reporter: Reporter;
  /** The text printed since the last call. */
  readonly printed: () => readonly string[];
}

function world(mode: ReporterMode = 'plain', columns?: number): World {
  const clock = new VirtualClock();
  let text = '';
  const stderr: TerminalStream = {
    columns: () => columns,
    write: async (more) => {
      text += more;
    },
  };
  return {
    clock,
    reporter: createReporter(mode, { stderr, color: false, clock }),
    printed: () => {
      const lines = text.split('\n').slice(0, -1);
      text = '';
      return lines;
    },
  };
}

test('a small run has one line per task, retries and failures with their reasons, and the end', async () => {
  const { clock, reporter, printed } = world();
  reporter.onEvent(runStarted([LANE, 3]));
  reporter.onEvent(attempt('a', 0));
  reporter.onEvent(attempt('b', 0));
  reporter.onEvent(retry('b', 2100));
  reporter.onEvent(paused(2100));
  reporter.onEvent(finished('a'));
  reporter.onEvent(failedTask('b'));
  reporter.onEvent(finished('c', { cost_usd: 0.0036, attempts: 2, retries: 1 }));
  reporter.onEvent(runFinished({ tasks: 3, succeeded: 2, failed: 1, duration_ms: 4600 }));
  await reporter.close();
  expect(printed()).toEqual([
    'auth-review: running 3 tasks on anthropic/claude-haiku-5-5',
    '[0/3] ↻ b: RATE_LIMITED: too many requests, again in 2.1s',
    '[1/3] ✓ a (2.5s, 1.2k tokens)',
    '[2/3] ✗ b: AUTH: the key was refused (2.5s)',
    '[3/3] ✓ c (2.5s, after 1 retry, 1.2k tokens, $0.0036)',
    'Volley complete: 2/3 succeeded, 1 failed in 4.6s',
    '  ✗ b: AUTH: the key was refused',
    '    check `ANTHROPIC_API_KEY`',
  ]);
  expect(clock.pendingTimers).toBe(0);
});

test('a large run prints every failure, and a line every five seconds if something ended', async () => {
  const { clock, reporter, printed } = world();
  reporter.onEvent(runStarted([LANE, 201]));
  reporter.onEvent(attempt('a', 0));
  reporter.onEvent(retry('a', 1));
  reporter.onEvent(attempt('a', 1, { number: 2 }));
  for (let i = 0; i < 20; i++) reporter.onEvent(finished(`t${i}`));
  await clock.advance(4999);
  expect(printed()).toEqual(['auth-review: running 201 tasks on anthropic/claude-haiku-5-5']);
  await clock.advance(1);
  expect(printed()).toEqual(['20/201 · 1 running · 24k tokens · ETA 46s']);
  await clock.advance(5000);
  expect(printed()).toEqual([]);
  reporter.onEvent(failedTask('a'));
  expect(printed()).toEqual(['[21/201] ✗ a: AUTH: the key was refused (2.5s)']);
  reporter.onEvent(paused(17_000));
  await clock.advance(5000);
  expect(printed()).toEqual(
    ['21/201 · 1 failed · 24k tokens · ETA 2m 9s · 429 pause 2s'].map(etaless),
  );
});

test('a large run refers to the results after fifty failures', () => {
  const { reporter, printed } = world();
  reporter.onEvent(runStarted([LANE, 1000]));
  for (let i = 0; i < 500; i++) reporter.onEvent(failedTask(`t${i}`));
  const lines = printed();
  expect(lines).toHaveLength(52);
  expect(lines.at(-2)).toBe('[50/1000] ✗ t49: AUTH as above (2.5s)');
  expect(lines.at(-1)).toBe('50 failures shown; the rest are only in the results');
});

test('a silent run reports every half minute what it is waiting for', async () => {
  const { clock, reporter, printed } = world();
  reporter.onEvent(runStarted([LANE, 3], ['openai/gpt-6.1-sol', 1]));
  reporter.onEvent(attempt('a', 0));
  reporter.onEvent(attempt('b', 0));
  reporter.onEvent(retry('b', 60_000));
  reporter.onEvent(paused(90_000, { lane: 'openai/gpt-6.1-sol' }));
  printed();
  await clock.advance(29_999);
  expect(printed()).toEqual([]);
  await clock.advance(1);
  expect(printed()).toEqual([heartbeat('30s', '1m')]);
  await clock.advance(30_000);
  expect(printed()).toEqual([heartbeat('1m', '30s')]);
  reporter.onEvent(finished('a'));
  reporter.onEvent(finished('b'));
  printed();
  await clock.advance(30_000);
  expect(printed()).toEqual(['[2/4] still waiting, with nothing in flight']);
});

test('a run with nothing in flight reports which limit each model is waiting for', async () => {
  const { clock, reporter, printed } = world();
  const sol = 'openai/gpt-6.1-sol';
  reporter.onEvent(runStarted([LANE, 3], [sol, 1], ['openai/done', 1]));
  const limit = { amount: 8_000, spanMs: 60_000, source: 'declared' } as const;
  const bound = { reason: 'otpm', share: 1, limit } as const;
  const pausing = { reason: 'pause', share: 1, limit: undefined } as const;
  reporter.onEvent({ type: 'lane_bound', lane: LANE, bound });
  reporter.onEvent({ type: 'lane_bound', lane: sol, bound: pausing });
  reporter.onEvent({ type: 'lane_bound', lane: 'openai/done', bound });
  reporter.onEvent(finished('z', {}, 'openai/done'));
  reporter.onEvent(paused(90_000, { lane: sol }));
  printed();
  await clock.advance(30_000);
  expect(printed()).toEqual([
    `[1/5] still waiting: ${sol} 429 pause 1m · ${LANE} limited by otpm 8k/min`,
  ]);
});

test('a provider that stopped and a stop by the user are reported immediately', () => {
  const { reporter, printed } = world();
  reporter.onEvent(runStarted([LANE, 3]));
  reporter.onEvent(attempt('a', 0));
  reporter.onEvent({
    type: 'lane_stopped',
    lane: LANE,
    failure: { ...RATE_LIMIT, code: 'QUOTA_EXHAUSTED', hint: 'top up' },
  });
  reporter.onEvent({ type: 'draining', reason: 'Ctrl-C' });
  reporter.onEvent(finished('a'));
  reporter.onEvent({ type: 'draining', reason: 'Ctrl-C' });
  expect(printed()).toEqual([
    'auth-review: running 3 tasks on anthropic/claude-haiku-5-5',
    '✗ anthropic/claude-haiku-5-5 stopped: QUOTA_EXHAUSTED: too many requests',
    '  top up',
    'Stopping (Ctrl-C): no new requests, waiting for 1 request in flight',
    '[1/3] ✓ a (2.5s, 1.2k tokens)',
    'Stopping (Ctrl-C): no new requests, no request is in flight',
  ]);
});

test('text from a row, a server or a model cannot start a workflow command or a new line', () => {
  const { reporter, printed } = world();
  const evil = '\n::set-env name=x::y\r##[error]\u001b]0;t\u0007\u2028';
  reporter.onEvent(runStarted([evil, 3]));
  reporter.onEvent(attempt(evil, 0));
  reporter.onEvent({
    type: 'retry_scheduled',
    id: evil,
    lane: evil,
    attempt: 1,
    delayMs: 1,
    failure: { ...RATE_LIMIT, message: evil },
  });
  reporter.onEvent(failedTask(evil, { message: evil }, evil));
  reporter.onEvent({ type: 'lane_stopped', lane: evil, failure: { ...RATE_LIMIT, hint: evil } });
  reporter.onEvent({ type: 'draining', reason: evil });
  const lines = printed();
  expect(lines).toHaveLength(6);
  for (const line of lines.map((each) => sanitized(each))) {
    expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028]|##\[|^\s*::/);
  }
});

test('a very long message is truncated in the log', () => {
  const { reporter, printed } = world();
  reporter.onEvent(runStarted([LANE, 1]));
  reporter.onEvent(failedTask('a', { message: 'x'.repeat(10_000) }));
  expect(printed().at(-1)).toBe(`[1/1] ✗ a: AUTH: ${'x'.repeat(299)}… (2.5s)`);
});

test('a closed stderr stops the display, not the run', async () => {
  const clock = new VirtualClock();
  const stderr: OutputStream = {
    write: async () => {
      throw Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });
    },
  };
  for (const mode of ['tty', 'plain', 'json', 'quiet', 'none'] as const) {
    const reporter = createReporter(mode, { stderr, color: false, clock });
    reporter.onEvent(runStarted([LANE, 1]));
    reporter.onEvent(failedTask('a'));
    await clock.advance(60_000);
    expect(await reporter.between(async () => 'printed')).toBe('printed');
    reporter.onEvent(runFinished({ tasks: 1, succeeded: 0, failed: 1 }));
    await expect(reporter.close()).resolves.toBeUndefined();
  }
  expect(clock.pendingTimers).toBe(0);
});

test('closing waits for a slow stderr, and may be called twice', async () => {
  let waiting: (() => void) | undefined;
  const steps: string[] = [];
  const stderr: OutputStream = {
    write: (text) => {
      steps.push(text);
      return new Promise((resolve) => {
        waiting = resolve;
      });
    },
  };
  const reporter = createReporter('quiet', { stderr, color: false, clock: new VirtualClock() });
  reporter.onEvent(failedTask('a', { hint: null }));
  reporter.onEvent(runFinished({ succeeded: 9, failed: 1 }));
  const closed = reporter.close().then(() => steps.push('closed'));
  await new Promise(setImmediate);
  steps.push('taken');
  waiting?.();
  await closed;
  await reporter.close();
  expect(steps).toEqual([
    'Volley complete: 9/10 succeeded, 1 failed in 45.3s\n  ✗ a: AUTH: the key was refused\n',
    'taken',
    'closed',
  ]);
});

test('the mode `quiet` prints nothing after success, and `none` never prints anything', async () => {
  for (const [mode, events] of [
    ['quiet', [finished('a'), runFinished({})]],
    ['none', [failedTask('a'), runFinished({ succeeded: 9, failed: 1 })]],
  ] as const) {
    const { reporter, printed } = world(mode);
    reporter.onEvent(runStarted([LANE, 10]));
    for (const event of events) reporter.onEvent(event);
    await reporter.close();
    expect(printed()).toEqual([]);
  }
});

test('the mode `json` prints one event per line, with snake-case keys and without commands for CI runners', async () => {
  const { reporter, printed } = world('json');
  reporter.onEvent(runStarted([LANE, 1]));
  reporter.onEvent(attempt('a', 5));
  reporter.onEvent(retry('##[error]x\u2028', 2100));
  reporter.onEvent(failedTask('a', { hint: null }));
  reporter.onEvent(runFinished({ waiting_share: { rpm: 0.5 } }));
  await reporter.close();
  const lines = printed();
  expect(lines.map((line): unknown => JSON.parse(line))).toMatchObject([
    {
      type: 'run_started',
      name: 'auth-review',
      tasks: 1,
      lanes: [{ lane: LANE, tasks: 1 }],
    },
    { type: 'attempt_started', id: 'a', lane: LANE, attempt: 1, at_ms: 5 },
    {
      type: 'retry_scheduled',
      id: '##[error]x\u2028',
      delay_ms: 2100,
      failure: { code: 'RATE_LIMITED', http_status: 429 },
    },
    { type: 'task_finished', lane: LANE, record: { v: 1, id: 'a', finish_reason: 'stop' } },
    { type: 'run_finished', summary: { ...SUMMARY, waiting_share: { rpm: 0.5 } } },
  ]);
  expect(lines.join('\n')).not.toMatch(/##\[|\u2028/);
});

/** The estimate itself is tested elsewhere. */
function etaless(line: string): unknown {
  const [before, after] = line.split(/ETA [^·]+ /);
  return expect.stringMatching(new RegExp(`^${before}ETA [^·]+ ${after}$`));
}

function heartbeat(seconds: string, pause: string): string {
  return `[0/4] still waiting: 1 in flight, a for ${seconds} · 1 between retries · openai/gpt-6.1-sol 429 pause ${pause}`;
}

test('on a terminal without cursor control, no line is broken inside a word', async () => {
  const { reporter, printed } = world('plain', 40);
  reporter.onEvent(runStarted([LANE, 1]));
  reporter.onEvent(failedTask('src/a.ts', { message: 'the key was refused by the server' }));
  reporter.onEvent(runFinished(SUMMARY));
  await reporter.close();
  const rows = printed();
  expect(rows.filter((row) => row.length >= 40)).toEqual([]);
  expect(rows.join(' ').replaceAll(/\s+/g, ' ')).toContain('the key was refused by the server');
});
