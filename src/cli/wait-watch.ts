import type { Clock } from '../ports/clock.ts';
import { systemClock } from '../ports/system-clock.ts';
import type { Arguments } from './arguments.ts';

/** Reports waits that no display shows: for a disk, a reader of stdout, a long results file. */
export interface WaitWatch {
  /**
   * Returns the result of `work`. Reports a wait whenever nothing with the same `forWhat` has
   * finished for half a minute.
   */
  during<Value>(forWhat: string, work: Promise<Value>): Promise<Value>;
}

const TELL_AFTER_MS = 30_000;
const TICK_MS = 5_000;

interface Wait {
  pending: number;
  /** Nothing finished and nothing was reported since then. */
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
        // A leftover timer would keep the process alive.
        if (pending === 0) {
          stopTicking?.();
          stopTicking = undefined;
        }
      }
    },
  };
}

/** Reports waits for input before a run starts: a pipe without a writer may never end. */
export function watchInput(args: Arguments): WaitWatch {
  return watchWaits({
    clock: systemClock,
    // Loaded only if needed: most files are read immediately.
    tell: (line) =>
      void import('./terminal.ts')
        .then(({ tellEarly }) => tellEarly(args, line))
        .catch(() => undefined),
  });
}
