import type { Failure } from '../errors/failure.ts';
import type { ModelName } from '../manifest/manifest.ts';
import type { Price } from '../manifest/price-rates.ts';
import { noCosts, possiblyPaidUsd, type AttemptCosts } from '../money/attempt-costs.ts';
import { sumCosts } from '../money/cost.ts';
import { askedOf, type PromptRequest, type Task } from '../plan/task.ts';
import type { Clock } from '../ports/clock.ts';
import type { Usage } from '../providers/provider.ts';
import type { TaskOutcome, Try } from './task-outcome.ts';
import { addWaits, waitsBetween, type WaitedMs, type WaitTimes } from './time-waited.ts';

/** What a task has used, cost and waited for so far, at the prices of its current model. */
export interface TaskAccount extends AttemptCosts {
  readonly task: Task;
  readonly takenAtMs: number;
  model: ModelName;
  /** Models that were asked earlier and did not answer. */
  readonly tried: Try[];
  /** Undefined until the first attempt. */
  started: { readonly atMs: number; readonly epochMs: number } | undefined;
  attempts: number;
  /** Attempts with earlier models. */
  attemptsBefore: number;
  possiblyPaidAttempts: number;
  usage: Usage | undefined;
  /** The latest partial output: it was paid for, and later failures may have none. */
  partialOutput: string | undefined;
  waited: WaitedMs;
  /** What its lane had waited for in total when the task began to wait in it. */
  laneWaits: WaitedMs;
}

export function openAccount(task: Task, takenAtMs: number, price: Price | undefined): TaskAccount {
  return {
    ...noCosts(price),
    task,
    takenAtMs,
    model: task.template.model,
    tried: [],
    started: undefined,
    attempts: 0,
    attemptsBefore: 0,
    possiblyPaidAttempts: 0,
    usage: undefined,
    partialOutput: undefined,
    waited: {},
    laneWaits: {},
  };
}

/** From now on, the task waits for whatever its lane waits for. */
export function beginWait(account: TaskAccount, lane: WaitTimes): void {
  account.laneWaits = lane.reading();
}

/** Adds what the lane has waited for since the task began to wait. */
export function endWait(account: TaskAccount, lane: WaitTimes): void {
  const { laneWaits } = account;
  beginWait(account, lane);
  account.waited = addWaits(account.waited, waitsBetween(laneWaits, account.laneWaits));
}

/** Continues with another model. The cost of the previous one still counts. */
export function changeModel(
  account: TaskAccount,
  model: ModelName,
  { failure, price }: { readonly failure: Failure; readonly price: Price | undefined },
): void {
  const { attempts, attemptsBefore, costUsd, cacheSavedUsd } = account;
  const isSent = attempts > attemptsBefore;
  account.tried.push({
    model: account.model,
    failure,
    attempts: attempts - attemptsBefore,
    costUsd: isSent ? costUsd : 0,
    cacheSavedUsd: isSent ? cacheSavedUsd : 0,
    possiblyPaidUsd: possiblyPaidUsd(account),
  });
  Object.assign(account, { ...noCosts(price), model, attemptsBefore: attempts });
}

/**
 * The end of a task as reported. Times are whole milliseconds. The end's timestamp is the start's
 * plus the duration, so that a wall clock that jumps cannot put the end before the start.
 */
export function outcomeOf(
  account: TaskAccount & { readonly fingerprint?: string; readonly request?: PromptRequest },
  result: TaskOutcome['result'],
  clock: Clock,
): TaskOutcome {
  const now = clock.now();
  const started = account.started ?? { atMs: now, epochMs: clock.epochMs() };
  const durationMs = Math.round(now - started.atMs);
  const startedAtEpochMs = Math.round(started.epochMs);
  return {
    task: account.task,
    model: account.model,
    tried: account.tried,
    result,
    partialOutput: account.partialOutput,
    fingerprint: account.fingerprint,
    prompt: account.request && askedOf(account.request),
    attempts: account.attempts,
    possiblyPaidAttempts: account.possiblyPaidAttempts,
    usage: account.usage,
    costUsd: overAll(account, 'costUsd', account.costUsd),
    cacheSavedUsd: overAll(account, 'cacheSavedUsd', account.cacheSavedUsd),
    possiblyPaidUsd: overAll(account, 'possiblyPaidUsd', possiblyPaidUsd(account)),
    queuedMs: Math.round(started.atMs - account.takenAtMs),
    durationMs,
    startedAtEpochMs,
    finishedAtEpochMs: startedAtEpochMs + durationMs,
    waitedMs: inWholeMs(account.waited),
  };
}

function overAll(
  { tried, attempts, attemptsBefore }: TaskAccount,
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
