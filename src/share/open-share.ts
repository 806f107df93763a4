import type { BudgetGate } from '../money/budget-wait.ts';
import type { Clock } from '../ports/clock.ts';
import type { Random } from '../ports/random.ts';
import type { JoinLane } from '../schedule/lane-limiter.ts';
import { keyHash, type SharedLaneIdentity } from './key-hash.ts';
import { createLaneStore, entriesOf, laneKeys } from './lane-store.ts';
import { connectRedis } from './redis.ts';
import { openSharedBudget, type SharedBudget } from './shared-budget.ts';
import { byId, createSharedLane, type SharedLane } from './shared-lane.ts';

/** What runs with the same key share: the limits of each model and, by name, a budget. */
export interface RunShare {
  /** Joins a lane to the other runs. */
  lane(identity: SharedLaneIdentity): JoinLane;
  /** The budget that the runs share; undefined if the options name no budget. */
  budget(gate: BudgetGate, maxCostUsd: number): BudgetGate | undefined;
  /**
   * Sets the function that is called with a sentence for the user when the store is lost or back.
   */
  onTell(tell: (line: string) => void): void;
  /** Leaves all lanes and closes the connections. */
  close(): Promise<void>;
}

export interface ShareOptions {
  /** The name of the shared budget. */
  readonly budget?: string | undefined;
  readonly clock: Clock;
  readonly random: Random;
}

const BEAT_MS = 1_000;
const LEAVE_WITHIN_MS = 2_000;

/** Connects to the Redis that the runs share. Throws a `VolleyError` if that fails. */
export async function openShare(url: string, options: ShareOptions): Promise<RunShare> {
  const { clock, random } = options;
  let tell: ((line: string) => void) | undefined;
  const lanes = new Map<string, SharedLane[]>();
  let isLost = false;
  let isClosing = false;
  const redis = await connectRedis(url, {
    clock,
    random,
    onLost,
    onBack() {
      void beat();
    },
  });
  const budget: SharedBudget | undefined =
    options.budget === undefined
      ? undefined
      : openSharedBudget(redis, { name: options.budget, clock, member: redis.newId() });
  redis.follow(
    () =>
      new Map(
        [...lanes].flatMap(([key, sharing]) => {
          const [earliest] = sharing.flatMap((lane) => lane.lastId() ?? []).toSorted(byId);
          return earliest === undefined ? [] : [[key, earliest] as const];
        }),
      ),
    (key, reply) => {
      const entries = entriesOf(reply);
      for (const lane of lanes.get(key) ?? []) lane.receive(entries);
    },
  );
  let cancelBeat = clock.after(BEAT_MS, beatOn);

  function all(): readonly SharedLane[] {
    return [...lanes.values()].flat();
  }

  function onLost(): void {
    for (const lane of all()) lane.lost();
    if (isLost || isClosing) return;
    isLost = true;
    const runs = Math.max(1, ...all().map((lane) => lane.runs()));
    const part = runs === 1 ? 'the limits' : `one of ${runs} equal parts of the limits`;
    const money = budget ? ', and its tasks wait for the shared budget' : '';
    tell?.(`${redis.shown} is unavailable: until it is back, this run uses ${part}${money}`);
  }

  function beatOn(): void {
    void beat().then(() => {
      if (isClosing) return;
      cancelBeat = clock.after(BEAT_MS, beatOn);
    });
  }

  async function beat(): Promise<void> {
    const connection = redis.connections();
    try {
      await Promise.all([...all().map((lane) => lane.beat()), budget?.beat()]);
      if (isLost) tell?.(`${redis.shown} is back: limits are shared again`);
      isLost = false;
    } catch {
      if (connection === redis.connections()) onLost();
    }
  }

  return {
    lane: (identity) => (pace) => {
      const key = keyHash(identity);
      const [log = ''] = laneKeys(key);
      const name = redis.newId();
      const store = createLaneStore(redis, { key, member: name });
      const { limits } = identity;
      const lane = createSharedLane(pace, { name, limits, store, clock, random });
      lanes.set(log, [...(lanes.get(log) ?? []), lane]);
      void lane.left.then(() => {
        const rest = (lanes.get(log) ?? []).filter((each) => each !== lane);
        if (rest.length > 0) lanes.set(log, rest);
        else lanes.delete(log);
      });
      void lane.enter().catch(() => {});
      return lane;
    },
    budget: (gate, maxCostUsd) => budget?.gate(gate, maxCostUsd),
    onTell(listener) {
      tell = listener;
    },
    async close() {
      isClosing = true;
      cancelBeat();
      const leaving = all().map((lane) => {
        lane.leave();
        return lane.left;
      });
      const { promise: late, resolve } = Promise.withResolvers<void>();
      const cancel = clock.after(LEAVE_WITHIN_MS, resolve);
      await Promise.race([Promise.all([...leaving, budget?.leave()]), late]);
      cancel();
      await redis.close();
    },
  };
}
