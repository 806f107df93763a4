import { LIMIT_NAMES, type LimitName } from '../manifest/declared-limits.ts';
import type { Limits } from '../manifest/manifest.ts';
import { declaredBuckets, settle, type DeclaredBucket, type Share } from '../pace/bucket.ts';
import { slotsOf } from '../pace/concurrency.ts';
import { weightIn, type Load } from '../pace/tokens-per-limit.ts';
import type { Sent } from '../pace/recent-sends.ts';
import type { PaceState } from '../pace/pace-state.ts';

/**
 * Operations on a state that counts what several runs send: they withdraw requests, add and remove
 * limits with the runs that declare them, and move the state to another process with another clock.
 */

/** Ends requests without an answer. What the requests took from the limits still counts. */
export function withdraw(
  state: PaceState,
  { sents, inFlight }: { readonly sents: Iterable<Sent>; readonly inFlight: number },
  nowMs: number,
): void {
  for (const sent of sents) {
    if (!state.unanswered.delete(sent)) continue;
    for (const [bucket, share] of sent.shares) settle(bucket, share, undefined, nowMs);
  }
  state.inFlight = Math.max(0, state.inFlight - inFlight);
}

/** Adds a request in flight that was not admitted here. */
export function adoptSent(state: PaceState, sent: Pick<Sent, 'atMs' | 'load'>): Sent {
  state.inFlight += 1;
  const adopted: Sent = {
    ...sent,
    sequence: state.nextSequence,
    inFlight: state.inFlight,
    isProbe: false,
    shares: new Map(),
    isRefused: false,
  };
  state.nextSequence += 1;
  state.unanswered.add(adopted);
  return adopted;
}

/** The smallest value of each limit. */
export function smallestLimits(all: readonly Limits[]): Limits {
  const smallest: Partial<Record<LimitName, number>> = {};
  for (const name of LIMIT_NAMES) {
    const amounts = all.flatMap((limits) => limits[name] ?? []);
    if (amounts.length > 0) smallest[name] = Math.min(...amounts);
  }
  const most = all.flatMap(({ concurrency }) => concurrency?.max ?? []);
  if (most.length === 0) return smallest;
  const max = Math.min(...most);
  return { ...smallest, concurrency: { start: max, max } };
}

/**
 * How many more requests like this one are certain to fit. Requests from other runs have other
 * weights, so only half of the room counts for tokens and for limits that are only estimates, and
 * none of it for declared token limits.
 */
export function spareFor(state: PaceState, load: Load, nowMs: number): number {
  if (state.probing || state.pausedUntilMs > nowMs) return 0;
  let spare = slotsOf(state.concurrency) - state.inFlight - 1;
  for (const bucket of state.declared) {
    spare = Math.min(spare, bucket.kind === 'requests' ? bucket.amount - bucket.sum - 1 : 0);
  }
  for (const bucket of [...state.announced, ...(state.found ? [state.found] : [])]) {
    const weight = Math.max(1, weightIn(bucket.kind, load));
    spare = Math.min(spare, (bucket.level / weight - 1) / 2);
  }
  return Math.max(0, Math.floor(spare));
}

/** Replaces the declared limits. Limits that stay keep their counts. */
export function redeclare(state: PaceState, limits: Limits): void {
  state.declared = declaredBuckets(limits).map((bucket) => {
    const known = state.declared.find(({ name }) => name === bucket.name);
    return known ? Object.assign(known, { amount: bucket.amount, spanMs: bucket.spanMs }) : bucket;
  });
  const { concurrency } = state;
  concurrency.max = Math.max(1, Math.floor(limits.concurrency?.max ?? Infinity));
  concurrency.size = Math.min(concurrency.size, concurrency.max);
}

/**
 * Moves the last entry to its place in time, because events from other runs arrive a little late.
 */
export function putInOrder({ log, first }: DeclaredBucket): void {
  const entered = log.pop();
  if (!entered) return;
  let place = log.length;
  while (place > first && (log[place - 1]?.atMs ?? 0) > entered.atMs) place -= 1;
  log.splice(place, 0, entered);
}

/** Replaces some of the shares that a declared limit has counted. */
export function recount(
  bucket: DeclaredBucket,
  { without, add }: { readonly without: (share: Share) => boolean; readonly add: readonly Share[] },
): void {
  const kept = bucket.log.slice(bucket.first).filter((share) => !without(share));
  bucket.log = [...kept, ...add].toSorted((one, other) => one.atMs - other.atMs);
  bucket.first = 0;
  bucket.sum = bucket.log.reduce((sum, { weight }) => sum + weight, 0);
}

const TIMES = new Set(
  (
    'atMs emptyMs raisedMs wholeAtMs sinceMs lastTakenMs growsFromMs cutMs pausedUntilMs ' +
    'lastMs answeredMs firstSentMs lastSentMs'
  ).split(' '),
);

/** Moves every finite time in a state, or in anything that contains one, by this much. */
export function rebase(whole: object, byMs: number): void {
  const seen = new Set<object>();
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null || seen.has(value)) return;
    seen.add(value);
    if (value instanceof Map) {
      for (const [key, each] of value) {
        visit(key);
        visit(each);
      }
    } else if (value instanceof Set || Array.isArray(value)) for (const each of value) visit(each);
    else {
      for (const [name, each] of Object.entries(value)) {
        if (TIMES.has(name) && typeof each === 'number') Reflect.set(value, name, each + byMs);
        else visit(each);
      }
    }
  };
  visit(whole);
}
