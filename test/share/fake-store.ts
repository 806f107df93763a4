import { parseEvent } from '../../src/share/lane-event.ts';
import type { LaneStore, LogEntry } from '../../src/share/lane-store.ts';

/** A store in memory, for any number of runs. It does what the scripts do, without a server. */
export interface FakeStore {
  of(member: string): LaneStore;
  /** Makes the store unreachable and deletes its content. */
  kill(): void;
  start(): void;
  readonly isUp: () => boolean;
  since(id: string | undefined): readonly LogEntry[];
}

const LEASE_MS = 5_000;

export function createFakeStore(now: () => number): FakeStore {
  let isUp = true;
  let epoch = 0;
  let count = 0;
  let log: LogEntry[] = [];
  let version = 0;
  let leases = new Map<string, number>();
  let snapshot: { id: string; state: Buffer; atMs: number } | undefined;

  function add(by: string, text: string, takesRoom: boolean): void {
    if (takesRoom) version += parseEvent(text)?.type === 'sent' ? 1 : 1_000_000;
    count += 1;
    log.push({
      id: `${Math.floor(now())}-${count}`,
      by,
      event: parseEvent(text),
      version: takesRoom ? version : undefined,
    });
  }

  function expel(): void {
    for (const [name, untilMs] of leases) {
      if (untilMs >= now()) continue;
      leases.delete(name);
      add(name, '{"type":"gone"}', false);
    }
  }

  function reach(): void {
    if (!isUp) throw new Error('the store is away');
  }

  const since = (id: string): LogEntry[] => {
    const number = Number(id.split('-')[1]);
    const first = log.findLastIndex((entry) => Number(entry.id.split('-')[1]) <= number);
    return log.slice(first + 1);
  };

  return {
    isUp: () => isUp,
    since: (id) => (id === undefined ? [] : since(id)),
    kill() {
      isUp = false;
      [log, version, leases, snapshot] = [[], 0, new Map(), undefined];
    },
    start() {
      isUp = true;
      epoch += 1;
    },
    of: (member) => ({
      async join(event) {
        reach();
        expel();
        leases.set(member, now() + LEASE_MS);
        add(member, event, true);
        return { epoch: String(epoch), snapshot, members: [...leases.keys()] };
      },
      async claim(event, seen) {
        reach();
        if (!leases.has(member)) return { kind: 'stranger' };
        const missed = version - seen.version;
        if (missed < 0 || missed > seen.spare)
          return { kind: 'missed', entries: since(seen.lastId) };
        add(member, event, true);
        return { kind: 'granted', version };
      },
      async tell(event, isRefusal) {
        reach();
        if (!leases.has(member)) return false;
        add(member, event, isRefusal);
        return true;
      },
      async since(id) {
        reach();
        return since(id);
      },
      async beat() {
        reach();
        if (!leases.has(member)) return { isMember: false, snapshotAgeMs: 0 };
        leases.set(member, now() + LEASE_MS);
        expel();
        return { isMember: true, snapshotAgeMs: now() - (snapshot?.atMs ?? -Infinity) };
      },
      async save(id, state, takenMs) {
        reach();
        snapshot = { id, state, atMs: takenMs };
        add(member, '{"type":"saved"}', false);
      },
      async agreed() {
        reach();
        return { snapshot, entries: since(snapshot?.id ?? '0-0') };
      },
      async leave() {
        reach();
        if (leases.delete(member)) add(member, '{"type":"gone"}', false);
      },
      localMs: (id) => Number(id.split('-')[0]),
      serverMs: (localMs) => localMs,
    }),
  };
}
