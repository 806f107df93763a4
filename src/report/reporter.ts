import type { Clock } from '../ports/clock.ts';
import type { OutputStream } from '../ports/output.ts';
import type { RunEvent } from '../results/run-events.ts';
import { createJsonReporter } from './json-progress.ts';
import { createPlainReporter } from './plain-progress.ts';
import { createQuietReporter } from './quiet-progress.ts';
import { createTtyReporter } from './terminal-progress.ts';

/** Shows a run in progress. Never fails: if stderr cannot be written to, only the display stops. */
export interface Reporter {
  onEvent(event: RunEvent): void;
  /**
   * Hides the progress while `print` writes results to the same terminal. Returns or throws what
   * `print` does.
   */
  between<Value>(print: () => Promise<Value>): Promise<Value>;
  /**
   * Keeps the current text on the terminal and continues below it, because something else writes
   * there now.
   */
  forget?(): void;
  /** Prints the end of the run, if it ended, and restores the terminal. Safe to call twice. */
  close(facts?: EndFacts): Promise<void>;
}

/** Facts that only the caller knows. */
export interface EndFacts {
  /** Where the results are, as the user would write it; undefined on stdout. */
  readonly resultsIn?: string | undefined;
}

/**
 * `tty`: a live tree; `plain`: lines for a log; `json`: one JSON line per event; `quiet`: only
 * problems, at the end; `none`: nothing.
 */
export type ReporterMode = 'tty' | 'plain' | 'json' | 'quiet' | 'none';

export interface ReporterOptions {
  readonly stderr: TerminalStream;
  readonly color: boolean;
  readonly clock: Clock;
}

export interface TerminalStream extends OutputStream {
  /** The size of the terminal; undefined or 0 if unknown. */
  columns?(): number | undefined;
  rows?(): number | undefined;
}

export function createReporter(mode: ReporterMode, options: ReporterOptions): Reporter {
  return REPORTERS[mode](options);
}

const REPORTERS: Readonly<Record<ReporterMode, (options: ReporterOptions) => Reporter>> = {
  tty: createTtyReporter,
  plain: createPlainReporter,
  json: createJsonReporter,
  quiet: createQuietReporter,
  none: () => ({ onEvent: () => {}, between: (print) => print(), close: async () => {} }),
};
