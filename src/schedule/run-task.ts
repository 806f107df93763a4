import { messageOf } from '../errors/failure.ts';
import { chargeAttempt, reserveBudget, returnBudget } from '../money/reserve-budget.ts';
import { expectedLoad } from '../pace/tokens-per-limit.ts';
import { requestFingerprint } from '../plan/fingerprint.ts';
import { roughRequestTokens } from '../plan/estimate-input-tokens.ts';
import type { RenderedTask } from '../plan/task.ts';
import { checkedAnswer } from '../providers/check-answer-schema.ts';
import { whyNotContinued } from '../providers/paused-turn.ts';
import { sendOnce } from '../providers/send-once.ts';
import { addUsage, usageOf } from '../providers/usage.ts';
import type { LaneWorker, RunContext } from './run-context.ts';
import { beginWait, endWait, outcomeOf } from '../outcome/task-account.ts';
import { unsentResult, type TaskOutcome } from '../outcome/task-outcome.ts';
import { nextModel, type ModelSwitch } from './fallback.ts';
import { atFlexTier, atStandardTier, flexRefusal } from '../providers/flex-tier.ts';
import type { Permit, Priority } from './lane-limiter.ts';
import {
  afterFailure,
  afterFlexRefusal,
  failedWith,
  type End,
  type Step,
} from './after-failure.ts';
import { switchModel, type ReadyTask, type TaskState } from './task-state.ts';
import { waitForRetry } from './retry-delay.ts';

/** A task with its current model. */
interface TaskRun {
  readonly state: TaskState;
  readonly lane: LaneWorker;
  readonly context: RunContext;
  /**
   * Called once the first lane no longer needs to wait for the task: it was sent, moved on, or will
   * not be sent.
   */
  readonly onOut: () => void;
}

/**
 * Runs a task to its end, with each model that it may be sent to and as many attempts as it may
 * make with each. Rejects only for a bug.
 */
export async function runTask(first: TaskRun): Promise<void> {
  const { state, context } = first;
  const { rendered, renderFor } = state.fed;
  let run = first;
  let end = await askModel(run, rendered);
  for (;;) {
    run.lane.prefixes?.left(state);
    if (end.isKept) return;
    const next = nextModel(state, end.why, context);
    if (!next) break;
    run = switched(run, next);
    if (!renderFor) throw new Error(`\`${state.task.id}\` cannot be rendered for another model`);
    end = await askModel(run, await renderFor(state.model));
  }
  if (end.result) return endTask(run, end.result);
  returnBudget(state, context.options);
  const stoppedBy = run.lane.stoppedBy();
  if (stoppedBy) context.noteUnsent(stoppedBy);
  context.options.leave?.(state.task);
}

/** Sends to one model until there is an answer, or no attempt is left. */
async function askModel(run: TaskRun, rendered: RenderedTask): Promise<End> {
  const { lane, context, onOut } = run;
  if (!rendered.ok) {
    const { failure } = rendered;
    return { kind: 'end', result: unsentResult(failure), why: failure };
  }
  const task = Object.assign(run.state, prepareRequest(rendered, run));
  // For the first model, the lane's feed has already done this.
  if (task.tried.length > 0)
    await lane.prefixes?.admit(task, { isAgain: false, stop: lane.stopped });
  const unfunded = await reserveBudget(task, lane, context.options);
  if (unfunded?.kind === 'refused') return failedWith(unfunded.failure);
  if (unfunded?.kind === 'used_up') {
    context.stops.stop({ kind: 'budget', message: unfunded.message });
  }
  if (unfunded) return stoppedEnd(run);
  let priority: Priority = task.attempts === 0 ? 'new' : 'retry';
  for (;;) {
    if (task.attempts > 0) beginWait(task, lane.waits);
    const load = () => expectedLoad(task.sending, task, lane.pace.state);
    let isProbe = false;
    const job = async (permit: Permit): Promise<Step> => {
      endWait(task, lane.waits);
      onOut();
      isProbe = permit.isProbe;
      const step = await attempt(task, run, permit);
      if (step.kind === 'again' || nextModel(task, step.why, context)) return step;
      // The slot is free again only once the outcome is saved.
      await endTask(run, step.result);
      return { ...step, isKept: true };
    };
    const scheduled = await lane.limiter.schedule({ priority, load }, job);
    if (scheduled.kind !== 'done') endWait(task, lane.waits);
    if (scheduled.kind === 'stopped') return stoppedEnd(run);
    if (scheduled.kind === 'too_large') return failedWith(scheduled.failure);
    const step = scheduled.value;
    if (step.kind === 'end') return step;
    if (!(await waitForRetry(run, step.delayMs))) return stoppedEnd(run);
    await lane.prefixes?.admit(task, { isAgain: true, stop: lane.stopped });
    // A refused probe is sent again first, because it still serves as the probe.
    priority = isProbe ? 'probe' : 'retry';
  }
}

