import type { Failure } from '../errors/failure.ts';
import { billOf } from '../money/bill.ts';
import { requestFingerprint } from '../plan/fingerprint.ts';
import { roughRequestTokens } from '../plan/rough-tokens.ts';
import { askedOf, type RenderedTask } from '../plan/task.ts';
import { sleep } from '../ports/clock.ts';
import type { AttemptOutcome, Usage } from '../providers/provider.ts';
import { sendOnce } from './attempt.ts';
import { checkedAnswer } from './check-answer.ts';
import type { TaskOutcome } from './events.ts';
import { nextTurn, type Turn } from './fallback.ts';
import type { LaneRun, RunContext } from './lane-run.ts';
import type { Admission, Permit } from './limiter.ts';
import { loadNow } from './load.ts';
import { afterFailure, afterPausedTurn, type Step } from './next-step.ts';
import {
  addUsage,
  countCharge,
  outcomeOf,
  stoppedResult,
  turnTo,
  type Progress,
  type RenderedProgress,
} from './progress.ts';
import type { ScheduleOptions } from './schedule.ts';
import { setAside, worstCaseOf } from './set-aside.ts';
import { addWaits, waitsBetween } from './wait-ledger.ts';

/**
 * Takes a task to its end: through the models that it may go to, and through as many attempts as it
 * may make with each. Without a permit its lane has stopped before it was sent. Rejects only for a bug.
 */
export async function runTask(
  progress: RenderedProgress,
  permit: Permit | undefined,
  { lane, context }: { readonly lane: LaneRun; readonly context: RunContext },
): Promise<void> {
  let run: TaskRun = { progress, lane, context, held: permit };
  try {
    let end = permit ? await sendAll(run) : stoppedEnd(run);
    let turn = nextTurn(progress, end.why, context);
    while (turn) {
      run = turnedTo(run, turn);
      end = (await enterLane(run)) ?? (await sendAll(run));
      turn = nextTurn(progress, end.why, context);
    }
    if (end.result) return await endTask(run, end.result);
    settleMoney(progress, context);
    const stoppedBy = run.lane.stoppedBy();
    if (stoppedBy) context.countMissed(stoppedBy);
    context.options.leave?.(progress.task);
  } finally {
    // Only now: a slot is free again once the outcome is kept.
    letGo(run);
  }
}

/** A task with the model that is asked now. */
interface TaskRun {
  readonly progress: RenderedProgress;
  readonly lane: LaneRun;
  readonly context: RunContext;
  held: Permit | undefined;
}

function letGo(run: TaskRun): void {
  run.held?.release();
  run.held = undefined;
}

/** How it ended with one model. */
interface End {
  /** Undefined: nothing was sent to any model, so there is nothing to tell. */
  readonly result: TaskOutcome['result'] | undefined;
  /** Why there is no answer; another model may be asked for it. */
  readonly why: Failure | undefined;
}

/** Sends until there is an answer, or no further attempt. Holds a permit at the start, and may do so at the end. */
async function sendAll(run: TaskRun): Promise<End> {
  while (run.held) {
    // The lane may have stopped since the permit was granted.
    if (run.lane.stopped.aborted) return stoppedEnd(run);
    const step = await attempt(run, run.held);
    if (step.kind === 'end') return endOf(step.result);
    letGo(run);
    const admission = await readmitted(run, step.delayMs);
    if (admission.kind !== 'granted') return unadmittedEnd(run, admission);
    run.held = admission.permit;
  }
  throw new Error('a task was to be sent without a permit');
}

function endOf(result: TaskOutcome['result']): End {
  return { result, why: result.status === 'failed' ? result.failure : undefined };
}

function unadmittedEnd(run: TaskRun, admission: Exclude<Admission, { kind: 'granted' }>): End {
  return admission.kind === 'stopped'
    ? stoppedEnd(run)
    : endOf({ status: 'failed', failure: admission.failure });
}

