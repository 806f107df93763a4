import { EXIT, VolleyError } from '../../errors/volley-error.ts';
import { systemErrorCode } from '../../ports/output.ts';
import type { ResultRecord } from '../record.ts';
import type { Summary } from '../summary.ts';

/** Where results go. Both calls reject with `SinkClosed` or `SinkFailed`, and with nothing else. */
export interface ResultSink {
  /** Resolves when the record is taken; calls may overlap, records never interleave. */
  write(record: ResultRecord): Promise<void>;
  /** Writes what is still to be written and lets go. Call it once, after the last `write`. */
  close(summary: Summary): Promise<void>;
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
  const known = WRITE_PROBLEMS[code];
  return new SinkFailed(
    `cannot write results to \`${target}\`: ${known?.problem ?? 'the system refused'} (${code})`,
    {
      exitCode: EXIT.cannotWrite,
      hint: known?.hint ?? 'send the results somewhere else with `--output`',
      cause: error,
    },
  );
}

const CLOSED = new Set([
  'EPIPE',
  'ERR_STREAM_DESTROYED',
  'ERR_STREAM_WRITE_AFTER_END',
  'ECONNRESET',
]);

const WRITE_PROBLEMS: Readonly<Record<string, { problem: string; hint: string }>> = {
  ENOSPC: { problem: 'the disk is full', hint: 'free some space, or write to another disk' },
  EDQUOT: { problem: 'the disk quota is used up', hint: 'free some space, or write elsewhere' },
  EFBIG: { problem: 'the file is too large', hint: 'raise the limit on file sizes (`ulimit -f`)' },
  EIO: { problem: 'the device failed', hint: 'check the disk or the terminal, or write elsewhere' },
};
