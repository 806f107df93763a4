import { assert, asyncProperty, constant, constantFrom, integer, option, record } from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Limits } from '../../src/manifest/manifest.ts';
import { createPace } from '../../src/pace/pace.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { seededRandom } from '../../src/ports/random.ts';
import { createSharedLane, type SharedLane } from '../../src/share/shared-lane.ts';
import { createFakeStore } from './fake-store.ts';
import { NO_USAGE } from '../../src/providers/usage-fields.ts';
import { scaled } from '../support/scale.ts';

const STEP_MS = 5;
const LOAD = { inputTokens: 10, outputTokens: 10 };

interface Story {
  readonly runs: number;
  readonly limits: Limits;
  readonly seconds: number;
  /** The second at which the store is lost, and the number of seconds until it is back. */
  readonly outage?: { readonly atS: number; readonly forS: number } | undefined;
  /** The second at which the last run dies silently. */
  readonly deathS?: number | undefined;
  readonly seed: number;
}

interface Send {
  readonly atMs: number;
  readonly run: number;
}

/** Plays runs that always have something to send. */
async function play({ runs, limits, seconds, outage, deathS, seed }: Story) {
  let nowMs = 0;
  let timers: Array<{ readonly atMs: number; readonly fire: () => void }> = [];
  const clock: Clock = {
    now: () => nowMs,
    epochMs: () => nowMs,
    after(delayMs, fire) {
      const timer = { atMs: nowMs + delayMs, fire };
      timers.push(timer);
      return () => {
        timers = timers.filter((each) => each !== timer);
      };
    },
  };
  const random = seededRandom(seed);
  const store = createFakeStore(() => nowMs);
  const sends: Send[] = [];
  let inFlight = 0;
  let mostInFlight = 0;
  const policy = { countsCacheReads: true, countsMaxTokens: false };
  const lanes = Array.from({ length: runs }, (_, run): SharedLane => {
    const pace = createPace({ limits, policy, nowMs });
    const name = `run-${run}`;
    return createSharedLane(pace, { name, limits, store: store.of(name), clock, random });
  });
  const claiming = new Set<number>();
  const isDead = (run: number): boolean =>
    run === runs - 1 && deathS !== undefined && nowMs >= deathS * 1_000;

  async function send(lane: SharedLane, run: number): Promise<void> {
    claiming.add(run);
    const isClaimed = await lane.claim(LOAD);
    claiming.delete(run);
    if (!isClaimed) return;
    const sent = lane.pace.sent(LOAD, nowMs);
    sends.push({ atMs: nowMs, run });
    inFlight += 1;
    mostInFlight = Math.max(mostInFlight, inFlight);
    clock.after(50 + random() * 300, () => {
      inFlight -= 1;
      if (isDead(run)) return;
      const usage = { ...NO_USAGE, inputTokens: 10, outputTokens: 10 };
      lane.pace.answered(sent, { failure: undefined, usage, announced: [] }, { nowMs, random });
      lane.pace.released();
    });
  }

  for (let step = 0; nowMs < seconds * 1_000; step += 1) {
    if (outage && nowMs === outage.atS * 1_000) {
      store.kill();
      for (const lane of lanes) lane.lost();
    }
    if (outage && nowMs === (outage.atS + outage.forS) * 1_000) store.start();
    const due = timers.filter(({ atMs }) => atMs <= nowMs);
    timers = timers.filter(({ atMs }) => atMs > nowMs);
    for (const { fire } of due) fire();
    for (const [run, lane] of lanes.entries()) {
      if (isDead(run)) continue;
      // Each run has its own rhythm, and hears from the others a little later.
      if ((step + run * 37) % 200 === 0) void lane.beat().catch(() => {});
      if ((step + run) % 2 === 0 && store.isUp()) lane.receive(store.since(lane.lastId()));
      if (!claiming.has(run) && lane.pace.room(LOAD, nowMs).kind === 'free') void send(lane, run);
    }
    for (let turn = 0; turn < 12; turn += 1) await Promise.resolve();
    nowMs += STEP_MS;
  }
  return { sends, mostInFlight };
}

function mostWithin(sends: readonly Send[], spanMs: number): number {
  let first = 0;
  let most = 0;
  for (const [at, { atMs }] of sends.entries()) {
    while ((sends[first]?.atMs ?? 0) <= atMs - spanMs) first += 1;
    most = Math.max(most, at - first + 1);
  }
  return most;
}

describe('runs that share a lane', () => {
  test('use all of a declared limit together, in fair shares', async () => {
    const { sends } = await play({ runs: 4, limits: { rps: 40 }, seconds: 10, seed: 1 });
    expect(mostWithin(sends, 1_000)).toBeLessThanOrEqual(40);
    expect(sends.length).toBeGreaterThan(370);
    const counts = [0, 1, 2, 3].map((run) => sends.filter((each) => each.run === run).length);
    expect(Math.min(...counts) / Math.max(...counts)).toBeGreaterThan(0.7);
  });

  test('take over the share of a dead run within ten seconds', async () => {
    const story = { runs: 3, limits: { concurrency: { start: 9, max: 9 } }, seconds: 20, seed: 2 };
    const { sends, mostInFlight } = await play({ ...story, deathS: 5 });
    const perSecond = (fromS: number): number =>
      sends.filter(({ atMs }) => atMs >= fromS * 1_000 && atMs < (fromS + 4) * 1_000).length / 4;
    expect(mostInFlight).toBeLessThanOrEqual(9);
    expect(perSecond(15)).toBeGreaterThan(perSecond(1) * 0.9);
  });

  test('never exceed a declared limit, whatever happens to the store or to one of the runs', async () => {
    await assert(
      asyncProperty(
        record({
          runs: integer({ min: 1, max: 6 }),
          limits: constantFrom<Limits>({ rps: 2 }, { rps: 5 }, { rps: 17 }, { rps: 40 }),
          seconds: constant(22),
          outage: option(
            record({
              atS: integer({ min: 1, max: 8 }),
              forS: integer({ min: 1, max: 9 }),
            }),
            { nil: undefined },
          ),
          deathS: option(integer({ min: 1, max: 12 }), { nil: undefined }),
          seed: integer({ min: 1, max: 1_000_000 }),
        }),
        async (story) => {
          const { sends } = await play(story);
          expect(mostWithin(sends, 1_000)).toBeLessThanOrEqual(story.limits.rps ?? NaN);
          const isAlive = story.runs > 1 || story.deathS === undefined;
          expect(sends.some(({ atMs }) => atMs >= 20_000)).toBe(isAlive);
        },
      ),
      { numRuns: scaled(15, 40) },
    );
  });
});
