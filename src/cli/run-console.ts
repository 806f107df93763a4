import { systemClock } from '../ports/system-clock.ts';
import { createReporter, type Reporter } from '../report/reporter.ts';
import { createNotes, type Notes } from './notes.ts';
import type { SettledRun } from './settle-run.ts';
import { watchSignals, type Interruption } from './signals.ts';
import { watchWaits, type WaitWatch } from './wait-watch.ts';

/** What a run says on stderr while it lasts, and the signals that it hears. */
export interface RunConsole {
  readonly reporter: Reporter;
  readonly notes: Notes;
  readonly waits: WaitWatch;
  readonly signals: Interruption;
}

/** From here on signals are caught: see to it that `signals.dispose` is called. */
export function openConsole({
  args,
  stderr,
  mode,
  graceMs,
}: Pick<SettledRun, 'args' | 'stderr' | 'mode' | 'graceMs'>): RunConsole {
  const reporter = createReporter(mode, {
    stderr,
    color: args.switches.get('color') ?? stderr.color,
    clock: systemClock,
  });
  const notes = createNotes(stderr, { mode });
  const waits = watchWaits({
    clock: systemClock,
    tell(line) {
      if (mode === 'plain' || mode === 'tty' || mode === 'json') {
        void reporter.between(() => notes.print([line]));
      }
    },
  });
  const signals = watchSignals({
    clock: systemClock,
    graceMs,
    onStandstill: () => reporter.forget?.(),
  });
  return { reporter, notes, waits, signals };
}
