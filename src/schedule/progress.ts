import type { Failure, FailureCode } from '../errors/failure.ts';
import type { PromptRequest, Task } from '../plan/task.ts';
import type { Clock } from '../ports/clock.ts';
import type { AttemptFailure, Continuation, Usage } from '../providers/provider.ts';
import type { TaskOutcome, WaitedMs } from './events.ts';

/** One task on its way. Changed in place, by whoever runs the task. */
export interface Progress {
  readonly task: Task;
  readonly takenAtMs: number;
  /** Undefined until the first attempt. */
  started: { readonly atMs: number; readonly epochMs: number } | undefined;
  attempts: number;
  possiblyPaidAttempts: number;
  usage: Usage | undefined;
  waited: WaitedMs;
  readonly failures: Map<FailureCode, number>;
  lastFailure: AttemptFailure | undefined;
  /** What the next attempt carries on from, and how often that happened. */
  continuation: Continuation | undefined;
  continuations: number;
}

/** A task whose texts are filled in, with what is derived from them once. */
export interface RenderedProgress extends Progress {
  readonly request: PromptRequest;
  readonly fingerprint: string;
  readonly inputTokens: number;
}

export function createProgress(task: Task, takenAtMs: number): Progress {
  return {
    task,
    takenAtMs,
    started: undefined,
    attempts: 0,
    possiblyPaidAttempts: 0,
    usage: undefined,
    waited: {},
    failures: new Map(),
    lastFailure: undefined,
    continuation: undefined,
    continuations: 0,
  };
}

export function countFailure(progress: Progress, failure: AttemptFailure): void {
  progress.lastFailure = failure;
  progress.failures.set(failure.code, (progress.failures.get(failure.code) ?? 0) + 1);
  if (failure.possiblyPaid) progress.possiblyPaidAttempts += 1;
}

export function addUsage(sum: Usage | undefined, more: Usage | undefined): Usage | undefined {
  if (!sum || !more) return sum ?? more;
  return {
    inputTokens: sum.inputTokens + more.inputTokens,
    outputTokens: sum.outputTokens + more.outputTokens,
    cacheReadTokens: sum.cacheReadTokens + more.cacheReadTokens,
    cacheWriteTokens: sum.cacheWriteTokens + more.cacheWriteTokens,
    cacheWriteLongTokens: sum.cacheWriteLongTokens + more.cacheWriteLongTokens,
    reasoningTokens: sum.reasoningTokens + more.reasoningTokens,
  };
}

/**
 * The task's end as told to the world. Times are whole milliseconds; the end's timestamp is the
 * start's plus the duration, so that a wall clock that jumps cannot put the end before the start.
 */
export function outcomeOf(
  progress: Progress,
  result: TaskOutcome['result'],
  { clock, fingerprint }: { readonly clock: Clock; readonly fingerprint: string | undefined },
): TaskOutcome {
  const now = clock.now();
  const started = progress.started ?? { atMs: now, epochMs: clock.epochMs() };
  const durationMs = Math.round(now - started.atMs);
  const startedAtEpochMs = Math.round(started.epochMs);
  return {
    task: progress.task,
    result,
    fingerprint,
    attempts: progress.attempts,
    possiblyPaidAttempts: progress.possiblyPaidAttempts,
    usage: progress.usage,
    queuedMs: Math.round(started.atMs - progress.takenAtMs),
    durationMs,
    startedAtEpochMs,
    finishedAtEpochMs: startedAtEpochMs + durationMs,
    waitedMs: inWholeMs(progress.waited),
  };
}

function inWholeMs(waited: WaitedMs): WaitedMs {
  return Object.fromEntries(
    Object.entries(waited)
      .map(([reason, waitMs]) => [reason, Math.round(waitMs)] as const)
      .filter(([, waitMs]) => waitMs > 0),
  );
}

/** For a task that may not go on because the run or its lane stopped. */
export function stoppedResult(
  progress: Progress,
  options: { readonly laneStoppedBy: Failure | undefined; readonly reason: unknown },
): TaskOutcome['result'] {
  const last = progress.lastFailure;
  if (options.laneStoppedBy && last) return { status: 'failed', failure: last };
  const why = options.reason instanceof Error ? options.reason.message : String(options.reason);
  const before = last ? `; the last attempt failed: ${last.message}` : '';
  return {
    status: 'canceled',
    failure: {
      code: 'CANCELED',
      message: `${why} before attempt ${progress.attempts + 1}${before}`,
      retryable: true,
    },
  };
}
