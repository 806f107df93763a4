import type { Bucket, Share } from './bucket.ts';
import type { Load } from './tokens-per-limit.ts';
import { SURE_REQUESTS } from './tuning.ts';

/** A request that was sent. */
export interface Sent {
  readonly sequence: number;
  readonly atMs: number;
  /** Requests in flight, including this one. */
  readonly inFlight: number;
  /** Whether it was sent to find out if a server that refused everything admits requests again. */
  readonly isProbe: boolean;
  readonly load: Load;
  /** Its share of each limit that was known when it was sent or became known in flight. */
  readonly shares: Map<Bucket, Share>;
  isRefused: boolean;
}

/** What a server admitted in a period of time. */
export interface Rate {
  readonly requests: number;
  readonly overMs: number;
}

export interface Delivered extends Rate {
  /** Whether the two refusals are far apart: there may have been few requests between them. */
  readonly isSingle: boolean;
}

const SENDS_KEPT = 256;
const REFUSALS_KEPT = 64;

export type RecentSends = ReturnType<typeof createRecentSends>;

/**
 * What a lane's sends and refusals say about limits that are not announced. Everything that was
 * sent and not refused counts as admitted: refusals come back immediately, answers take a while.
 */
export function createRecentSends() {
  return {
    /** The last requests. The index is the sequence number modulo the length. */
    sends: [] as Sent[],
    /** The last refused requests, in the order of their sequence. */
    refusals: [] as Sent[],
    /** How long a refusal may take to come back, based on the slowest recent ones. */
    refusalMs: 0,
  };
}

export function noteSent({ sends }: RecentSends, sent: Sent): void {
  sends[sent.sequence % SENDS_KEPT] = sent;
}

/**
 * Call this first for each refusal. A refusal by an overloaded server invalidates the counts
 * between refusals.
 */
export function noteRefused(
  recent: RecentSends,
  sent: Sent,
  { isOverload, nowMs }: { readonly isOverload: boolean; readonly nowMs: number },
): void {
  const { refusals } = recent;
  recent.refusalMs = Math.max(nowMs - sent.atMs, recent.refusalMs * 0.95);
  sent.isRefused = true;
  if (isOverload) {
    refusals.length = 0;
    return;
  }
  const after = refusals.findLastIndex(({ sequence }) => sequence < sent.sequence) + 1;
  refusals.splice(after, 0, sent);
  if (refusals.length > REFUSALS_KEPT) refusals.shift();
}

/** Forgets what happened before the server admitted nothing: it says nothing about limits now. */
export function forgetBeforeLast({ sends, refusals }: RecentSends): void {
  sends.length = 0;
  refusals.splice(0, refusals.length - 1);
}

/**
 * What was admitted between an earlier refusal and that of `sent`. If a rate was the reason for
 * both, the server's bucket was empty at both, so this is how much it was refilled, whatever was
 * sent and when. Goes back as far as needed to be sure, but only through refusals that are at most
 * `calmMs` apart. Undefined if there was no earlier refusal.
 */
export function deliveredBefore(
  { refusals }: RecentSends,
  sent: Sent,
  calmMs: number,
): Delivered | undefined {
  let delivered: Delivered | undefined;
  let laterMs = sent.atMs;
  let refused = 0;
  for (const before of refusals.toReversed()) {
    if (before.sequence >= sent.sequence) continue;
    const isSingle = laterMs - before.atMs > calmMs;
    if (delivered && (isSingle || delivered.isSingle || delivered.requests >= SURE_REQUESTS)) break;
    const requests = sent.sequence - before.sequence - 1 - refused;
    delivered = { requests, overMs: sent.atMs - before.atMs, isSingle };
    laterMs = before.atMs;
    refused += 1;
  }
  return delivered;
}

/** What was admitted in the last second before `sent`. */
export function deliveredLately(recent: RecentSends, sent: Sent): Rate {
  let requests = 0;
  let oldestMs = sent.atMs;
  let seen = 0;
  for (const before of sendsBefore(recent, sent)) {
    if (before.atMs < sent.atMs - 1_000) break;
    if (!before.isRefused) requests += 1;
    oldestMs = before.atMs;
    seen += 1;
  }
  // If more requests were sent in that second than are kept, only the time of the kept ones counts.
  const overMs = seen === SENDS_KEPT - 1 ? Math.max(50, sent.atMs - oldestMs) : 1_000;
  return { requests, overMs };
}

/** Whether a request sent between two others was admitted. Undecided requests do not count. */
export function anyAdmitted(
  recent: RecentSends,
  { from, to, nowMs }: { readonly from: Sent; readonly to: Sent; readonly nowMs: number },
): boolean {
  return sendsBefore(recent, to).some(
    ({ sequence, atMs, isRefused }) =>
      !isRefused && sequence > from.sequence && atMs < nowMs - recent.refusalMs,
  );
}

/** The sends before this one, latest first. */
function sendsBefore({ sends }: RecentSends, { sequence }: Sent): readonly Sent[] {
  const found: Sent[] = [];
  for (let back = 1; back < SENDS_KEPT && back <= sequence; back += 1) {
    const sent = sends[(sequence - back) % SENDS_KEPT];
    if (sent?.sequence === sequence - back) found.push(sent);
  }
  return found;
}
