import type { Failure } from '../errors/failure.ts';
import { roughRequestTokens } from '../plan/rough-tokens.ts';
import type { AttemptFailure } from '../providers/provider.ts';
import type { TaskOutcome } from './events.ts';
import { nextTurn } from './fallback.ts';
import type { LaneRun, RunContext } from './lane-run.ts';
import { loadNow } from './load.ts';
import { judged, requestAfter } from './next-request.ts';
import { countFailure, coversAnother, type Progress, type RenderedProgress } from './progress.ts';
import { decideRetry, type RetryDecision } from './retry.ts';
import { shutForGoodMs } from './shut.ts';
import { tooLargeAsAnnounced } from './too-large.ts';

/** What follows an attempt. */
export type Step =
  | { readonly kind: 'end'; readonly result: TaskOutcome['result'] }
  | { readonly kind: 'again'; readonly delayMs: number };

/** A task, where it has just been tried. */
interface Tried {
  readonly progress: RenderedProgress;
  readonly lane: LaneRun;
  readonly context: RunContext;
}

const DEFAULT_RETRY_DELAY_MS = 1_000;

/**
 * Enters a failure, and stops what it stops. When the task is to be sent again, `progress` says what.
 * `pausedUntilMs`: the failure has made the lane pause.
 */
export function afterFailure(
  told: AttemptFailure,
  tried: Tried,
  { pausedUntilMs }: { readonly pausedUntilMs: number | undefined },
): Step {
  const { progress, lane, context } = tried;
  if (told.isAmended) {
    // Not the task's fault, nor the server's: it uses up no retry.
    tellRetry(told, tried, 0);
    return { kind: 'again', delayMs: 0 };
  }
  const failure = judged(told, progress);
  countFailure(progress, failure, { laneAnswers: lane.state.outputMean.answers });
  if (failure.httpStatus === 429 || failure.code === 'RATE_LIMITED') context.countRefusal();
  if (failure.reach === 'provider') context.stopProvider(lane, failure);
  if (failure.code === 'CANCELED') return { kind: 'end', result: { status: 'canceled', failure } };

  const tooLarge =
    failure.code === 'RATE_LIMITED' &&
    tooLargeAsAnnounced(lane.state.mirrors, loadNow(progress, lane).inputTokens);
  if (tooLarge) return failedWith(tooLarge);

  const nowMs = context.options.clock.now();
  const decision = retryAt(nowMs, failure, tried);
  if (decision.kind === 'final' && decision.stopsLane) {
    context.stopLane(lane, decision.failure);
    return failedWith(decision.failure);
  }
  tellPause(failure, tried, pausedUntilMs);
  if (decision.kind === 'final') return failedWith(decision.failure);
  if (!coversAnother(progress)) {
    const hint = 'the money set aside for this task covers no further attempt';
    return failedWith({ ...failure, hint });
  }
  if (failure.code === 'TRUNCATED') progress.truncated = failure;
  progress.sending = requestAfter(failure, progress);
  progress.inputTokens = roughRequestTokens(progress.sending);
  tellRetry(failure, tried, Math.max(decision.delayMs, lane.state.pausedUntilMs - nowMs));
  return { kind: 'again', delayMs: decision.delayMs };
}

function failedWith(failure: Failure): Step {
  return { kind: 'end', result: { status: 'failed', failure } };
}

function retryAt(
  nowMs: number,
  failure: AttemptFailure,
  { progress, lane, context }: Tried,
): RetryDecision {
  const { options, stops } = context;
  const { maxRetries, timeoutMs } = progress.task.template;
  return decideRetry(failure, progress.failures, {
    policy: {
      maxRetries,
      baseMs: options.retryDelayMs ?? DEFAULT_RETRY_DELAY_MS,
      timeoutMs,
      remainingMs: stops.deadlineMs === undefined ? undefined : stops.deadlineMs - nowMs,
      hasNextModel: nextTurn(progress, failure, context) !== undefined,
    },
    shutMs: shutForGoodMs(lane.state, nowMs),
    random: options.random,
  });
}

function tellPause(
  failure: AttemptFailure,
  { lane, context }: Tried,
  untilMs: number | undefined,
): void {
  if (untilMs === undefined || lane.stopped.aborted) return;
  context.options.emit({ type: 'lane_paused', lane: lane.lane.name, untilMs, failure });
}

function tellRetry(
  failure: AttemptFailure,
  { progress, lane, context }: Tried,
  delayMs: number,
): void {
  if (lane.stopped.aborted) return;
  context.options.emit({
    type: 'retry_scheduled',
    id: progress.task.id,
    lane: lane.lane.name,
    attempt: progress.attempts,
    delayMs: Math.ceil(delayMs),
    failure,
  });
}

/** A model may pause its own turn this often before it counts as lost. */
const MAX_CONTINUATIONS = 5;

/** The model has not finished: what it said so far is counted, and sent on. */
export function afterPausedTurn({ continuations, reservation }: Progress): Step {
  // Each turn sends all that came before it: the money set aside may not cover the next.
  if (reservation) return failedWith(UNBOUNDED_TURNS);
  if (continuations <= MAX_CONTINUATIONS) return { kind: 'again', delayMs: 0 };
  return failedWith({
    code: 'BAD_RESPONSE',
    message: `the model paused its turn ${continuations} times and did not finish`,
    retryable: false,
  });
}

const UNBOUNDED_TURNS: Failure = {
  code: 'BUDGET',
  message: 'the model paused its turn, and what it costs to go on has no bound',
  retryable: false,
  hint: 'leave out of `params` what makes the provider run tools, or run without a budget',
};
