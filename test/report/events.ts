import type { Failure } from '../../src/errors/failure.ts';
import type { RunEvent } from '../../src/results/run-events.ts';
import type { ResultRecord } from '../../src/results/record.ts';
import type { Summary } from '../../src/results/summary.ts';
import { NO_TOKENS } from '../../src/plan/needs-data.ts';

export const LANE = 'anthropic/claude-haiku-5-5';

export const RATE_LIMIT: Failure = {
  code: 'RATE_LIMITED',
  message: 'too many requests',
  httpStatus: 429,
  retryable: true,
};

export const runStarted: (...lanes: ReadonlyArray<readonly [string, number]>) => RunEvent = started;

export function started(
  ...lanes: ReadonlyArray<readonly [string, number]>
): Extract<RunEvent, { type: 'run_started' }> {
  return {
    type: 'run_started',
    name: 'auth-review',
    tasks: lanes.reduce((sum, [, tasks]) => sum + tasks, 0),
    kept: 0,
    lanes: lanes.map(([lane, tasks]) => ({ lane, tasks })),
    entries: [
      { task: 'review', tasks: lanes.reduce((sum, [, tasks]) => sum + tasks, 0), needs: [] },
    ],
    maxCostUsd: null,
    spentBeforeUsd: 0,
  };
}

export function attempt(id: string, atMs: number, { lane = LANE, number = 1 } = {}): RunEvent {
  return { type: 'attempt_started', id, lane, attempt: number, atMs };
}

export function retry(id: string, delayMs: number, { lane = LANE } = {}): RunEvent {
  return { type: 'retry_scheduled', id, lane, attempt: 1, delayMs, failure: RATE_LIMIT };
}

export function paused(untilMs: number, { lane = LANE } = {}): RunEvent {
  return { type: 'lane_paused', lane, untilMs, failure: RATE_LIMIT };
}

export function finished(id: string, changes: Partial<ResultRecord> = {}, lane = LANE): RunEvent {
  return { type: 'task_finished', lane, record: { ...RECORD, id, ...changes } };
}

export function failedTask(
  id: string,
  error: Partial<NonNullable<ResultRecord['error']>> = {},
  lane = LANE,
): RunEvent {
  const { output: _, ...rest } = RECORD;
  const record: ResultRecord = {
    ...rest,
    id,
    status: 'failed',
    usage: null,
    error: {
      code: 'AUTH',
      message: 'the key was refused',
      http_status: 401,
      retryable: false,
      hint: 'check `ANTHROPIC_API_KEY`',
      ...error,
    },
  };
  return { type: 'task_finished', lane, record };
}

export function skippedTask(
  id: string,
  error: Partial<NonNullable<ResultRecord['error']>>,
): RunEvent {
  const event = failedTask(id, error);
  if (event.type !== 'task_finished') throw new Error('not a task that finished');
  return { ...event, record: { ...event.record, status: 'skipped', attempts: 0 } };
}

export function runFinished(changes: Partial<Summary>): RunEvent {
  return { type: 'run_finished', summary: { ...SUMMARY, ...changes } };
}

export const SUMMARY: Summary = {
  v: 1,
  tasks: 10,
  succeeded: 10,
  kept: 0,
  failed: 0,
  canceled: 0,
  skipped: 0,
  not_started: 0,
  duration_ms: 45_300,
  usage: NO_TOKENS,
  cache_hit_share: null,
  cost_usd: null,
  cache_saved_usd: null,
  attempts: 0,
  retries: 0,
  possibly_paid_attempts: 0,
  rate_limited: 0,
  highest_concurrency: 4,
  waiting_share: {},
  bound_by: null,
  stopped_by: null,
};

const RECORD: ResultRecord = {
  v: 1,
  id: 'a',
  task: 'review',
  index: 0,
  status: 'succeeded',
  output: 'four',
  provider: 'anthropic',
  model: 'claude-haiku-5-5',
  finish_reason: 'stop',
  usage: { ...NO_TOKENS, input_tokens: 1000, output_tokens: 200, total_tokens: 1200 },
  cost_usd: null,
  attempts: 1,
  retries: 0,
  queued_ms: 0,
  duration_ms: 2500,
  started_at: '2026-11-22T10:00:00.000Z',
  finished_at: '2026-11-22T10:00:02.500Z',
  request_id: null,
  fingerprint: 'sha256:abc',
};
