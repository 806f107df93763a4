import type { Failure, FailureCode } from '../errors/failure.ts';
import type { ModelName } from '../manifest/manifest.ts';
import type { Price } from '../manifest/price.ts';
import { noCosts, possiblyPaidUsd, type AttemptCosts } from '../money/attempt-costs.ts';
import { sumCosts } from '../money/cost.ts';
import type { Reservation } from '../money/ledger.ts';
import { askedOf, type PromptRequest, type Task } from '../plan/task.ts';
import type { Pass } from '../prefix/pass.ts';
import type { Prompt } from '../pace/load.ts';
import type { Clock } from '../ports/clock.ts';
import type { AttemptFailure, Continuation, Usage } from '../providers/provider.ts';
import type { TaskOutcome, Try } from '../outcome/task-outcome.ts';
import type { WaitedMs } from '../outcome/time-waited.ts';

/** One task on its way. Changed in place, by whoever runs the task. */
export interface TaskState extends ModelState {
  readonly task: Task;
  readonly takenAtMs: number;
  /** Models that gave no answer. */
  readonly tried: Try[];
  /** Undefined until the first attempt. */
  started: { readonly atMs: number; readonly epochMs: number } | undefined;
  attempts: number;
  possiblyPaidAttempts: number;
  usage: Usage | undefined;
  /** From the last failure with one: it was paid for, and later ones may have none. */
  partialOutput: string | undefined;
  waited: WaitedMs;
}

/** Counters that restart with each model. */
interface ModelState extends AttemptCosts {
  model: ModelName;
  /** Attempts before this model was asked. */
  attemptsBefore: number;
  /** The worst case of an attempt as it was worked out; undefined without a budget. */
  worstUsd: number | undefined;
  /** Reserved for this task; undefined without a budget, and once it is settled. */
  reservation: Reservation | undefined;
  /**
   * By code: a backoff is as long as they are many. Refusals for a limit are those since the lane
   * last had an answer.
   */
  failures: Map<FailureCode, number>;
  /** Answers of the lane when the task was refused last. */
  answersAtRefusal: number;
  lastFailure: AttemptFailure | undefined;
  /** What its next attempt does for the lane's cache; undefined: nothing. */
  pass: Pass | undefined;
  /** What the next attempt carries on from, and how often that happened. */
  continuation: Continuation | undefined;
  continuations: number;
  /** How often there was no room for it at the flex tier. */
  flexRefusals: number;
  /** The answer that was cut off, once `max_tokens` has grown for it. */
  truncated: AttemptFailure | undefined;
}

/** A task whose texts are filled in, with what is derived from them once. */
export interface ReadyTask extends TaskState {
  /** As rendered, for the model that is asked. */
  request: PromptRequest;
  fingerprint: string;
  /** What the next attempt sends: the request, or what became of it after a failure. */
  sending: PromptRequest;
  /** Estimate of what is sent. */
  inputTokens: number;
}

/** What its next attempt sends, in tokens. */
export function promptOf({ inputTokens, pass }: ReadyTask): Prompt {
  return { inputTokens, cachedTokens: pass?.expectedRead ?? 0 };
}

export function createTaskState(
  task: Task,
  takenAtMs: number,
  price: Price | undefined,
): TaskState {
  return {
    ...newTry(task.template.model, { price, attemptsBefore: 0 }),
    task,
    takenAtMs,
    tried: [],
    started: undefined,
    attempts: 0,
    possiblyPaidAttempts: 0,
    usage: undefined,
    partialOutput: undefined,
    waited: {},
  };
}

function newTry(
  model: ModelName,
  { price, attemptsBefore }: { readonly price: Price | undefined; readonly attemptsBefore: number },
): ModelState {
  return {
    ...noCosts(price),
    model,
    attemptsBefore,
    worstUsd: undefined,
    reservation: undefined,
    failures: new Map(),
    answersAtRefusal: 0,
    lastFailure: undefined,
    pass: undefined,
    continuation: undefined,
    continuations: 0,
    flexRefusals: 0,
    truncated: undefined,
  };
}

