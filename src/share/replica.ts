import { deserialize, serialize } from 'node:v8';
import type { Limits } from '../manifest/manifest.ts';
import { slotsOf } from '../pace/concurrency.ts';
import type { Share } from '../pace/bucket.ts';
import type { Load } from '../pace/tokens-per-limit.ts';
import type { Pace } from '../pace/pace.ts';
import type { Sent } from '../pace/recent-sends.ts';
import type { Moment } from '../pace/refusal.ts';
import {
  adoptSent,
  putInOrder,
  rebase,
  recount,
  redeclare,
  smallestLimits,
  withdraw,
} from './shared-limits.ts';
import type { PaceState } from '../pace/pace-state.ts';
import type { LaneEvent } from './lane-event.ts';

/** A run that shares the lane, as seen by the others. */
export interface Member {
  inFlight: number;
  /** Requests without an answer, by the `n` of their `sent` events. */
  readonly unanswered: Map<number, Sent>;
  limits: Limits;
  /** The run has something to send, but there is no room. */
  isWaiting: boolean;
  lastSentMs: number;
  /** The `n` of the last of its events that was applied. */
  n: number;
}

interface Snapshot {
  readonly format: typeof FORMAT;
  readonly takenMs: number;
  readonly state: PaceState;
  readonly members: Map<string, Member>;
  readonly owners: ReadonlyArray<readonly [Share, string]>;
}

/** Change this whenever the shape of a state changes. */
const FORMAT = 2;

/**
 * When requests are passed on, old ones are summed in this many parts of a declared limit's span.
 */
const PARTS = 200;

export type Replica = ReturnType<typeof createReplica>;

/**
 * The state of a lane, as if all runs that share it were one run. Every run keeps a replica and
 * applies the same events to it. Pure: times are parameters, according to this process's clock.
 *
 * `self`: the run whose own events are applied as they happen, whatever their order in the store.
 * `serverMs` converts a local time to the store's clock, which all runs share.
 */
