import type { Clock } from '../ports/clock.ts';
import type { OutputStream } from '../ports/output.ts';
import type { RunEvent } from '../results/events.ts';
import { createJsonReporter } from './json.ts';
import { createPlainReporter } from './plain.ts';
import { createQuietReporter } from './quiet.ts';
import { createTtyReporter } from './tty.ts';

/** Shows a run while it lasts. Never fails: if stderr cannot be written to, only the display stops. */
export interface Reporter {
  onEvent(event: RunEvent): void;
  /**
   * Runs `print` while no progress is on the screen, then puts it back: for results that go to the
   * terminal on which the progress is drawn. Passes on what `print` gives or throws.
   */
  between<Value>(print: () => Promise<Value>): Promise<Value>;
  /** Leaves the text on the terminal and draws below it: others write there now. */
  forget?(): void;
  /** Prints how the run ended, if it did, and leaves the terminal as it was. Safe to call twice. */
  close(facts?: EndFacts): Promise<void>;
}

/** What only the caller knows at the end. */
export interface EndFacts {
  /** Where the results are, as the user would write it; undefined on stdout. */
  readonly resultsIn?: string | undefined;
}

/**
 * `tty`: a live tree; `plain`: lines for a log; `json`: every event as a line of JSON; `quiet`: only
 * what went wrong, at the end; `none`: nothing at all.
 */
export type ReporterMode = 'tty' | 'plain' | 'json' | 'quiet' | 'none';

export interface ReporterOptions {
  readonly stderr: TerminalStream;
  readonly color: boolean;
  readonly clock: Clock;
}

export interface TerminalStream extends OutputStream {
  /** Size of the terminal; undefined or 0 when it is not known. */
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
