import { clampDelay, type Clock } from './clock.ts';

/** The machine's own clock. A pending timer keeps the process alive, as a wait should. */
export const systemClock: Clock = {
  now: () => performance.now(),
  epochMs: () => Date.now(),
  after(delayMs, fire) {
    const timer = setTimeout(fire, clampDelay(delayMs));
    return () => clearTimeout(timer);
  },
};
