import type { Summary } from '../results/summary.ts';
import type { FailureLog } from '../report/failure-log.ts';
import type { Resumption } from '../run/resume.ts';
import type { Destination } from './destination.ts';
import type { HeldCases } from './junit-file.ts';
import type { Keeping } from './keep-results.ts';
import type { RunConsole } from './run-console.ts';
import type { SettledRun } from './settle-run.ts';

/** A run that is on its way, with all that stays the same until its end. */
export interface Sending extends SettledRun, RunConsole {}

/** How far it has come. Entered as soon as it is known: whatever breaks it off, its end goes by this. */
export interface Course {
  /** From here on there may be a lock to free, and results to save. */
  destination?: Destination;
  resumption?: Resumption;
  keeping?: Keeping;
  /** Test cases of a run whose results cannot be read again. */
  cases?: HeldCases;
  summary?: Summary | undefined;
  /** Why tasks failed so far. */
  failures?: FailureLog;
}
