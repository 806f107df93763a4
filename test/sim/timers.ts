import type { Clock } from '../../src/ports/clock.ts';

/** Timers of the simulated world itself. */
export interface Timers {
  after(delayMs: number, fire: () => void): void;
  cancelAll(): void;
}

export function createTimers(clock: Clock): Timers {
  const cancels: Array<() => void> = [];
  return {
    after(delayMs, fire) {
      cancels.push(clock.after(delayMs, fire));
    },
    cancelAll() {
      for (const cancel of cancels) cancel();
    },
  };
}