export function createReplica(
  pace: Pace,
  self: string,
  serverMs: (localMs: number) => number = (localMs) => localMs,
) {
  const { state } = pace;
  const members = new Map<string, Member>();
  let owners = new WeakMap<Share, string>();
  /** Numbers assumed requests, downwards from 0, because real events are numbered from 1. */
  let unheard = 0;

  function memberOf(name: string): Member {
    const known = members.get(name);
    if (known) return known;
    const fresh: Member = {
      inFlight: 0,
      unanswered: new Map(),
      limits: {},
      isWaiting: false,
      lastSentMs: -Infinity,
      n: 0,
    };
    members.set(name, fresh);
    return fresh;
  }

  function leave(name: string, nowMs: number): void {
    const member = members.get(name);
    if (!member) return;
    withdraw(state, { sents: member.unanswered.values(), inFlight: member.inFlight }, nowMs);
    members.delete(name);
    declare();
  }

  function declare(): void {
    state.runs = Math.max(1, members.size);
    redeclare(state, smallestLimits([...members.values()].map(({ limits }) => limits)));
  }

  function sentFor(name: string, load: Load, nowMs: number): Sent {
    const sent = pace.sent(load, nowMs);
    for (const [bucket, share] of sent.shares) {
      if (bucket.source !== 'declared') continue;
      owners.set(share, name);
      putInOrder(bucket);
    }
    return sent;
  }

  function join(name: string, event: Extract<LaneEvent, { type: 'joined' }>, nowMs: number): void {
    const before = members.get(name);
    leave(name, nowMs);
    const member = memberOf(name);
    member.limits = event.limits;
    member.n = before?.n ?? 0;
    declare();
    for (const { request, load } of event.inFlight) {
      member.unanswered.set(request, adoptSent(state, { atMs: nowMs, load }));
    }
    member.inFlight = event.inFlight.length + event.kept;
    state.inFlight += event.kept;
    if (Object.keys(event.history).length === 0) return;
    for (const bucket of state.declared) {
      const add = (event.history[bucket.name] ?? []).map(([agoMs, weight]): Share => {
        const share = { atMs: nowMs - agoMs, weight, taken: 0, reserved: 0 };
        owners.set(share, name);
        return share;
      });
      recount(bucket, { without: (share) => owners.get(share) === name, add });
    }
  }

  /** Members that have waited longer, but let another member go first, no longer want to send. */
  function noteOvertaken(name: string): void {
    const sender = members.get(name);
    if (!sender) return;
    for (const [other, member] of members) {
      if (other !== name && member.isWaiting && isBefore(member, sender)) member.isWaiting = false;
    }
  }

  return {
    pace,
    members,
    /** Assumes that an absent member sent a request. Returns a function that ends it. */
    sentUnheard(name: string, load: Load, nowMs: number): (nowMs: number) => void {
      const member = memberOf(name);
      unheard -= 1;
      const n = unheard;
      const sent = sentFor(name, load, nowMs);
      member.unanswered.set(n, sent);
      member.inFlight += 1;
      return (atMs) => {
        // The member may have reported the end of its requests in the meantime.
        if (members.get(name) !== member || !member.unanswered.delete(n)) return;
        member.inFlight -= 1;
        withdraw(state, { sents: [sent], inFlight: 1 }, atMs);
      };
    },
    /** Assumes that all requests of a member have ended. */
    endFlight(name: string, nowMs: number): void {
      const member = members.get(name);
      if (!member) return;
      withdraw(state, { sents: member.unanswered.values(), inFlight: member.inFlight }, nowMs);
      member.unanswered.clear();
      member.inFlight = 0;
    },
    /** Does nothing if the event was applied before. */
    apply(name: string, event: LaneEvent, moment: Moment): number | undefined {
      const { nowMs } = moment;
      if (event.type === 'saved') return undefined;
      if (event.type === 'gone') {
        leave(name, nowMs);
        return undefined;
      }
      if (name !== self && event.n <= (members.get(name)?.n ?? 0)) return undefined;
      if (event.type === 'joined') join(name, event, nowMs);
      const member = memberOf(name);
      member.n = Math.max(member.n, event.n);
      switch (event.type) {
        case 'sent':
          noteOvertaken(name);
          member.unanswered.set(event.n, sentFor(name, event.load, nowMs));
          member.inFlight += 1;
          member.lastSentMs = nowMs;
          member.isWaiting = event.waited;
          return undefined;
        case 'answered': {
          const sent = member.unanswered.get(event.request);
          member.unanswered.delete(event.request);
          return sent && pace.answered(sent, event.answer, moment);
        }
        case 'withdrawn': {
          const sent = member.unanswered.get(event.request);
          if (!sent) return undefined;
          member.unanswered.delete(event.request);
          member.inFlight -= 1;
          withdraw(state, { sents: [sent], inFlight: 1 }, nowMs);
          return undefined;
        }
        case 'released':
          if (member.inFlight === 0) return undefined;
          member.inFlight -= 1;
          pace.released();
          return undefined;
        case 'waiting':
          member.isWaiting = true;
          return undefined;
        case 'joined':
          return undefined;
      }
    },
    /** The requests that `name` sent and that declared limits still count. */
    historyOf(name: string, nowMs: number): Extract<LaneEvent, { type: 'joined' }>['history'] {
      return Object.fromEntries(
        state.declared.map((bucket) => {
          const own = bucket.log.slice(bucket.first).filter((share) => owners.get(share) === name);
          const parts = addedUp(own, bucket.spanMs, serverMs);
          return [bucket.name, parts.map(({ atMs, weight }) => [nowMs - atMs, weight] as const)];
        }),
      );
    },
    snapshot(nowMs: number): Buffer {
      const inFlight = new Set([...state.unanswered].flatMap(({ shares }) => [...shares.values()]));
      const kept: Array<readonly [Share, string]> = [];
      const declared = state.declared.map((bucket) => {
        const log = bucket.log.slice(bucket.first);
        const names = new Map(log.map((share) => [share, owners.get(share) ?? '']));
        const parts = [...new Set(names.values())].flatMap((name) => {
          const own = log.filter((share) => names.get(share) === name);
          const settled = addedUp(
            own.filter((share) => !inFlight.has(share)),
            bucket.spanMs,
            serverMs,
          );
          const shares = [...settled, ...own.filter((share) => inFlight.has(share))];
          kept.push(...shares.map((share) => [share, name] as const));
          return shares;
        });
        return { bucket, log: parts.toSorted((one, other) => one.atMs - other.atMs) };
      });
      // Requests in flight refer to the buckets themselves, so these are changed and then restored.
      const before = declared.map(({ bucket }) => ({ ...bucket }));
      for (const { bucket, log } of declared) Object.assign(bucket, { log, first: 0 });
      const whole: Snapshot = { format: FORMAT, takenMs: nowMs, state, members, owners: kept };
      const bytes = serialize(whole);
      declared.forEach(({ bucket }, at) => Object.assign(bucket, before[at]));
      return bytes;
    },
    /**
     * Starts from another run's snapshot, taken at `takenMs` according to this process's clock.
     * False if the snapshot cannot be read.
     */
    restore(bytes: Buffer, takenMs: number): boolean {
      const read = readSnapshot(bytes);
      if (!read) return false;
      rebase(read, takenMs - read.takenMs);
      Object.assign(state, read.state, { policy: state.policy });
      members.clear();
      for (const [name, member] of read.members) members.set(name, member);
      owners = new WeakMap(read.owners);
      return true;
    },
  };
}

/** Members with fewer requests in flight come first, then those that sent longest ago. */
export function isBefore(one: Member, other: Member): boolean {
  if (one.inFlight !== other.inFlight) return one.inFlight < other.inFlight;
  return one.lastSentMs < other.lastSentMs;
}

/** How many requests each of `members` may have in flight while they cannot hear each other. */
export function slotsOfEach({ concurrency }: PaceState, members: number): number {
  return Math.max(1, Math.floor(slotsOf(concurrency) / members));
}

function readSnapshot(bytes: Buffer): Snapshot | undefined {
  try {
    const read: Snapshot = deserialize(bytes);
    const isWhole = read.format === FORMAT && read.members instanceof Map;
    return isWhole && Number.isFinite(read.state.concurrency.size) ? read : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Sums shares by parts of the span. Each sum gets the latest time in its part, so that nothing
 * stops counting too early. If there are only a few shares, they stay unchanged. The parts follow
 * the store's clock, which is the same for all runs; otherwise, shares that are passed on again and
 * again would move later each time.
 */
function addedUp(
  shares: readonly Share[],
  spanMs: number,
  serverMs: (localMs: number) => number,
): readonly Share[] {
  if (shares.length <= PARTS) return shares;
  const parts = new Map<number, Share>();
  for (const { atMs, weight } of shares) {
    const part = Math.floor((serverMs(atMs) * PARTS) / spanMs);
    const known = parts.get(part);
    parts.set(part, {
      atMs: Math.max(atMs, known?.atMs ?? -Infinity),
      weight: weight + (known?.weight ?? 0),
      taken: 0,
      reserved: 0,
    });
  }
  return [...parts.values()];
}
