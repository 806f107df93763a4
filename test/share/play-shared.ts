import { MAX_TOKENS } from '../../bench/clients/client.ts';
import { planOf, type Scenario } from '../../bench/scenarios.ts';
import { sleep, type Clock } from '../../src/ports/clock.ts';
import { seededRandom } from '../../src/ports/random.ts';
import { VirtualClock } from '../../src/ports/virtual-clock.ts';
import { estimateOutputTokens } from '../../src/pace/estimate-output-tokens.ts';
import { createPace } from '../../src/pace/pace.ts';
import { announcedLimits } from '../../src/providers/rate-limit-headers.ts';
import { createLaneLimiter } from '../../src/schedule/lane-limiter.ts';
import { createRunSlots } from '../../src/schedule/run-slots.ts';
import { createWaitTimes } from '../../src/outcome/time-waited.ts';
import type { LaneStore } from '../../src/share/lane-store.ts';
import { createSharedLane } from '../../src/share/shared-lane.ts';
import { drawWeights, openServer } from '../pacing/bench-run.ts';
import { refusal, usageOf } from '../pacing/drive.ts';
import { EPOCH_MS } from '../pacing/virtual-server.ts';
import { createFakeStore } from './fake-store.ts';

export interface PlayOptions {
  readonly runs: number;
  readonly seed: number;
  /** The longest time for which a process is sometimes kept from running, as on a busy machine. */
  readonly stallMs: number;
}

export interface Played {
  /** The share of the server's ceiling that was used once all runs had started. */
  readonly steady: number;
  /** Refused requests for every 100 admitted ones. */
  readonly waste: number;
  readonly answers: readonly number[];
}

const SECONDS = 20;
const STALLS_APART_MS = 4_000;
/** How many tasks a run has ready for a server that admits everything. */
const READY = { together: 200, least: 50 };

/**
 * Plays `bench/share.ts` under the virtual clock: runs that always have something to send share one
 * log.
 */
export async function playShared(scenario: Scenario, options: PlayOptions): Promise<Played> {
  const { runs, seed, stallMs } = options;
  const world = new VirtualClock({ epochMs: EPOCH_MS });
  const random = seededRandom(seed);
  const plan = planOf(scenario, { seconds: SECONDS, seed });
  const { open, report } = openServer(plan);
  const server = open(random);
  const store = createFakeStore(() => world.now());
  const over = new AbortController();
  const answers: number[] = [];
  const hop = (): number => 0.3 + random() * 0.7;

  for (let place = 0; place < runs; place += 1) {
    answers.push(0);
    const clock = processClock(world);
    const pace = createPace({
      limits: {},
      policy: { countsCacheReads: true, countsMaxTokens: false },
      nowMs: 0,
    });
    world.after(100 + random() * 300 * runs, () => {
      const name = `run-${place}`;
      const far = remote(store.of(name), clock);
      const lane = createSharedLane(pace, { name, limits: {}, store: far, clock, random });
      const slots = createRunSlots(() => 200);
      const limiter = createLaneLimiter({
        pace: lane.pace,
        share: lane,
        slots,
        waits: createWaitTimes(clock),
        clock,
        random,
        stop: over.signal,
        onError: (error) => {
          throw error;
        },
      });
      void lane.enter();
      const beat = async (): Promise<void> => {
        while (!over.signal.aborted) {
          await sleep(clock, 1_000);
          await lane.beat();
        }
      };
      const follow = async (): Promise<void> => {
        while (!over.signal.aborted) {
          await sleep(clock, 10 + hop());
          lane.receive(store.since(lane.lastId()));
        }
      };
      const stall = async (): Promise<void> => {
        while (!over.signal.aborted) {
          await sleep(world, random() * STALLS_APART_MS);
          clock.freeze(random() * stallMs);
        }
      };
      void beat();
      void follow();
      void stall();
      const work = async (): Promise<void> => {
        let weights = drawWeights(random);
        let isRetry = false;
        while (!over.signal.aborted) {
          const load = () => ({
            inputTokens: weights.estimatedInput,
            outputTokens: estimateOutputTokens(MAX_TOKENS, pace.state.outputTokens),
            maxOutputTokens: MAX_TOKENS,
          });
          const request = { priority: isRetry ? 'retry' : 'new', load } as const;
          await limiter.schedule(request, async (permit) => {
            await sleep(world, hop());
            const reply = server.arrive(world.now(), weights);
            isRetry = reply.kind === 'refused';
            if (reply.kind === 'refused') {
              await sleep(clock, hop());
              const failure = refusal(reply.status, reply.retryAfterMs);
              const announced = announcedLimits(reply.headers, clock.epochMs());
              permit.answered({ failure, usage: undefined, announced });
              return;
            }
            await sleep(world, reply.latencyMs);
            server.finish(world.now(), weights);
            await sleep(clock, hop());
            const usage = usageOf(weights.input, weights.output);
            const announced = announcedLimits(reply.headers(), clock.epochMs());
            permit.answered({ failure: undefined, usage, announced });
            answers[place] = (answers[place] ?? 0) + 1;
            weights = drawWeights(random);
          });
        }
      };
      for (let at = 0; at < Math.max(READY.least, READY.together / runs); at += 1) void work();
    });
  }
  await world.run(sleep(world, SECONDS * 1_000 + 500));
  over.abort();
  const { share } = report();
  const waste = (100 * server.refused.length) / server.admitted.length;
  return { steady: share.steady, waste, answers };
}

/** The clock of a process that may be kept from running, so that its timers fire later. */
function processClock(world: Clock): Clock & { freeze(forMs: number): void } {
  let frozenUntilMs = -Infinity;
  return {
    now: () => world.now(),
    epochMs: () => world.epochMs(),
    after(delayMs, fire) {
      let cancel = world.after(delayMs, function wake() {
        if (world.now() < frozenUntilMs) cancel = world.after(frozenUntilMs - world.now(), wake);
        else fire();
      });
      return () => cancel();
    },
    freeze(forMs) {
      frozenUntilMs = Math.max(frozenUntilMs, world.now() + forMs);
    },
  };
}

/** A store whose every answer takes a moment. */
function remote(store: LaneStore, clock: Clock): LaneStore {
  const later = async <Value>(value: Promise<Value>): Promise<Value> => {
    const known = await value;
    await sleep(clock, 0.6);
    return known;
  };
  return {
    ...store,
    join: (event) => later(store.join(event)),
    claim: (event, seen) => later(store.claim(event, seen)),
    tell: (event, isRefusal) => later(store.tell(event, isRefusal)),
    since: (id) => later(store.since(id)),
    beat: () => later(store.beat()),
    save: (id, state, takenMs) => later(store.save(id, state, takenMs)),
    agreed: () => later(store.agreed()),
  };
}
