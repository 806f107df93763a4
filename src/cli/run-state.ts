import type { Summary } from '../results/summary.ts';
import type { FailureLog } from '../report/failure-log.ts';
import type { Resumption } from '../run/resume.ts';
import type { Destination } from './open-destination.ts';
import type { HeldCases } from './junit-file.ts';
import type { Keeping } from './keep-unwritten-records.ts';
import type { CheckedRun } from './check-run.ts';
import { systemClock } from '../ports/system-clock.ts';
import { createReporter, type Reporter } from '../report/reporter.ts';
import { createNotes, type Notes } from './print-notes.ts';
import { watchSignals, type Interruption } from './signals.ts';
import { watchWaits, type WaitWatch } from './wait-watch.ts';

/** A run in progress, with everything that stays the same until its end. */
export interface RunContext extends CheckedRun, RunConsole {}

/**
 * How far the run got. Each field is set as soon as it is known, because the end of the run needs
 * it after any interruption.
 */
export interface RunState {
  /** Once this is set, there may be a lock to release and results to save. */
  destination?: Destination;
  resumption?: Resumption;
  keeping?: Keeping;
  /** Test cases of a run whose results can't be read again. */
  cases?: HeldCases;
  summary?: Summary | undefined;
  /** Why tasks have failed so far. */
  failures?: FailureLog;
}

/** The run's notes on stderr, and its signals. */
interface RunConsole {
  readonly reporter: Reporter;
  readonly notes: Notes;
  readonly waits: WaitWatch;
  readonly signals: Interruption;
}

/** Starts catching signals. Make sure to call `signals.dispose`. */
export function openConsole({
  args,
  stderr,
  mode,
  graceMs,
}: Pick<CheckedRun, 'args' | 'stderr' | 'mode' | 'graceMs'>): RunConsole {
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
