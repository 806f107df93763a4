import { weightIn } from '../manifest/limit-names.ts';
import type { AnnouncedLimit, AttemptFailure, Usage } from '../providers/provider.ts';
import { grow, holdGrowth } from './concurrency.ts';
import { cacheHit, loadOf, withAnswer } from './estimate.ts';
import type { LaneState, Moment, Send } from './lane-state.ts';
import { createMirror, debitMirror, mirrorOf, reconcile, settleMirror } from './mirror.ts';
import { endProbing, isProbe } from './probe.ts';
import { refused } from './refused.ts';
import { settle } from './windows.ts';

/** What came back, as far as it matters to the lane. */
export interface Answered {
  readonly failure: AttemptFailure | undefined;
  /** Undefined when the model did no work. */
  readonly usage: Usage | undefined;
  /** What the server announced with it. */
  readonly announced: readonly AnnouncedLimit[];
}

/** After trouble that is not a limit's, nothing grows for this long. */
const TROUBLE_MS = 1_000;

/**
 * Learns from an answer. Gives back the end of a pause when it caused one that is worth telling.
 * Without reported usage the reservation stands: a server may count what it refused.
 */
export function answered(
  state: LaneState,
  send: Send,
  { usage, failure, announced }: Answered,
  moment: Moment,
): { readonly pausedUntilMs: number } | undefined {
  const { nowMs } = moment;
  state.unanswered.delete(send);
  if (usage) {
    settle(state.windows, send.debit, loadOf(usage, state.policy));
    const hit = cacheHit(usage);
    if (hit !== undefined) state.cacheHits = withAnswer(state.cacheHits, hit);
    state.outputMean = withAnswer(state.outputMean, usage.outputTokens);
    state.durationMean = withAnswer(state.durationMean, nowMs - send.atMs);
  }
  settleMirrors(state, send, { usage, nowMs });
  for (const told of announced) mirror(state, send, { told, nowMs });
  if (failure?.reach === 'lane') return refused(state, send, { failure, announced, moment });
  if (isTrouble(failure)) holdGrowth(state.window, nowMs + TROUBLE_MS);
  if (isSilence(failure)) {
    if (state.probe?.send === send) state.probe.send = undefined;
    return undefined;
  }
  state.shut = undefined;
  if (isProbe(state, send)) endProbing(state, nowMs);
  if (!failure) succeeded(state, send, nowMs);
  return undefined;
}

/** A window that was not used up since the request went out has no reason to grow. */
function succeeded(state: LaneState, send: Send, nowMs: number): void {
  if (state.lastFull < send.sequence || state.probe) return;
  grow(state.window, { isAnnounced: state.mirrors.length > 0, nowMs });
}

/** No answer at all says nothing about limits. */
function isSilence(failure: AttemptFailure | undefined): boolean {
  return failure?.code === 'NETWORK' || failure?.code === 'TIMEOUT' || failure?.code === 'CANCELED';
}

function isTrouble(failure: AttemptFailure | undefined): boolean {
  return failure?.code === 'SERVER_ERROR' || isSilence(failure);
}

function settleMirrors(
  { policy }: LaneState,
  send: Send,
  { usage, nowMs }: { readonly usage: Usage | undefined; readonly nowMs: number },
): void {
  const load = usage && loadOf(usage, policy);
  for (const [mirror, share] of send.shares) {
    // A server that charges `max_tokens` keeps them.
    const isFinal = policy.countsMaxTokens && mirror.kind !== 'input_tokens';
    const used = load && !isFinal ? weightIn(mirror.kind, load) : undefined;
    settleMirror(mirror, share, { used, nowMs });
  }
}

/** Keeps our copy of an announced limit, from the first time that it is told. */
function mirror(
  state: LaneState,
  send: Send,
  { told, nowMs }: { readonly told: AnnouncedLimit; readonly nowMs: number },
): void {
  const known = mirrorOf(state.mirrors, told);
  if (known?.late) known.late.delayMs = state.durationMean.value;
  if (known) return reconcile(known, told, { sent: send, nowMs });
  const { limit } = told;
  if (limit === undefined) return;
  const fresh = createMirror({ ...told, limit }, nowMs);
  for (const other of state.unanswered) {
    // Whatever went out since may have been counted, or not yet; what is charged late has not been.
    if (!fresh.late && other.sequence < send.sequence) continue;
    other.shares.set(fresh, debitMirror(fresh, weightIn(fresh.kind, other.load), nowMs));
  }
  state.mirrors.push(fresh);
}
