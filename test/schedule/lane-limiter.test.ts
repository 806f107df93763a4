import { describe, expect, test } from 'vitest';
import type { Limits } from '../../src/manifest/manifest.ts';
import type { Load } from '../../src/pace/tokens-per-limit.ts';
import { createPace, type Answered, type Pace } from '../../src/pace/pace.ts';
import { createLaneLimiter, type Permit, type Priority } from '../../src/schedule/lane-limiter.ts';
import { createRunSlots, type RunSlots } from '../../src/schedule/run-slots.ts';
import { createWaitTimes } from '../../src/outcome/time-waited.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { failure, REFUSED } from './world.ts';

const LOAD: Load = { inputTokens: 1, outputTokens: 1 };
const POLICY = { countsCacheReads: true, countsMaxTokens: false };
const ANSWER: Answered = { failure: undefined, usage: undefined, announced: [] };
const REFUSAL = { ...ANSWER, failure: failure({ ...REFUSED, retryAfterMs: 1_000 }) };

/** A request that was sent, and a function that ends it. */
interface Begun {
  readonly name: string;
  readonly atMs: number;
  readonly permit: Permit;
  readonly end: () => void;
}

function limiterWith(options: { slots?: RunSlots; limits?: Limits; pace?: Pace } = {}) {
  const clock = new VirtualClock();
  const stop = new AbortController();
  const slots = options.slots ?? createRunSlots(() => 64);
  const pace =
    options.pace ?? createPace({ limits: options.limits ?? {}, policy: POLICY, nowMs: 0 });
  const waits = createWaitTimes(clock);
  const limiter = createLaneLimiter({
    pace,
    slots,
    waits,
    clock,
    random: () => 0,
    stop: stop.signal,
    onError: () => undefined,
  });
  const begun: Begun[] = [];
  const kinds = new Map<string, string>();
  async function ask(
    name: string,
    { priority = 'new', load = () => LOAD }: { priority?: Priority; load?: () => Load } = {},
  ): Promise<void> {
    const scheduled = await limiter.schedule(
      { priority, load },
      (permit) => new Promise<void>((end) => begun.push({ name, atMs: clock.now(), permit, end })),
    );
    kinds.set(name, scheduled.kind);
  }
  return {
    clock,
    stop,
    slots,
    pace,
    kinds,
    begun,
    ask: (...parts: Parameters<typeof ask>): void => void ask(...parts),
    names: () => begun.map(({ name }) => name),
    answer: async (place: number, answer = ANSWER): Promise<void> => {
      begun[place]?.permit.answered(answer);
      begun[place]?.end();
      await clock.advance(1);
    },
  };
}

const one = { concurrency: { start: 1, max: 1 } };

const noRoom: Pace['room'] = (_, nowMs) => ({
  kind: 'wait',
  untilMs: nowMs + 1_000,
  by: 'rate_limited',
});

describe('a lane', () => {
  test('sends probes first, then retries, then new requests, each in the order requested', async () => {
    const { ask, answer, names, clock } = limiterWith({ limits: one });
    ask('first');
    await clock.advance(1);
    ask('new 1');
    ask('new 2');
    ask('retry 1', { priority: 'retry' });
    ask('retry 2', { priority: 'retry' });
    ask('probe', { priority: 'probe' });
    await clock.advance(1);
    for (let place = 0; place < 6; place += 1) await answer(place);
    expect(names()).toEqual(['first', 'probe', 'retry 1', 'retry 2', 'new 1', 'new 2']);
  });

  test('holds a slot of the lane and of the run until the job has ended', async () => {
    const { ask, begun, slots, clock } = limiterWith({ limits: one });
    ask('first');
    ask('second');
    await clock.advance(1);
    begun[0]?.permit.answered(ANSWER);
    await clock.advance(1_000);
    expect([begun.length, slots.inUse()]).toEqual([1, 1]);
    begun[0]?.end();
    await clock.advance(1);
    expect([begun.length, slots.inUse()]).toEqual([2, 1]);
  });

  test('sends nothing while the pace has no room, and continues once it has room', async () => {
    const { ask, begun, clock } = limiterWith({ limits: { rps: 2 } });
    for (const name of ['a', 'b', 'c']) ask(name);
    await clock.advance(5_000);
    expect(begun.map(({ atMs }) => atMs)).toEqual([0, 0, 1_020]);
  });

  test('sends nothing if its pace never has room', async () => {
    const pace = createPace({ limits: {}, policy: POLICY, nowMs: 0 });
    const { ask, names, stop, kinds, clock } = limiterWith({ pace: { ...pace, room: noRoom } });
    ask('a');
    ask('b', { priority: 'retry' });
    await clock.advance(3_600_000);
    expect(names()).toEqual([]);
    stop.abort();
    await clock.advance(1);
    expect([...kinds.values()]).toEqual(['stopped', 'stopped']);
  });

  test('uses current estimates for waiting requests, not those from when they arrived', async () => {
    const { ask, begun, clock } = limiterWith({ limits: { otpm: 100 } });
    let expected = 60;
    const load = () => ({ inputTokens: 1, outputTokens: expected });
    ask('first', { load });
    ask('second', { load });
    await clock.advance(10);
    expect(begun).toHaveLength(1);
    expected = 30;
    begun[0]?.permit.answered(ANSWER);
    await clock.advance(1);
    expect(begun).toHaveLength(2);
  });

  test('immediately refuses a request that can never fit within a declared limit', async () => {
    const { ask, kinds, clock } = limiterWith({ limits: { itpm: 10 } });
    ask('huge', { load: () => ({ inputTokens: 11, outputTokens: 1 }) });
    await clock.advance(1);
    expect(kinds.get('huge')).toBe('too_large');
  });

  test('drops waiting requests, and all later ones, once it is stopped', async () => {
    const { ask, kinds, slots, begun, stop, clock } = limiterWith({ limits: one });
    ask('sent');
    ask('waiting');
    await clock.advance(1);
    stop.abort();
    ask('later');
    await clock.advance(1);
    expect(Object.fromEntries(kinds)).toEqual({ waiting: 'stopped', later: 'stopped' });
    begun[0]?.end();
    await clock.advance(1);
    expect([kinds.get('sent'), slots.inUse()]).toEqual(['done', 0]);
  });
});

describe('a lane that waits for a slot of the run', () => {
  test('leaves the slot to others while it is paused, and then asks again', async () => {
    const slots = createRunSlots(() => 1);
    const { ask, begun, answer, clock } = limiterWith({ slots });
    ask('first');
    ask('second');
    await clock.advance(10);
    await answer(0, REFUSAL);
    expect([begun.length, slots.inUse()]).toEqual([1, 0]);
    await clock.advance(1_000);
    expect([begun.length, slots.inUse()]).toEqual([2, 1]);
  });

  test('leaves the queue when it is stopped', async () => {
    const slots = createRunSlots(() => 1);
    slots.tryTake();
    const { ask, kinds, stop, clock } = limiterWith({ slots });
    ask('waiting');
    await clock.advance(10);
    stop.abort();
    await clock.advance(1);
    expect(kinds.get('waiting')).toBe('stopped');
    slots.release();
    expect(slots.inUse()).toBe(0);
  });
});
