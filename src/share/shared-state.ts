import { LIMIT_NAMES, weightIn, type LimitName } from '../manifest/limit-names.ts';
import type { Limits } from '../manifest/manifest.ts';
import { declaredBuckets, settle, type DeclaredBucket, type Share } from '../pace/bucket.ts';
import { slotsOf } from '../pace/concurrency.ts';
import type { Load } from '../pace/load.ts';
import type { Sent } from '../pace/recent-sends.ts';
import type { PaceState } from '../pace/state.ts';

/**
 * What a state needs that counts what several runs send: requests taken back, limits that come and go
 * with the runs that declare them, and moves to another process, whose clock reads otherwise.
 */

/** Requests that are no longer in flight, though nothing came back. What they took stands. */
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

/** A request in flight of which no limit was asked here. */
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

/** The smallest of each. */
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
 * How many more requests like this one there is surely room for. What others send weighs otherwise, so
 * of tokens, and of limits that are only copies, half is left out; of declared tokens all.
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

/** From now on these hold. What was sent counts in those that held before. */
export function redeclare(state: PaceState, limits: Limits): void {
  state.declared = declaredBuckets(limits).map((bucket) => {
    const known = state.declared.find(({ name }) => name === bucket.name);
    return known ? Object.assign(known, { amount: bucket.amount, spanMs: bucket.spanMs }) : bucket;
  });
  const { concurrency } = state;
  concurrency.max = Math.max(1, Math.floor(limits.concurrency?.max ?? Infinity));
  concurrency.size = Math.min(concurrency.size, concurrency.max);
}

/** Moves what was entered last to its place in time: others are heard of a little later. */
export function putInOrder({ log, first }: DeclaredBucket): void {
  const entered = log.pop();
  if (!entered) return;
  let place = log.length;
  while (place > first && (log[place - 1]?.atMs ?? 0) > entered.atMs) place -= 1;
  log.splice(place, 0, entered);
}

/** Replaces some of what a declared limit has counted. */
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
    'lastMs latestMs firstSentMs lastSentMs'
  ).split(' '),
);

/** Moves every moment in a state, or in anything that holds one, by so much. Infinite ones stay. */
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