/** A task that never went out has no end. */
function stoppedEnd({ progress, lane }: TaskRun): End {
  const stoppedBy = lane.stoppedBy();
  if (progress.attempts === 0) return { result: undefined, why: stoppedBy };
  const result = stoppedResult(progress, { laneStoppedBy: stoppedBy, reason: lane.stopped.reason });
  return { result, why: stoppedBy };
}

function turnedTo(run: TaskRun, turn: Turn): TaskRun {
  const { progress, lane, context } = run;
  const { failure, model } = turn;
  letGo(run);
  settleMoney(progress, context);
  lane.endsAlike(failure);
  context.options.emit({
    type: 'task_moved',
    id: progress.task.id,
    from: lane.lane.name,
    to: turn.lane.lane.name,
    failure,
  });
  turnTo(progress, model, { failure, price: turn.lane.lane.price });
  return { progress, lane: turn.lane, context, held: undefined };
}

/** Fills in the request for the lane's model, and waits for its money and a permit. Gives an end where there is none. */
async function enterLane(run: TaskRun): Promise<End | undefined> {
  const { progress, lane, context } = run;
  const rendered = await progress.renderFor?.(progress.model);
  if (!rendered) throw new Error(`nobody can render \`${progress.task.id}\` for another model`);
  if (!rendered.ok) return endOf({ status: 'failed', failure: rendered.failure });
  Object.assign(progress, readied(rendered, lane, context.options));
  const money = await setAside(progress, lane, context);
  if (money.kind === 'refused') return endOf({ status: 'failed', failure: money.failure });
  if (money.kind === 'stopped') return stoppedEnd(run);
  const admission = await admitted(run);
  if (admission.kind !== 'granted') return unadmittedEnd(run, admission);
  run.held = admission.permit;
  return undefined;
}

/** What is derived from a request once, before it is sent to a lane. */
export function readied(
  rendered: Extract<RenderedTask, { readonly ok: true }>,
  { lane }: LaneRun,
  { estimateInput = roughRequestTokens }: Pick<ScheduleOptions, 'estimateInput'>,
): Pick<RenderedProgress, 'request' | 'sending' | 'fingerprint' | 'inputTokens'> {
  const { request, fingerprint = requestFingerprint(request, lane.provider.host) } = rendered;
  return { request, sending: request, fingerprint, inputTokens: estimateInput(request) };
}

/** Tells how a task ended, and stops what its end stops. Nothing new goes out in between. */
export async function endTask(
  run: {
    readonly progress: Progress & Partial<Pick<RenderedProgress, 'fingerprint' | 'request'>>;
    readonly lane: LaneRun;
    readonly context: RunContext;
  },
  result: TaskOutcome['result'],
): Promise<void> {
  const { progress, lane, context } = run;
  const failure = result.status === 'succeeded' ? undefined : result.failure;
  if (result.status === 'failed' && context.options.failFast) {
    context.stops.stop({ kind: 'fail_fast' });
  }
  if (progress.attempts > 0 && result.status !== 'canceled' && lane.endsAlike(failure)) {
    if (failure) context.stopLane(lane, failure);
  }
  const stoppedBy = lane.stoppedBy();
  if (result.status === 'failed' && stoppedBy) context.countMissed(stoppedBy);
  const { clock } = context.options;
  const endedMs = clock.now();
  const { fingerprint, request } = progress;
  await context.settle(
    outcomeOf(progress, result, { clock, fingerprint, prompt: request && askedOf(request) }),
  );
  // A task that was never sent holds no slot.
  if (progress.attempts > 0) lane.slotUse.keepingMs += clock.now() - endedMs;
  settleMoney(progress, context);
}

/** Gives back what was set aside and not spent. */
export function settleMoney(progress: Progress, { options: { purse } }: RunContext): void {
  const { reservation, budgetUsd, unbilledAttempts, chargedAttempts } = progress;
  if (!purse || !reservation) return;
  progress.reservation = undefined;
  // What is not known counts as the worst case, and so does what is only estimated.
  purse.settle(
    reservation,
    budgetUsd === null
      ? { usd: 0, possiblyPaidAttempts: chargedAttempts }
      : { usd: budgetUsd, possiblyPaidAttempts: unbilledAttempts },
  );
}

