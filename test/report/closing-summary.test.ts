import { sanitized } from '../../src/errors/terminal-safe.ts';
import { expect, test } from 'vitest';
import { endBlock, problemBlock, type EndOptions } from '../../src/report/closing-summary.ts';
import { createFailureLog, type FailureLog } from '../../src/report/failure-log.ts';
import { createStyle } from '../../src/report/style.ts';
import type { RunEvent } from '../../src/results/run-events.ts';
import { failedTask, LANE, RATE_LIMIT, SUMMARY } from './events.ts';

function failuresOf(...events: readonly RunEvent[]): FailureLog {
  const failures = createFailureLog();
  for (const event of events) failures.apply(event);
  return failures;
}

const plain = (failures: FailureLog): EndOptions => ({ failures, style: createStyle(false) });

test('a successful run is one line', () => {
  expect(endBlock(SUMMARY, plain(failuresOf()))).toBe(
    'Volley complete: 10/10 succeeded in 45.3s\n',
  );
});

test('shows failures with reasons and hints, tokens by kind, cost, retries and waiting times', () => {
  const summary = {
    ...SUMMARY,
    succeeded: 9,
    failed: 1,
    usage: {
      input_tokens: 12_300,
      output_tokens: 4500,
      cache_read_tokens: 2000,
      cache_write_tokens: 0,
      reasoning_tokens: 1200,
      total_tokens: 18_800,
    },
    cost_usd: 0.42,
    retries: 3,
    rate_limited: 2,
    possibly_paid_attempts: 1,
    waiting_share: { retry: 0.12, rpm: 0.31, otpm: 0.001 },
    bound_by: {
      lane: LANE,
      reason: 'rpm',
      share: 0.5,
      limit: { amount: 50, span_ms: 60_000, source: 'announced' },
    },
  } as const;
  expect(endBlock(summary, plain(failuresOf(failedTask('review@a.ts'))))).toBe(
    [
      'Volley complete: 9/10 succeeded, 1 failed in 45.3s',
      '  ✗ review@a.ts: AUTH: the key was refused',
      '    check `ANTHROPIC_API_KEY`',
      '  Cost      $0.42',
      '  Tokens    12.3k input · 2k read from cache · 4.5k output (1.2k reasoning)',
      '  Retries   3 · 429: 2 · 1 attempt possibly paid without an answer',
      "  Waited    31% for rpm · 12% between retries (of an average task's time)",
      `  Limited   the provider's 50 requests per minute on ${LANE} (50% of the run): 100 per minute would be enough`,
      '',
    ].join('\n'),
  );
});

test('an unknown cost is reported if something may have been paid', () => {
  expect(endBlock({ ...SUMMARY, possibly_paid_attempts: 1 }, plain(failuresOf()))).toContain(
    '\n  Cost      unknown: add `prices` to the manifest or pass `--prices FILE`\n',
  );
  expect(endBlock({ ...SUMMARY, attempts: 0 }, plain(failuresOf()))).not.toContain('Cost');
});

test('a run of a few seconds gives no advice on limits', () => {
  const bound = {
    lane: LANE,
    reason: 'pause',
    share: 0.9,
    limit: null,
    paused_by: 'rate_limited',
  } as const;
  const summary = { ...SUMMARY, duration_ms: 4_000, bound_by: bound };
  expect(endBlock(summary, plain(failuresOf()))).not.toContain('What binds');
  expect(endBlock({ ...summary, duration_ms: 6_000 }, plain(failuresOf()))).toContain('429 pauses');
});

test('a run limited by an overloaded server does not mention 429', () => {
  const bound = { lane: LANE, reason: 'pause', share: 0.9, limit: null } as const;
  const text = endBlock(
    {
      ...SUMMARY,
      waiting_share: { pause: 0.8 },
      bound_by: { ...bound, paused_by: 'overloaded' },
    },
    plain(failuresOf()),
  );
  expect(text).toContain('  Waited    80% in pauses');
  expect(text).toContain('the provider was overloaded');
  expect(text).not.toContain('429');
});

