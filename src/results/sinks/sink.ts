import { EXIT, VolleyError } from '../../errors/volley-error.ts';
import { systemErrorCode } from '../../ports/error-code.ts';
import type { ResultRecord } from '../record.ts';
import type { Summary } from '../summary.ts';
import { reasonOf, remedyOf } from '../write-problems.ts';

/** Where results go. Both calls reject with `SinkClosed` or `SinkFailed`, and with nothing else. */
export interface ResultSink {
  /** Resolves when the record is taken; calls may overlap, records never interleave. */
  write(record: ResultRecord): Promise<void>;
  /**
   * Writes what is still to be written and lets go. Call it once, after the last `write`, whatever
   * happened; without a summary when there is none, as a run has that broke off.
   */
  close(summary: Summary | undefined): Promise<void>;
  /** Records that `write` took and that `close` could not write; none when the sink writes them at once. */
  heldBack?(): readonly ResultRecord[];
}

/** The reader went away (`| head -1`): no message, dispatch stops, the process ends quietly. */
export class SinkClosed extends Error {
  override readonly name = 'SinkClosed';
}

/** Results cannot be written any more: the disk is full, the device failed. Exit 74. */
export class SinkFailed extends VolleyError {}

/** What a failed write of results means; `target` is the file as the user named it, or `stdout`. */
export function sinkError(error: unknown, target: string): SinkClosed | SinkFailed {
  const code = systemErrorCode(error);
  if (CLOSED.has(code)) return new SinkClosed(`\`${target}\` was closed`, { cause: error });
  return new SinkFailed(`cannot write results to \`${target}\`: ${reasonOf(error)}`, {
    exitCode: EXIT.cannotWrite,
    hint: `${remedyOf(error)}, or send the results somewhere else with \`--output\``,
    cause: error,
  });
}

const CLOSED = new Set([
  'EPIPE',
  'ERR_STREAM_DESTROYED',
  'ERR_STREAM_WRITE_AFTER_END',
  'ECONNRESET',
]);