/** Derives once, before a request is sent to a lane, what the lane needs to know about it. */
function prepareRequest(
  rendered: Extract<RenderedTask, { readonly ok: true }>,
  { state, lane, context }: TaskRun,
): Pick<ReadyTask, 'request' | 'sending' | 'fingerprint' | 'inputTokens'> {
  const { config } = lane;
  const { estimateInput = roughRequestTokens } = context.options;
  const { request, fingerprint = requestFingerprint(request, config.provider.host) } = rendered;
  const sending = config.asksFlex?.(state.task) ? atFlexTier(request) : request;
  return { request, sending, fingerprint, inputTokens: estimateInput(request) };
}

/** Sends once, learns from the reply, and decides what follows. */
async function attempt(task: ReadyTask, run: TaskRun, permit: Permit): Promise<Step> {
  const { lane, context } = run;
  const { clock, emit } = context.options;
  const { template, id } = task.task;
  const atMs = clock.now();
  const startedEpochMs = clock.epochMs();
  task.started ??= { atMs, epochMs: startedEpochMs };
  if (lane.flex.isUnknown) task.sending = atStandardTier(task.sending, task.request);
  task.attempts += 1;
  emit({ type: 'attempt_started', id, lane: lane.config.name, attempt: task.attempts, atMs });
  const sent = await sendOnce(task.sending, {
    provider: lane.config.provider,
    clock,
    timeoutMs: template.timeoutMs,
    continuation: task.continuation,
    marks: task.pass?.marks,
    cut: context.stops.cut,
  });
  const durationMs = clock.now() - atMs;
  lane.slotUse.inFlightMs += durationMs;
  const checking = checkedAnswer(sent, template.schema, context.stops.cut);
  const outcome = await (clock.during?.(checking) ?? checking);
  const usage = usageOf(outcome);
  task.usage = addUsage(task.usage, usage);
  lane.prefixes?.answered(task, usage);
  const reported = outcome.kind === 'failed' ? outcome.failure : undefined;
  const refusal = flexRefusal(task, reported);
  // A flex refusal does not make the lane wait.
  const failure = reported && refusal ? { ...reported, reach: 'task' as const } : reported;
  const possiblyPaid = failure?.possiblyPaid ?? false;
  const bill = chargeAttempt(task, { usage, possiblyPaid }, { lane, money: context.options });
  context.options.onAttempt?.({
    task: task.task,
    attempt: task.attempts,
    request: task.sending,
    outcome,
    startedEpochMs,
    durationMs,
    costUsd: bill?.costUsd ?? null,
  });
  const { announced = [] } = outcome;
  const pausedUntilMs = permit.answered({ failure, usage, announced });
  context.bounds.answered();
  if (failure && refusal) return afterFlexRefusal(failure, refusal, { task, lane, context });
  if (failure) return afterFailure(failure, { task, lane, context }, pausedUntilMs);
  if (outcome.kind === 'answered') {
    const { answer } = outcome;
    return { kind: 'end', result: { status: 'succeeded', answer }, why: undefined };
  }
  if (outcome.kind === 'incomplete') task.continuation = outcome.continuation;
  task.continuations += 1;
  const why = whyNotContinued(task);
  return why ? failedWith(why) : { kind: 'again', delayMs: 0 };
}

/** The end of a task whose run or lane stopped. A task that was never sent has no result. */
function stoppedEnd({ state, lane }: TaskRun): End {
  const why = lane.stoppedBy();
  const { attempts, lastFailure, tried } = state;
  if (attempts === 0) return { kind: 'end', result: undefined, why };
  if (why && (lastFailure || tried.length > 0)) return { ...failedWith(lastFailure ?? why), why };
  const before = lastFailure ? `; the last attempt failed: ${lastFailure.message}` : '';
  const message = `${messageOf(lane.stopped.reason)} before attempt ${attempts + 1}${before}`;
  const failure = { code: 'CANCELED', message, retryable: true } as const;
  return { kind: 'end', result: { status: 'canceled', failure }, why };
}

function switched(run: TaskRun, next: ModelSwitch): TaskRun {
  const { state, context, onOut } = run;
  const { lane, failure } = next;
  if (state.attempts === state.attemptsBefore) endWait(state, run.lane.waits);
  onOut();
  returnBudget(state, context.options);
  run.lane.noteEnd(failure);
  const { name: from } = run.lane.config;
  const { name: to } = lane.config;
  context.options.emit({ type: 'task_moved', id: state.task.id, from, to, failure });
  switchModel(state, next);
  beginWait(state, lane.waits);
  return { ...run, lane };
}

/** Reports how a task ended and stops the lane or the run if needed. Nothing is sent in between. */
async function endTask({ state, lane, context }: TaskRun, result: TaskOutcome['result']) {
  const { clock, failFast } = context.options;
  const failure = result.status === 'succeeded' ? undefined : result.failure;
  if (result.status === 'failed' && failFast) context.stops.stop({ kind: 'fail_fast' });
  const isSent = state.attempts > 0;
  if (isSent && result.status !== 'canceled') lane.noteEnd(failure);
  const stoppedBy = lane.stoppedBy();
  if (result.status === 'failed' && stoppedBy) context.noteUnsent(stoppedBy);
  const endedMs = clock.now();
  await context.settle(outcomeOf(state, result, clock));
  // A task that was never sent holds no slot.
  if (isSent) lane.slotUse.keepingMs += clock.now() - endedMs;
  returnBudget(state, context.options);
}
