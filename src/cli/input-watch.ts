import { systemClock } from '../ports/system-clock.ts';
import type { Arguments } from './arguments.ts';
import { watchWaits, type WaitWatch } from './wait-watch.ts';

/** Tells of waits for what is read before a run begins: a pipe that nobody writes to may never end. */
export function watchInput(args: Arguments): WaitWatch {
  return watchWaits({
    clock: systemClock,
    // Loaded only then: most files are there at once.
    tell: (line) =>
      void import('./tell-early.ts')
        .then(({ tellEarly }) => tellEarly(args, line))
        .catch(() => undefined),
  });
}
