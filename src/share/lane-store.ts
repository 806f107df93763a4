import { parseEvent, type LaneEvent } from './lane-event.ts';
import type { RedisStore } from './redis.ts';
import { AGREED, BEAT, CLAIM, JOIN, LEAVE, SAVE, TELL } from './lane-scripts.ts';

/**
 * What runs tell each other about one lane, kept in the store. Every method rejects if the store
 * cannot be reached.
 */
export interface LaneStore {
  join(event: string): Promise<Entered>;
  claim(
    event: string,
    seen: { readonly version: number; readonly lastId: string; readonly spare: number },
  ): Promise<ClaimReply>;
  /** False if this run is not a member. */
  tell(event: string, isRefusal: boolean): Promise<boolean>;
  since(id: string): Promise<readonly LogEntry[]>;
  beat(): Promise<{ readonly isMember: boolean; readonly snapshotAgeMs: number }>;
  save(id: string, state: Buffer, takenMs: number): Promise<void>;
  /** The snapshot, and the entries after it. */
  agreed(): Promise<{
    readonly snapshot: TakenSnapshot | undefined;
    readonly entries: readonly LogEntry[];
  }>;
  leave(): Promise<void>;
  /** When an entry was written, according to this process's clock. */
  localMs(id: string): number;
  serverMs(localMs: number): number;
}

export interface Entered {
  /** Identifies the store's content; changes if the store loses everything. */
  readonly epoch: string;
  readonly snapshot: TakenSnapshot | undefined;
  readonly members: readonly string[];
}

export interface TakenSnapshot {
  /** The last entry that the snapshot includes. */
  readonly id: string;
  readonly state: Buffer;
  /** According to this process's clock. */
  readonly atMs: number;
}

export type ClaimReply =
  | { readonly kind: 'granted'; readonly version: number }
  | { readonly kind: 'missed'; readonly entries: readonly LogEntry[] }
  /** This run is not a member. */
  | { readonly kind: 'stranger' };

export interface LogEntry {
  readonly id: string;
  readonly by: string;
  /** Undefined if another version wrote the event and this version does not know it. */
  readonly event: LaneEvent | undefined;
  /** Absent if the entry does not reduce the room. */
  readonly version: number | undefined;
}

/** After this many milliseconds of silence, a run loses its share. */
const LEASE_MS = 5_000;
/** How long an entry is kept: longer than the age of any snapshot. */
const KEPT_MS = 60_000;

/** `key` identifies the lane, `member` this run in it. */
export function createLaneStore(
  redis: RedisStore,
  { key, member }: { readonly key: string; readonly member: string },
): LaneStore {
  const keys = laneKeys(key);
  const snapshotOf = (id: unknown, state: unknown, at: unknown): TakenSnapshot | undefined => {
    if (typeof id !== 'string' || typeof state !== 'string') return undefined;
    return { id, state: Buffer.from(state, 'base64'), atMs: redis.clock.localMs(Number(at)) };
  };
  const run = (script: string, ...args: ReadonlyArray<string | number>): Promise<unknown> =>
    redis.run(script, keys, [member, ...args]);
  return {
    async join(event) {
      const reply = listOf(await run(JOIN, LEASE_MS, redis.newId(), event));
      const [epoch, , now, id, state, at, members] = reply;
      redis.clock.noteNow(Number(now));
      const snapshot = snapshotOf(id, state, at);
      return { epoch: String(epoch), members: listOf(members).map(String), snapshot };
    },
    async claim(event, { version, lastId, spare }) {
      const [code, second] = listOf(await run(CLAIM, version, lastId, event, spare));
      if (code === 1) return { kind: 'granted', version: Number(second) };
      return code === 0 ? { kind: 'missed', entries: entriesOf(second) } : { kind: 'stranger' };
    },
    async tell(event, isRefusal) {
      return listOf(await run(TELL, event, isRefusal ? 1 : 0))[0] === 1;
    },
    async since(id) {
      return entriesOf(await redis.range(keys[0] ?? '', id));
    },
    async beat() {
      const [code, now, ageMs] = listOf(await run(BEAT, LEASE_MS, KEPT_MS));
      if (code !== 1) return { isMember: false, snapshotAgeMs: 0 };
      redis.clock.noteNow(Number(now));
      return { isMember: true, snapshotAgeMs: Number(ageMs) };
    },
    async save(id, state, takenMs) {
      await run(SAVE, id, state.toString('base64'), redis.clock.serverMs(takenMs));
    },
    async agreed() {
      const [id, state, at, entries] = listOf(await run(AGREED));
      return { snapshot: snapshotOf(id, state, at), entries: entriesOf(entries) };
    },
    async leave() {
      await run(LEAVE);
    },
    localMs: (id) => redis.clock.localMs(msOf(id)),
    serverMs: (localMs) => redis.clock.serverMs(localMs),
  };
}

/** Keys in one slot of a cluster. */
export function laneKeys(key: string): readonly string[] {
  return ['log', 'head', 'members', 'snapshot'].map((part) => `volley:1:{${key}}:${part}`);
}

/** Reads what XRANGE and XREAD return: `[id, [field, value, …]]`. */
export function entriesOf(reply: unknown): readonly LogEntry[] {
  return listOf(reply).flatMap((entry): LogEntry[] => {
    const [id, values] = listOf(entry);
    const fields = listOf(values);
    const field = (name: string): string | undefined => {
      const at = fields.indexOf(name);
      const value = at < 0 ? undefined : fields[at + 1];
      return typeof value === 'string' ? value : undefined;
    };
    const [by, text, version] = [field('m'), field('e'), field('v')];
    if (typeof id !== 'string' || by === undefined) return [];
    return [
      {
        id,
        by,
        event: parseEvent(text ?? ''),
        version: version === undefined ? undefined : Number(version),
      },
    ];
  });
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function msOf(id: string): number {
  return Number(id.split('-')[0]);
}