/** Starts over with another model; the cost of the previous one still counts. */
export function switchModel(
  state: TaskState,
  model: ModelName,
  { failure, price }: { readonly failure: Failure; readonly price: Price | undefined },
): void {
  const { attempts, attemptsBefore, costUsd, cacheSavedUsd } = state;
  state.tried.push({
    model: state.model,
    failure,
    attempts: attempts - attemptsBefore,
    costUsd: attempts === attemptsBefore ? 0 : costUsd,
    cacheSavedUsd: attempts === attemptsBefore ? 0 : cacheSavedUsd,
    possiblyPaidUsd: possiblyPaidUsd(state),
  });
  Object.assign(state, newTry(model, { price, attemptsBefore: attempts }));
}

export function countFailure(
  state: TaskState,
  failure: AttemptFailure,
  { laneAnswers }: { readonly laneAnswers: number },
): void {
  state.lastFailure = failure;
  state.partialOutput = failure.partialOutput ?? state.partialOutput;
  if (failure.code === 'RATE_LIMITED') {
    // Others got through in between, so this one's turn comes too.
    if (laneAnswers > state.answersAtRefusal) state.failures.delete(failure.code);
    state.answersAtRefusal = laneAnswers;
  }
  state.failures.set(failure.code, (state.failures.get(failure.code) ?? 0) + 1);
  if (failure.possiblyPaid) state.possiblyPaidAttempts += 1;
}

/**
 * The task's end as reported. Times are whole milliseconds; the end's timestamp is the
 * start's plus the duration, so that a wall clock that jumps cannot put the end before the start.
 */
export function outcomeOf(
  state: TaskState & Partial<Pick<ReadyTask, 'fingerprint' | 'request'>>,
  result: TaskOutcome['result'],
  clock: Clock,
): TaskOutcome {
  const now = clock.now();
  const started = state.started ?? { atMs: now, epochMs: clock.epochMs() };
  const durationMs = Math.round(now - started.atMs);
  const startedAtEpochMs = Math.round(started.epochMs);
  return {
    task: state.task,
    model: state.model,
    tried: state.tried,
    result,
    partialOutput: state.partialOutput,
    fingerprint: state.fingerprint,
    prompt: state.request && askedOf(state.request),
    attempts: state.attempts,
    possiblyPaidAttempts: state.possiblyPaidAttempts,
    usage: state.usage,
    costUsd: overAll(state, 'costUsd', state.costUsd),
    cacheSavedUsd: overAll(state, 'cacheSavedUsd', state.cacheSavedUsd),
    possiblyPaidUsd: overAll(state, 'possiblyPaidUsd', possiblyPaidUsd(state)),
    queuedMs: Math.round(started.atMs - state.takenAtMs),
    durationMs,
    startedAtEpochMs,
    finishedAtEpochMs: startedAtEpochMs + durationMs,
    waitedMs: inWholeMs(state.waited),
  };
}

function overAll(
  { tried, attempts, attemptsBefore }: TaskState,
  amount: 'costUsd' | 'cacheSavedUsd' | 'possiblyPaidUsd',
  last: number | null,
): number | null {
  if (tried.length === 0) return last;
  const isSent = attempts > attemptsBefore;
  return sumCosts([...tried.map((each) => each[amount]), isSent ? last : 0]);
}

function inWholeMs(waited: WaitedMs): WaitedMs {
  return Object.fromEntries(
    Object.entries(waited)
      .map(([reason, waitMs]) => [reason, Math.round(waitMs)] as const)
      .filter(([, waitMs]) => waitMs > 0),
  );
}

/** For a task that may not continue because the run or its lane stopped. */
export function stoppedResult(
  state: TaskState,
  options: { readonly laneStoppedBy: Failure | undefined; readonly reason: unknown },
): TaskOutcome['result'] {
  const last = state.lastFailure;
  if (options.laneStoppedBy && (last || state.tried.length > 0)) {
    return { status: 'failed', failure: last ?? options.laneStoppedBy };
  }
  const why = options.reason instanceof Error ? options.reason.message : String(options.reason);
  const before = last ? `; the last attempt failed: ${last.message}` : '';
  return {
    status: 'canceled',
    failure: {
      code: 'CANCELED',
      message: `${why} before attempt ${state.attempts + 1}${before}`,
      retryable: true,
    },
  };
}
