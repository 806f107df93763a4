import type { Limits } from '../manifest/manifest.ts';
import type { Load } from '../pace/tokens-per-limit.ts';
import type { Pace, Room } from '../pace/pace.ts';
import type { Sent } from '../pace/recent-sends.ts';
import type { Moment } from '../pace/refusal.ts';
import { sleep, type Clock } from '../ports/clock.ts';
import type { Random } from '../ports/random.ts';
import type { LaneShare } from '../schedule/lane-limiter.ts';
import { eventText, type LaneEvent } from './lane-event.ts';
import type { LaneStore, LogEntry, TakenSnapshot } from './lane-store.ts';
import { CALL_AGAIN_MS, createTurns } from './lane-turns.ts';
import { createReplica } from './replica.ts';
import { spareFor } from './shared-limits.ts';
import { createParts } from './without-redis.ts';

/** A lane shared with other runs, as the connection sees it. */
export interface SharedLane extends LaneShare {
  /** Joins the lane in the store, or joins it again. Rejects if the store cannot be reached. */
  enter(): Promise<void>;
  /** Applies what other runs did, according to the log. */
  receive(entries: readonly LogEntry[]): void;
  /** The store cannot be reached: from now on, the run stays within its part of the limits. */
  lost(): void;
  /** Called once per second. Rejects if the store cannot be reached. */
  beat(): Promise<void>;
  /** Resolves when the others know that this run has left. */
  readonly left: Promise<void>;
  /** The last log entry seen; undefined while the log is not followed. */
  lastId(): string | undefined;
  /** The number of runs that share the lane, including this one. */
  runs(): number;
}

/** The events of a run in the lane after it has joined. */
type NumberedEvent = Exclude<LaneEvent, { type: 'gone' | 'joined' | 'saved' }>;

/** How long an absent run keeps its part of the limits after the store is back. */
const ABSENT_MS = 6_000;
/** A snapshot older than this is replaced. */
const SNAPSHOT_MS = 2_000;

