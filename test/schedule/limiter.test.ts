import { describe, expect, test } from 'vitest';
import type { Limits } from '../../src/manifest/manifest.ts';
import { createLaneState } from '../../src/schedule/lane-state.ts';
import { createLimiter, type Admission, type Permit } from '../../src/schedule/limiter.ts';
import { createSlots, type Slots } from '../../src/schedule/slots.ts';
import { createWaitLedger } from '../../src/schedule/wait-ledger.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { failure, REFUSED } from './world.ts';

const LOAD = { inputTokens: 1, outputTokens: 1 };

function limiterWith(slots: Slots, limits: Limits = {}) {
  const clock = new VirtualClock();
  const stop = new AbortController();
  const limiter = createLimiter({
    state: createLaneState(limits, { countsCacheReads: true, countsMaxTokens: false }),
    slots,
    ledger: createWaitLedger(clock),
    clock,
    random: () => 0,
    stop: stop.signal,
  });
  return { limiter, clock, stop, acquire: () => limiter.acquire(() => LOAD, 'new') };
}

async function permitOf(admission: Promise<Admission>): Promise<Permit> {
  const granted = await admission;
  if (granted.kind !== 'granted') throw new Error(`it was ${granted.kind}`);
  return granted.permit;
}

const REFUSAL = {
  failure: failure({ ...REFUSED, retryAfterMs: 1_000 }),
  usage: undefined,
  announced: [],
};

describe('a lane that waits for a slot of the run', () => {
  test('gives it back when it was paused in the meantime', async () => {
    const slots = createSlots(() => 2);
    const { acquire, clock } = limiterWith(slots);
    const first = await permitOf(acquire());
    slots.tryTake();
    const second = acquire();
    await clock.advance(10);
    // The slot is handed over, and before anybody looked the lane is paused.
    slots.release();
    expect(slots.inUse()).toBe(2);
    first.answered(REFUSAL);
    await clock.advance(10);
    expect(slots.inUse()).toBe(1);
    await clock.advance(1_000);
    await permitOf(second);
    expect(slots.inUse()).toBe(2);
  });

  test('leaves the queue when it is paused, and lets others have the slot', async () => {
    const slots = createSlots(() => 1);
    const { acquire, clock } = limiterWith(slots);
    const first = await permitOf(acquire());
    const second = acquire();
    await clock.advance(10);
    first.answered(REFUSAL);
    await clock.advance(10);
    first.release();
    expect(slots.inUse()).toBe(0);
    await clock.advance(1_000);
    await permitOf(second);
  });

  test('leaves the queue when it is stopped', async () => {
    const slots = createSlots(() => 1);
    slots.tryTake();
    const { acquire, clock, stop } = limiterWith(slots);
    const waiting = acquire();
    await clock.advance(10);
    stop.abort();
    expect(await waiting).toEqual({ kind: 'stopped' });
    slots.release();
    expect(slots.inUse()).toBe(0);
  });
});

test('what waits is judged by what is known by now, not by what was when it came', async () => {
  const { limiter, clock } = limiterWith(
    createSlots(() => 9),
    { otpm: 100 },
  );
  let expected = 60;
  const acquire = () => limiter.acquire(() => ({ inputTokens: 1, outputTokens: expected }), 'new');
  const first = await permitOf(acquire());
  const second = acquire();
  await clock.advance(10);
  expected = 30;
  first.answered({ failure: undefined, usage: undefined, announced: [] });
  await permitOf(second);
  expect(clock.now()).toBe(10);
});
