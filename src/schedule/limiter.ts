import type { Failure } from '../errors/failure.ts';
import type { Clock } from '../ports/clock.ts';
import type { Random } from '../ports/random.ts';
import { answered, type Answered } from './answered.ts';
import { concurrencyOf } from './concurrency.ts';
import { createGate } from './gate.ts';
import { decide, released, sent, type LaneDecision, type LaneState } from './lane-state.ts';
import type { Slots } from './slots.ts';
import type { WaitLedger } from './wait-ledger.ts';
import { tooLarge } from './too-large.ts';
import { unfitLimit, type Load } from './windows.ts';

/** Admits the requests of one lane, one after the other: in the order asked for, retries first. */
export interface Limiter {
  /** `load` is asked for anew each time it matters: while a request waits, answers teach what to expect. */
  acquire(load: () => Load, priority: Priority): Promise<Admission>;
}

export type Priority = 'retry' | 'new';

export type Admission =
  | { readonly kind: 'granted'; readonly permit: Permit }
  /** The lane takes no more requests. */
  | { readonly kind: 'stopped' }
  /** Waiting would not help: larger than a limit's whole window. */
  | { readonly kind: 'too_large'; readonly failure: Failure };

/** One request may go out. It holds a slot of the lane and one of the run until it is released. */
export interface Permit {
  /** To be told what came back; gives the end of a new pause of the lane, if that caused one. */
  answered(answer: Answered): { readonly pausedUntilMs: number } | undefined;
  release(): void;
}

export interface LimiterOptions {
  readonly state: LaneState;
  /** Requests in flight over the whole run. */
  readonly slots: Slots;
  readonly ledger: WaitLedger;
  readonly clock: Clock;
  readonly random: Random;
  /** Aborting it ends every wait with `stopped`. */
  readonly stop: AbortSignal;
}

/** A new task that had reached the gate when a retry came steps back, but stays the first of the new. */
const PLACE = { retry: 1, steppedBack: 3, new: 5 } as const;

const RUN_FULL = { reason: 'concurrency', by: 'run' } as const;

export function createLimiter(options: LimiterOptions): Limiter {
  const { state, slots, ledger, clock, random, stop } = options;
  const gate = createGate();
  let retriesWaiting = 0;
  /** Makes whoever waits in the gate look again. */
  let wake: (() => void) | undefined;
  stop.addEventListener('abort', () => wake?.(), { once: true });

  async function acquire(load: () => Load, priority: Priority): Promise<Admission> {
    const { inputTokens, promptTokens = inputTokens } = load();
    const unfit = unfitLimit(state.windows, promptTokens);
    if (unfit) return { kind: 'too_large', failure: tooLarge(unfit) };
    if (priority === 'retry') {
      retriesWaiting += 1;
      wake?.();
    }
    let place: number = PLACE[priority];
    for (;;) {
      const admission = await gate.enter(place, () => admit(load, priority));
      if (admission.kind !== 'stepped_back') return admission;
      place = PLACE.steppedBack;
    }
  }

  /** Runs inside the gate, so never twice at once: waits for the lane, then for the run's slot. */
  async function admit(
    load: () => Load,
    priority: Priority,
  ): Promise<Admission | { readonly kind: 'stepped_back' }> {
    let hasSlot = false;
    try {
      for (;;) {
        if (stop.aborted) return { kind: 'stopped' };
        if (priority === 'new' && retriesWaiting > 0) return { kind: 'stepped_back' };
        const decision = decide(state, load(), clock.now());
        if (decision.kind === 'start' && (hasSlot || slots.tryTake())) {
          hasSlot = false;
          return { kind: 'granted', permit: grant(load()) };
        }
        // The lane changed its mind while it waited for the run's slot: others may use it.
        if (hasSlot) slots.release();
        ledger.blockedBy(decision.kind === 'start' ? RUN_FULL : decision);
        hasSlot = await change(decision);
      }
    } finally {
      if (hasSlot) slots.release();
      if (priority === 'retry') retriesWaiting -= 1;
      ledger.blockedBy(undefined);
    }
  }

  /** Waits until the decision may be another one. True when it comes with a slot of the run. */
  function change(decision: LaneDecision): Promise<boolean> {
    return new Promise((resolve) => {
      let cancel: (() => void) | undefined;
      const look = (withSlot: boolean): void => {
        wake = undefined;
        cancel?.();
        resolve(withSlot);
      };
      wake = () => look(false);
      if (decision.kind === 'start') {
        cancel = slots.whenFree(
          () => look(true),
          () => state.inFlight,
        );
      }
      if (decision.kind === 'wait') {
        // Whole milliseconds: a remainder too small to move the clock would be waited for again and again.
        cancel = clock.after(Math.ceil(decision.untilMs - clock.now()), () => look(false));
      }
    });
  }

  function tellRoom(): void {
    ledger.hasRoom(state.inFlight < concurrencyOf(state.window));
  }

  function grant(load: Load): Permit {
    const send = sent(state, load, clock.now());
    tellRoom();
    return {
      answered(answer) {
        const pause = answered(state, send, answer, {
          nowMs: clock.now(),
          random,
        });
        tellRoom();
        wake?.();
        return pause;
      },
      release() {
        released(state);
        slots.release();
        tellRoom();
        wake?.();
      },
    };
  }

  return { acquire };
}
