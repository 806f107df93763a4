import type { Send } from './lane-state.ts';

/**
 * What a lane's sends and refusals say about limits that nobody announced. Whatever was sent and has
 * not been refused counts as admitted: refusals come back at once, answers take their time.
 */
export interface Evidence {
  /** How many were in flight when each of the last requests was sent, by sequence; 0 once it was refused. */
  readonly inFlight: Uint32Array;
  /** When each of them was sent. */
  readonly sentMs: Float64Array;
  /** The last refused requests, in the order of their sequence. */
  readonly refusals: RefusedSend[];
  /** How long a refusal may take to come back, by the slowest ones of late. */
  refusalMs: number;
}

export type RefusedSend = Pick<Send, 'sequence' | 'atMs'>;

/** What a server took between two refusals, or in some other time. */
export interface Delivered {
  readonly requests: number;
  readonly overMs: number;
}

const SENDS_KEPT = 256;
/** For how crowded it was: longer ago the limits were others. */
const SENDS_COMPARED = 100;
/** As many between two refusals tell a rate to a few hundredths. */
const SURE_REQUESTS = 30;
const REFUSALS_KEPT = 64;

export function createEvidence(): Evidence {
  return {
    inFlight: new Uint32Array(SENDS_KEPT),
    sentMs: new Float64Array(SENDS_KEPT).fill(-Infinity),
    refusals: [],
    refusalMs: 0,
  };
}

export function noteSent(evidence: Evidence, { sequence, inFlight, atMs }: Send): void {
  evidence.inFlight[sequence % SENDS_KEPT] = inFlight;
  evidence.sentMs[sequence % SENDS_KEPT] = atMs;
}

/**
 * Before anything is concluded from it. A request that was refused for no limit's sake makes the
 * sums between refusals void.
 */
export function noteRefused(
  evidence: Evidence,
  send: Send,
  { isOverload, nowMs }: { readonly isOverload: boolean; readonly nowMs: number },
): void {
  const { inFlight, sentMs, refusals } = evidence;
  evidence.refusalMs = Math.max(nowMs - send.atMs, evidence.refusalMs * 0.95);
  const place = send.sequence % SENDS_KEPT;
  if (sentMs[place] === send.atMs) inFlight[place] = 0;
  if (isOverload) {
    refusals.length = 0;
    return;
  }
  let at = refusals.length;
  while (at > 0 && (refusals[at - 1]?.sequence ?? 0) > send.sequence) at -= 1;
  refusals.splice(at, 0, { sequence: send.sequence, atMs: send.atMs });
  if (refusals.length > REFUSALS_KEPT) refusals.shift();
}

/** What was before a time in which nothing was admitted says nothing about limits any more. */
export function forgetBeforeLast({ inFlight, refusals }: Evidence): void {
  inFlight.fill(0);
  refusals.splice(0, refusals.length - 1);
}

/**
 * From 0 to 1: how crowded it was when `send` was refused, against all that was admitted lately. A
 * limit on requests at once refuses the most crowded ones; a limit on their rate refuses any.
 */
export function crowding({ inFlight }: Evidence, send: Send): number {
  let less = 0;
  let all = 0;
  for (let back = 1; back < SENDS_COMPARED && back <= send.sequence; back += 1) {
    const admitted = inFlight[(send.sequence - back) % SENDS_KEPT] ?? 0;
    if (admitted === 0) continue;
    all += 1;
    if (admitted < send.inFlight) less += 1;
    else if (admitted === send.inFlight) less += 0.5;
  }
  return all === 0 ? 1 : less / all;
}

/**
 * What was admitted from a refusal before to that of `send`. Where a rate was the reason for both, the
 * server's bucket was empty at both ends, so this is what flowed in, whatever was sent and when. Goes
 * back as far as it takes to be sure, within one trouble: refusals with at most `calmMs` in between.
 * Undefined when there was none before.
 */
export function deliveredBefore(
  { refusals }: Evidence,
  send: Send,
  calmMs: number,
): (Delivered & { readonly isSingle: boolean }) | undefined {
  let delivered: (Delivered & { readonly isSingle: boolean }) | undefined;
  let laterMs = send.atMs;
  let refused = 0;
  for (const before of refusals.toReversed()) {
    if (before.sequence >= send.sequence) continue;
    const isSingle = laterMs - before.atMs > calmMs;
    if (delivered && (isSingle || delivered.isSingle || delivered.requests >= SURE_REQUESTS)) break;
    const requests = send.sequence - before.sequence - 1 - refused;
    delivered = { requests, overMs: send.atMs - before.atMs, isSingle };
    laterMs = before.atMs;
    refused += 1;
  }
  return delivered;
}

/**
 * Whether anything was admitted that was sent between a request and `to`, which was refused now:
 * as far back as is known, and leaving out what may still be refused.
 */
export function anyAdmitted(
  { inFlight, sentMs, refusalMs }: Evidence,
  { from, to, nowMs }: { readonly from: Send; readonly to: Send; readonly nowMs: number },
): boolean {
  const first = Math.max(from.sequence + 1, to.sequence - SENDS_KEPT + 1);
  for (let sequence = first; sequence < to.sequence; sequence += 1) {
    const place = sequence % SENDS_KEPT;
    if ((sentMs[place] ?? 0) >= nowMs - refusalMs) return false;
    if ((inFlight[place] ?? 0) > 0) return true;
  }
  return false;
}

/** What was admitted in the last second before `send`. */
export function deliveredLately({ inFlight, sentMs }: Evidence, send: Send): Delivered {
  let requests = 0;
  let overMs = 1_000;
  for (let back = 1; back < SENDS_KEPT && back <= send.sequence; back += 1) {
    const place = (send.sequence - back) % SENDS_KEPT;
    const atMs = sentMs[place] ?? -Infinity;
    if (atMs < send.atMs - 1_000) break;
    if ((inFlight[place] ?? 0) > 0) requests += 1;
    if (back === SENDS_KEPT - 1) overMs = Math.max(50, send.atMs - atMs);
  }
  return { requests, overMs };
}
