import { EXIT, VolleyError } from '../../errors/volley-error.ts';
import { wordSet } from '../../manifest/word-set.ts';
import { systemErrorCode } from '../../ports/error-code.ts';
import type { ResultRecord } from '../record.ts';
import type { Summary } from '../summary.ts';
import { reasonOf, remedyOf } from '../write-problems.ts';

/** A destination of results. Both calls only reject with `SinkClosed` or `SinkFailed`. */
export interface ResultSink {
  /** Resolves when the record is accepted. Calls may overlap; records never interleave. */
  write(record: ResultRecord): Promise<void>;
  /**
   * Writes the rest and releases resources. Always call it once, after the last `write`; without a
   * summary if the run ended with an error.
   */
  close(summary: Summary | undefined): Promise<void>;
  /** Accepted records that `close` could not write; none if the sink writes records immediately. */
  heldBack?(): readonly ResultRecord[];
}

/** The reader is gone (`| head -1`): no message, no new requests, the process ends quietly. */
export class SinkClosed extends Error {
  override readonly name = 'SinkClosed';
}

/** Results can no longer be written: the disk is full, or the device failed. Exit 74. */
export class SinkFailed extends VolleyError {}

/** Classifies a failed write. `target` is the file as the user named it, or `stdout`. */
export function sinkError(error: unknown, target: string): SinkClosed | SinkFailed {
  const code = systemErrorCode(error);
  if (CLOSED.has(code)) return new SinkClosed(`\`${target}\` was closed`, { cause: error });
  return new SinkFailed(`cannot write results to \`${target}\`: ${reasonOf(error)}`, {
    exitCode: EXIT.cannotWrite,
    hint: `${remedyOf(error)}, or send the results somewhere else with \`--output\``,
    cause: error,
  });
}

const CLOSED = wordSet('EPIPE ERR_STREAM_DESTROYED ERR_STREAM_WRITE_AFTER_END ECONNRESET');
