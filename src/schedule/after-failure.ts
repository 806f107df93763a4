import type { Failure } from '../errors/failure.ts';
import { coversAnother } from '../money/attempt-costs.ts';
import { expectedLoad } from '../pace/tokens-per-limit.ts';
import { closedForGoodMs } from '../pace/pace.ts';
import { roughRequestTokens } from '../plan/estimate-input-tokens.ts';
import type { AttemptFailure } from '../providers/provider.ts';
import type { LaneWorker, RunContext } from './run-context.ts';
import type { TaskOutcome } from '../outcome/task-outcome.ts';
import { nextModel } from './fallback.ts';
import { atStandardTier, MOST_FLEX_OFFERS } from '../providers/flex-tier.ts';
import { judged, requestAfter } from '../providers/request-after-failure.ts';
import { decideRetry, type RetryDecision } from './retry.ts';
import { countFailure, type ReadyTask } from './task-state.ts';
import { tooLargeAsAnnounced } from './too-large.ts';
import { retryWaitMs } from './retry-delay.ts';

/** What follows an attempt. */
export type Step =
  | End<TaskOutcome['result']>
  | { readonly kind: 'again'; readonly delayMs: number };

/** How a task ended with one model. */
export interface End<Result = TaskOutcome['result'] | undefined> {
  readonly kind: 'end';
  /** Undefined: nothing was sent to any model, so there is nothing to report. */
  readonly result: Result;
  /** Why there is no answer; another model may be asked for it. */
  readonly why: Failure | undefined;
  /** Whether its outcome was already saved while it held its slot. */
  readonly isKept?: true;
}

/** A task, with the lane in which it was just tried. */
interface Tried {
  readonly task: ReadyTask;
  readonly lane: LaneWorker;
  readonly context: RunContext;
}

const DEFAULT_RETRY_DELAY_MS = 1_000;

/**
 * Records a failure, and stops the lane or provider that cannot continue after it. If the task is
 * to be sent again, `task.sending` contains what to send. `pausedUntilMs`: the failure has made the
 * lane pause.
 */
export function afterFailure(
  reported: AttemptFailure,
  tried: Tried,
  pausedUntilMs: number | undefined,
): Step {
  const { task, lane, context } = tried;
  if (reported.isAmended) {
    // This is neither the task's fault nor the server's, so it uses up no retry.
    reportRetry(reported, tried, 0);
    return { kind: 'again', delayMs: 0 };
  }
  const { state } = lane.pace;
  const failure = judged(reported, task);
  countFailure(task, failure, { laneAnswers: state.outputTokens.answers });
  if (failure.httpStatus === 429 || failure.code === 'RATE_LIMITED')
    context.counts.rateLimited += 1;
  if (failure.reach === 'provider') context.stopProvider(lane, failure);
  if (failure.code === 'CANCELED') {
    return { kind: 'end', result: { status: 'canceled', failure }, why: undefined };
  }

  const tooLarge =
    failure.code === 'RATE_LIMITED' &&
    tooLargeAsAnnounced(state.announced, expectedLoad(task.sending, task, state).inputTokens);
  if (tooLarge) return failedWith(tooLarge);

  const nowMs = context.options.clock.now();
  const decision = retryAt(nowMs, failure, tried);
  if (decision.kind === 'final' && decision.stopsLane) {
    lane.stop(decision.failure);
    return failedWith(decision.failure);
  }
  if (pausedUntilMs !== undefined && !lane.stopped.aborted) {
    const { name } = lane.config;
    context.options.emit({ type: 'lane_paused', lane: name, untilMs: pausedUntilMs, failure });
  }
  if (decision.kind === 'final') return failedWith(decision.failure);
  if (!coversAnother(task)) {
    const hint = 'the budget reserved for this task does not cover another attempt';
    return failedWith({ ...failure, hint });
  }
  if (failure.code === 'TRUNCATED') task.truncated = failure;
  task.sending = requestAfter(failure, task);
  task.inputTokens = roughRequestTokens(task.sending);
  reportRetry(failure, tried, Math.max(decision.delayMs, state.pausedUntilMs - nowMs));
  return { kind: 'again', delayMs: decision.delayMs };
}

/** Without room in the flex tier: retries a few times, then sends to the standard tier. */
export function afterFlexRefusal(
  failure: AttemptFailure,
  refusal: 'full' | 'unknown',
  tried: Tried,
): Step {
  const { task, lane, context } = tried;
  const { retryDelayMs: baseMs = DEFAULT_RETRY_DELAY_MS, random } = context.options;
  task.lastFailure = failure;
  task.flexRefusals += 1;
  if (refusal === 'unknown') lane.flex.isUnknown = true;
  const most = Math.min(MOST_FLEX_OFFERS, task.task.template.maxRetries + 1);
  const isOver = lane.flex.isUnknown || task.flexRefusals >= most;
  if (isOver) task.sending = atStandardTier(task.sending, task.request);
  const delayMs = isOver ? 0 : retryWaitMs(failure, task.flexRefusals, { baseMs, random });
  reportRetry(failure, tried, delayMs);
  return { kind: 'again', delayMs };
}

export function failedWith(failure: Failure): End<TaskOutcome['result']> {
  return { kind: 'end', result: { status: 'failed', failure }, why: failure };
}

function retryAt(
  nowMs: number,
  failure: AttemptFailure,
  { task, lane, context }: Tried,
): RetryDecision {
  const { options, stops } = context;
  const { maxRetries, timeoutMs } = task.task.template;
  return decideRetry(failure, task.failures, {
    maxRetries,
    baseMs: options.retryDelayMs ?? DEFAULT_RETRY_DELAY_MS,
    timeoutMs,
    remainingMs: stops.deadlineMs === undefined ? undefined : stops.deadlineMs - nowMs,
    hasNextModel: nextModel(task, failure, context) !== undefined,
    closedMs: closedForGoodMs(lane.pace.state, nowMs),
    random: options.random,
  });
}

function reportRetry(
  failure: AttemptFailure,
  { task, lane, context }: Tried,
  delayMs: number,
): void {
  if (lane.stopped.aborted) return;
  context.options.emit({
    type: 'retry_scheduled',
    id: task.task.id,
    lane: lane.config.name,
    attempt: task.attempts,
    delayMs: Math.ceil(delayMs),
    failure,
  });
}
