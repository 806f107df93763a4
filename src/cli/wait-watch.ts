import type { Clock } from '../ports/clock.ts';
import { systemClock } from '../ports/system-clock.ts';
import type { Arguments } from './arguments.ts';

/** Tells of waits that no progress shows: a disk, a reader of stdout, a long results file. */
export interface WaitWatch {
  /**
   * Passes on what `work` gives. While nothing of the same `forWhat` ends for half a minute, tells so,
   * and again every half minute.
   */
  during<Value>(forWhat: string, work: Promise<Value>): Promise<Value>;
}

const TELL_AFTER_MS = 30_000;
const TICK_MS = 5_000;

interface Wait {
  pending: number;
  /** Since then nothing ended and nothing was reported. */
  quietSinceMs: number;
}

export function watchWaits(options: {
  readonly clock: Clock;
  readonly tell: (line: string) => void;
}): WaitWatch {
  const { clock, tell } = options;
  const waits = new Map<string, Wait>();
  let pending = 0;
  let stopTicking: (() => void) | undefined;

  function tick(): void {
    const nowMs = clock.now();
    for (const [forWhat, wait] of waits) {
      if (wait.pending === 0 || nowMs - wait.quietSinceMs < TELL_AFTER_MS) continue;
      wait.quietSinceMs = nowMs;
      tell(`still waiting ${forWhat}`);
    }
    stopTicking = clock.after(TICK_MS, tick);
  }

  return {
    async during(forWhat, work) {
      const wait = waits.get(forWhat) ?? { pending: 0, quietSinceMs: 0 };
      waits.set(forWhat, wait);
      if (wait.pending === 0) wait.quietSinceMs = clock.now();
      wait.pending += 1;
      pending += 1;
      stopTicking ??= clock.after(TICK_MS, tick);
      try {
        return await work;
      } finally {
        wait.pending -= 1;
        wait.quietSinceMs = clock.now();
        pending -= 1;
        // A timer that is left would keep the process from ending.
        if (pending === 0) {
          stopTicking?.();
          stopTicking = undefined;
        }
      }
    },
  };
}

/** Reports waits for input before a run begins: a pipe without a writer may never end. */
export function watchInput(args: Arguments): WaitWatch {
  return watchWaits({
    clock: systemClock,
    // Loaded only then: most files are there at once.
    tell: (line) =>
      void import('./terminal.ts')
        .then(({ tellEarly }) => tellEarly(args, line))
        .catch(() => undefined),
  });
}
