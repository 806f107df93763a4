import { clampDelay, type Clock } from './clock.ts';

/** The machine's clock. A pending timer keeps the process alive. */
export const systemClock: Clock = {
  now: () => performance.now(),
  epochMs: () => Date.now(),
  after(delayMs, fire) {
    const timer = setTimeout(fire, clampDelay(delayMs));
    return () => clearTimeout(timer);
  },
};
