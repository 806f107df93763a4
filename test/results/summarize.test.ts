import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createTally } from '../../src/results/summarize.ts';
import { toRecord } from '../../src/results/to-record.ts';
import type { ScheduleTotals } from '../../src/outcome/schedule-events.ts';
import type { TaskOutcome } from '../../src/outcome/task-outcome.ts';
import type { Usage } from '../../src/providers/provider.ts';
import { anyOutcome, failed, succeeded } from './outcomes.ts';

const ALL_RAN: ScheduleTotals = {
  rateLimited: 0,
  highestConcurrency: 2,
  waitedMs: new Map(),
  boundBy: undefined,
  caching: [],
  stoppedBy: undefined,
};

function tallied(outcomes: readonly TaskOutcome[]): ReturnType<typeof createTally> {
  const tally = createTally();
  for (const outcome of outcomes) tally.add(outcome, toRecord(outcome));
  return tally;
}

test('a run is added up by status, tokens, attempts and reasons for waiting', () => {
  const tally = tallied([
    succeeded({ queuedMs: 100, durationMs: 900, waitedMs: { rpm: 100 } }),
    succeeded({ queuedMs: 0, durationMs: 1000, attempts: 3, waitedMs: { rpm: 400, retry: 500 } }),
    failed({ queuedMs: 0, durationMs: 0, attempts: 1, possiblyPaidAttempts: 1 }),
  ]);
  const totals = {
    rateLimited: 4,
    highestConcurrency: 2,
    waitedMs: new Map(),
    boundBy: {
      lane: 'p/m',
      reason: 'rpm',
      share: 0.61803,
      limit: { amount: 50, spanMs: 60_000, source: 'declared' },
    },
    caching: [],
    stoppedBy: { kind: 'fail_fast' },
  } as const;
  expect(tally.summary({ tasks: 10, totals, durationMs: 4531.2 })).toEqual({
    v: 1,
    tasks: 10,
    succeeded: 2,
    kept: 0,
    failed: 1,
    canceled: 0,
    skipped: 0,
    not_started: 7,
    duration_ms: 4531,
    usage: {
      input_tokens: 1624,
      output_tokens: 280,
      cache_read_tokens: 4096,
      cache_write_tokens: 20,
      reasoning_tokens: 180,
      total_tokens: 6020,
    },
    cache_hit_share: 0.7136,
    cost_usd: null,
    models: [{ model: 'anthropic/claude-haiku-5-5', tasks: 3, succeeded: 2, cost_usd: null }],
    cache_saved_usd: null,
    attempts: 5,
    retries: 2,
    possibly_paid_attempts: 1,
    rate_limited: 4,
    highest_concurrency: 2,
    waiting_share: { rpm: 0.25, retry: 0.25 },
    bound_by: {
      lane: 'p/m',
      reason: 'rpm',
      share: 0.618,
      limit: { amount: 50, span_ms: 60_000, source: 'declared' },
    },
    stopped_by: 'fail_fast',
  });
});

test('the cost is known only if every sent task has one', () => {
  const run = { tasks: 3, totals: ALL_RAN, durationMs: 1 };
  expect(priced(0.5).summary(run).cost_usd).toBe(0.75);
  expect(priced(null).summary(run).cost_usd).toBeNull();
});

test('an empty run has no shares of anything', () => {
  const summary = createTally().summary({ tasks: 0, totals: ALL_RAN, durationMs: 0 });
  expect(summary).toMatchObject({ cache_hit_share: null, waiting_share: {}, cost_usd: null });
});

test('a lost task is a bug, and does not just lower a count', () => {
  expect(() =>
    tallied([succeeded()]).summary({ tasks: 2, totals: ALL_RAN, durationMs: 1 }),
  ).toThrow('only 1 of 2 tasks ended, although nothing stopped the run');
});

test('a task that ended twice is a bug', () => {
  const tally = tallied([succeeded(), succeeded()]);
  expect(() => tally.summary({ tasks: 1, totals: ALL_RAN, durationMs: 1 })).toThrow(
    '2 tasks ended, but only 1 were planned',
  );
});

test('every summary adds up and is valid against the published schema', () => {
  const schema = new URL('../../schemas/summary.schema.json', import.meta.url);
  const ajv = new Ajv2020({ allowUnionTypes: true });
  const valid = ajv.compile(JSON.parse(readFileSync(schema, 'utf8')));
  const stopped = fc.constantFrom<ScheduleTotals['stoppedBy']>(
    { kind: 'timeout' },
    { kind: 'interrupted' },
    { kind: 'fail_fast' },
  );
  fc.assert(
    fc.property(fc.array(anyOutcome), fc.nat({ max: 5 }), stopped, (outcomes, left, stoppedBy) => {
      const totals = { ...ALL_RAN, stoppedBy };
      const summary = tallied(outcomes).summary({
        tasks: outcomes.length + left,
        totals,
        durationMs: 5.5,
      });
      expect(valid(summary), ajv.errorsText(valid.errors)).toBe(true);
      const { succeeded: ok, failed: bad, canceled, skipped, not_started: rest } = summary;
      expect(ok + bad + canceled + skipped + rest).toBe(summary.tasks);
      expect(summary.usage.total_tokens).toBe(
        outcomes.reduce((sum, { usage }) => sum + totalTokens(usage), 0),
      );
    }),
  );
});

function totalTokens(usage: Usage | undefined): number {
  if (!usage) return 0;
  return usage.inputTokens + usage.outputTokens + usage.cacheReadTokens + usage.cacheWriteTokens;
}

/** Two answers that cost 0.25 and `costUsd`, and a task that was never sent. */
function priced(costUsd: number | null): ReturnType<typeof createTally> {
  const tally = createTally();
  const outcome = succeeded();
  tally.add(outcome, { ...toRecord(outcome), cost_usd: 0.25 });
  tally.add(outcome, { ...toRecord(outcome), cost_usd: costUsd });
  const unsent = failed({ attempts: 0 });
  tally.add(unsent, toRecord(unsent));
  return tally;
}