async function attempt(run: TaskRun, permit: Permit): Promise<Step> {
  const { progress, lane, context } = run;
  const { clock, emit } = context.options;
  const { task } = progress;
  const atMs = clock.now();
  progress.started ??= { atMs, epochMs: clock.epochMs() };
  progress.attempts += 1;
  emit({
    type: 'attempt_started',
    id: task.id,
    lane: lane.lane.name,
    attempt: progress.attempts,
    atMs,
  });
  const sent = await sendOnce(progress.sending, {
    provider: lane.lane.provider,
    clock,
    timeoutMs: task.template.timeoutMs,
    continuation: progress.continuation,
    cut: context.stops.cut,
  });
  lane.slotUse.inFlightMs += clock.now() - atMs;
  const checking = checkedAnswer(sent, task.template.schema, context.stops.cut);
  const outcome = await (clock.during?.(checking) ?? checking);
  const usage = usageOf(outcome);
  progress.usage = addUsage(progress.usage, usage);
  const failure = outcome.kind === 'failed' ? outcome.failure : undefined;
  const bill = usage && billOf(usage, progress.sending.parameters, lane.lane);
  const isEstimated = usage?.isEstimated === true;
  countCharge(progress, bill, { possiblyPaid: failure?.possiblyPaid ?? false, isEstimated });
  const billedUsd = isEstimated ? 0 : (bill?.budgetUsd ?? 0);
  const overUsd = billedUsd - (progress.worstUsd ?? Infinity);
  if (overUsd > 0) context.options.purse?.wasExceeded(lane.lane.name, overUsd);
  if (progress.unbilledAttempts > 0 && progress.attemptUsd === null) {
    progress.attemptUsd = worstCaseOf(progress, lane, context.options)?.attemptUsd ?? null;
  }
  const pause = permit.answered({ failure, usage, announced: outcome.announced ?? [] });
  context.lookWhatBinds();
  if (outcome.kind === 'failed') {
    return afterFailure(outcome.failure, run, { pausedUntilMs: pause?.pausedUntilMs });
  }
  if (outcome.kind === 'answered') {
    return { kind: 'end', result: { status: 'succeeded', answer: outcome.answer } };
  }
  progress.continuation = outcome.continuation;
  progress.continuations += 1;
  return afterPausedTurn(progress);
}

function usageOf(outcome: AttemptOutcome): Usage | undefined {
  if (outcome.kind === 'answered') return outcome.answer.usage;
  return outcome.kind === 'incomplete' ? outcome.usage : outcome.failure.usage;
}

/** Waits without a slot, then asks for one. */
async function readmitted(run: TaskRun, delayMs: number): Promise<Admission> {
  const { progress, lane, context } = run;
  const { clock } = context.options;
  if (delayMs > 0 || lane.stopped.aborted) {
    const fromMs = clock.now();
    const slept = await sleep(clock, Math.ceil(delayMs), lane.stopped).then(
      () => true,
      () => false,
    );
    // A lane's pause is everybody's wait, not a matter of this task's retry.
    const reason = progress.lastFailure?.reach === 'lane' ? 'pause' : 'retry';
    progress.waited = addWaits(progress.waited, { [reason]: clock.now() - fromMs });
    if (!slept) return { kind: 'stopped' };
  }
  return admitted(run);
}

/** Asks for a permit ahead of new tasks. */
async function admitted({ progress, lane }: TaskRun): Promise<Admission> {
  const before = lane.ledger.reading();
  const admission = await lane.limiter.acquire(() => loadNow(progress, lane), 'retry');
  progress.waited = addWaits(progress.waited, waitsBetween(before, lane.ledger.reading()));
  return admission;
}