export function createSharedLane(
  pace: Pace,
  options: {
    readonly name: string;
    readonly limits: Limits;
    readonly store: LaneStore;
    readonly clock: Clock;
    readonly random: Random;
  },
): SharedLane {
  const { name, limits, store, clock, random } = options;
  const serverMs = (localMs: number): number => store.serverMs(localMs);
  const replica = createReplica(pace, name, serverMs);
  const { members } = replica;
  const parts = createParts(replica, name, serverMs);
  const turns = createTurns(members, name, () => tell({ type: 'waiting', n: next() }));
  /**
   * The `n` of the event of each request that the limiter holds. The requests in a snapshot are
   * different objects.
   */
  const requests = new Map<Sent, number>();
  const { promise: left, resolve: nowLeft } = Promise.withResolvers<void>();
  let lastN = 0;
  let lastId = '0-0';
  let version = 0;
  let epoch = '';
  let lostMs = -Infinity;
  let state: 'outside' | 'inside' | 'lost' | 'left' = 'outside';
  let entering: Promise<void> | undefined;
  /**
   * Serializes claims and snapshots: until a claim ends, it is not part of any state, although
   * others may know about it.
   */
  let exclusive: Promise<unknown> = Promise.resolve();
  /** This run's events since the last agreed snapshot, in order. */
  let told: Array<{ readonly event: NumberedEvent; readonly moment: Moment }> = [];
  let claimed: { readonly sent: Sent; readonly n: number } | undefined;
  let changed: (() => void) | undefined;

  function next(): number {
    lastN += 1;
    return lastN;
  }

  /** Applies an event of this run immediately, and tells the others. */
  function tell(event: NumberedEvent, chance = random()) {
    const moment = { nowMs: clock.now(), random: () => chance };
    const paused = replica.apply(name, event, moment);
    if (state !== 'inside') return paused;
    told.push({ event, moment });
    const isRefusal = event.type === 'answered' && event.answer.failure?.reach === 'lane';
    store.tell(eventText(event), isRefusal).then(noteMembership, () => {});
    return paused;
  }

  function noteMembership(isMember: boolean): void {
    if (!isMember && state === 'inside') void enterAgain();
  }

  /** Joins again, because this run was expelled or the store lost everything. */
  function enterAgain(): Promise<void> {
    entering ??= enter().finally(() => {
      entering = undefined;
    });
    return entering;
  }

  async function enter(): Promise<void> {
    if (state === 'left') return;
    const before = state;
    const nowMs = clock.now();
    told = [];
    const own = members.get(name);
    const event: LaneEvent = {
      type: 'joined',
      n: next(),
      limits,
      inFlight: [...(own?.unanswered ?? [])].map(([request, { load }]) => ({ request, load })),
      kept: own ? own.inFlight - own.unanswered.size : 0,
      history: own ? replica.historyOf(name, nowMs) : {},
    };
    // From now on, this run's events reach the store after the `joined` event.
    state = 'inside';
    try {
      const entered = await store.join(eventText(event));
      version = 0;
      if (entered.epoch !== epoch) lastId = '0-0';
      epoch = entered.epoch;
      restore(entered.snapshot, event);
      parts.expect(entered.members, clock.now() + ABSENT_MS);
      receive(await store.since(lastId));
      if (!members.has(name)) replica.apply(name, event, { nowMs, random });
    } catch (error) {
      if (state === 'inside') state = before;
      throw error;
    }
    changed?.();
  }

  /** Takes over the state of the runs that stayed, or that came back earlier. */
  function restore(snapshot: TakenSnapshot | undefined, event: LaneEvent): void {
    const isFirst = !members.has(name);
    if (!snapshot || (!isFirst && snapshot.atMs <= lostMs)) return;
    const nowMs = clock.now();
    if (!replica.restore(snapshot.state, snapshot.atMs)) return;
    lastId = snapshot.id;
    if (isFirst) return;
    replica.apply(name, event, { nowMs, random });
    // These requests have been answered since the event was created.
    const waiting = new Set(requests.values());
    for (const request of members.get(name)?.unanswered.keys() ?? []) {
      if (waiting.has(request)) continue;
      replica.apply(name, { type: 'withdrawn', n: lastN, request }, { nowMs, random });
    }
  }

  function receive(entries: readonly LogEntry[]): void {
    const nowMs = clock.now();
    for (const entry of entries) {
      const { id, by, event } = entry;
      if (byId(id, lastId) <= 0) continue;
      noteRead(entry);
      // This run's own events were applied when they happened.
      if (!event || by === name) continue;
      parts.heard(by);
      if (event.type === 'saved') void alone(agree).catch(() => {});
      else replica.apply(by, event, momentOf(id, event, nowMs));
    }
    if (entries.length > 0) changed?.();
  }

  function noteRead({ id, version: after = 0 }: LogEntry): void {
    lastId = id;
    version = Math.max(version, after);
  }

  function momentOf(id: string, event: LaneEvent, nowMs: number): Moment {
    const chance = event.type === 'answered' ? event.chance : 0;
    return { nowMs: Math.min(nowMs, store.localMs(id)), random: () => chance };
  }

  /** Runs the work after everything that was requested before. */
  function alone<Value>(work: () => Promise<Value>): Promise<Value> {
    const done = exclusive.then(work);
    exclusive = done.catch(() => {});
    return done;
  }

  function isNew(by: string, event: LaneEvent): boolean {
    if (event.type === 'gone') return true;
    return event.type !== 'saved' && event.n > (members.get(by)?.n ?? 0);
  }

  /**
   * Starts again from another run's snapshot, and applies the later events in the order of the log.
   * Each run applies its own events before it knows which events came first, so the states of the
   * runs drift apart. A run that believes that the server admits one request fewer than the others
   * believe would never get a slot.
   */
  async function agree(): Promise<void> {
    if (state !== 'inside' || entering || parts.areAbsent()) return;
    const { snapshot, entries } = await store.agreed();
    const isBehind = byId(entries.at(-1)?.id ?? '0-0', lastId) < 0;
    if (state !== 'inside' || entering || !snapshot || isBehind) return;
    const nowMs = clock.now();
    if (!replica.restore(snapshot.state, snapshot.atMs)) return;
    for (const entry of entries) {
      const { id, by, event } = entry;
      noteRead(entry);
      if (event && isNew(by, event)) replica.apply(by, event, momentOf(id, event, nowMs));
    }
    told = told.filter(({ event }) => isNew(name, event));
    for (const { event, moment } of told) replica.apply(name, event, moment);
    changed?.();
  }

  function room(load: Load, nowMs: number): Room {
    if (!claimed) return turns.roomInTurn(parts.room(load, nowMs) ?? pace.room(load, nowMs), nowMs);
    const { pausedUntilMs, pausedBy } = pace.state;
    return nowMs < pausedUntilMs
      ? { kind: 'wait', untilMs: pausedUntilMs, by: pausedBy }
      : { kind: 'free' };
  }

  async function claim(load: Load): Promise<boolean> {
    if (state === 'outside' || entering) {
      await enterAgain().catch(() => sleep(clock, CALL_AGAIN_MS));
      return false;
    }
    const event: LaneEvent = { type: 'sent', n: next(), load, waited: turns.wasBlocked() };
    if (state === 'inside') {
      const spare = spareFor(pace.state, load, clock.now());
      try {
        const reply = await store.claim(eventText(event), { version, lastId, spare });
        if (reply.kind === 'missed') receive(reply.entries);
        if (reply.kind === 'stranger') await enterAgain();
        if (reply.kind !== 'granted') return false;
        // If others have sent something since, this run still has to read their entries.
        if (reply.version === version + 1) version = reply.version;
      } catch {
        lost();
        return false;
      }
    }
    const nowMs = clock.now();
    replica.apply(name, event, { nowMs, random });
    if (state === 'inside') told.push({ event, moment: { nowMs, random } });
    parts.sent(load, nowMs);
    const sent = members.get(name)?.unanswered.get(event.n);
    if (!sent) return false;
    requests.set(sent, event.n);
    claimed = { sent, n: event.n };
    turns.sent();
    return true;
  }

  function lost(): void {
    if (state !== 'inside' || !members.has(name)) return;
    state = 'lost';
    lostMs = clock.now();
    parts.lost(lostMs);
    changed?.();
  }

  async function saveSnapshot(): Promise<void> {
    if (state !== 'inside') return;
    told = [];
    const nowMs = clock.now();
    await store.save(lastId, replica.snapshot(nowMs), nowMs).catch(() => {});
  }

  /** Saves the state that the others continue with. */
  async function leaveStore(): Promise<void> {
    const nowMs = clock.now();
    replica.apply(name, { type: 'gone' }, { nowMs, random });
    await store.save(lastId, replica.snapshot(nowMs), nowMs);
    await store.leave();
  }

  return {
    pace: {
      room,
      sent() {
        if (!claimed) throw new Error('a request was sent that was not claimed');
        const { sent } = claimed;
        claimed = undefined;
        return sent;
      },
      answered(sent, answer, moment) {
        const request = requests.get(sent);
        requests.delete(sent);
        if (request === undefined) return undefined;
        const chance = moment.random();
        return tell({ type: 'answered', n: next(), request, answer, chance }, chance);
      },
      released() {
        tell({ type: 'released', n: next() });
      },
      state: pace.state,
    },
    claim: (load) => alone(() => claim(load)),
    unclaim() {
      if (!claimed) return;
      const { sent, n } = claimed;
      claimed = undefined;
      requests.delete(sent);
      tell({ type: 'withdrawn', n: next(), request: n });
    },
    onChange(look) {
      changed = look;
    },
    leave() {
      if (state === 'left') return;
      const wasInside = state === 'inside';
      state = 'left';
      const done = wasInside ? leaveStore() : Promise.resolve();
      void done.catch(() => {}).then(nowLeft);
    },
    enter: enterAgain,
    receive(entries) {
      if (state === 'inside' && !entering) receive(entries);
    },
    lost,
    async beat() {
      if (state === 'left') return;
      if (state !== 'inside') return enterAgain();
      parts.forget(clock.now());
      const { isMember, snapshotAgeMs } = await store.beat();
      if (!isMember) return enterAgain();
      if (snapshotAgeMs > SNAPSHOT_MS) await alone(saveSnapshot);
    },
    left,
    lastId: () => (state === 'inside' && !entering ? lastId : undefined),
    runs: () => members.size,
  };
}

/** Ids in a log have the form `milliseconds-number`. */
export function byId(one: string, other: string): number {
  const [ms = 0, number = 0] = one.split('-').map(Number);
  const [otherMs = 0, otherNumber = 0] = other.split('-').map(Number);
  return ms - otherMs || number - otherNumber;
}