test('a run that stopped early reports why, and what was not started', () => {
  const failures = failuresOf(failedTask('a', { hint: null }), {
    type: 'lane_stopped',
    lane: LANE,
    failure: { ...RATE_LIMIT, hint: 'top up' },
  });
  const summary = {
    ...SUMMARY,
    succeeded: 4,
    failed: 1,
    canceled: 2,
    not_started: 3,
    stopped_by: 'provider',
  } as const;
  expect(endBlock(summary, plain(failures))).toBe(
    [
      'Volley stopped early: 4/10 succeeded, 1 failed, 2 canceled, 3 not started in 45.3s',
      '  ✗ anthropic/claude-haiku-5-5 stopped: RATE_LIMITED: too many requests',
      '    top up',
      '  ✗ a: AUTH: the key was refused',
      '  Stopped   a provider accepts no more requests, 3 tasks not started',
      '',
    ].join('\n'),
  );
});

test('a task that was sent, but whose result was not written, is not called "not started"', () => {
  const summary = { ...SUMMARY, succeeded: 8, failed: 0, not_started: 2 };
  const text = endBlock({ ...summary, stopped_by: 'unwritable' }, plain(failuresOf()));
  expect(text).toContain('8/10 succeeded, 2 without a result in');
  expect(text).toContain('results could not be written, 2 tasks without a result');
});

test('equal failures are one entry, the most frequent first, and only ten kinds are listed', () => {
  const kinds = Array.from({ length: 12 }, (_, kind) =>
    failedTask(`kind-${kind}`, { message: `reason ${kind}`, hint: null }),
  );
  const alike = ['a', 'b', 'c', 'd'].map((id) => failedTask(id, { hint: null }));
  const summary = { ...SUMMARY, tasks: 16, succeeded: 0, failed: 16 };
  expect(endBlock(summary, plain(failuresOf(...kinds, ...alike)))).toBe(
    [
      'Volley complete: 0/16 succeeded, 16 failed in 45.3s',
      '  ✗ 4 tasks: AUTH: the key was refused (a, b, c, …)',
      ...Array.from({ length: 9 }, (_, kind) => `  ✗ kind-${kind}: AUTH: reason ${kind}`),
      '  … and 3 more',
      '',
    ].join('\n'),
  );
});

test("a server's message cannot control the terminal or the CI runner", () => {
  const failures = failuresOf(
    failedTask('::set-env name=x::y', {
      message: 'a\n::error::b ##[error]c \u001b[31md',
      hint: '##[x]',
    }),
  );
  const summary = { ...SUMMARY, succeeded: 9, failed: 1 };
  const text = endBlock(summary, plain(failures));
  expect(text.split('\n')).toHaveLength(4);
  expect(sanitized(text)).not.toMatch(/\u001b|##\[|^\s*::/m);
});

test('a million different failures are counted but not kept in memory', () => {
  const failures = createFailureLog();
  for (let i = 0; i < 10_000; i++) failures.apply(failedTask(`t${i}`, { message: `request ${i}` }));
  expect(failures.groups()).toHaveLength(200);
  expect(failures.count()).toBe(10_000);
});

test('the block for `--quiet` is empty after success and short after failures', () => {
  expect(problemBlock(SUMMARY, plain(failuresOf()))).toBe('');
  const summary = { ...SUMMARY, succeeded: 9, failed: 1, retries: 3 };
  expect(problemBlock(summary, plain(failuresOf(failedTask('a'))))).toBe(
    [
      'Volley complete: 9/10 succeeded, 1 failed in 45.3s',
      '  ✗ a: AUTH: the key was refused',
      '    check `ANTHROPIC_API_KEY`',
      '',
    ].join('\n'),
  );
});

test('color does not change the text', () => {
  const options = { failures: failuresOf(failedTask('a')), style: createStyle(true) };
  expect(problemBlock({ ...SUMMARY, succeeded: 9, failed: 1 }, options)).toBe(
    '\u001b[33mVolley complete:\u001b[39m 9/10 succeeded, 1 failed in 45.3s\n' +
      '  \u001b[31m✗\u001b[39m a: AUTH: the key was refused\n' +
      '\u001b[2m    check `ANTHROPIC_API_KEY`\u001b[22m\n',
  );
});
