import type { Writable } from 'node:stream';
import { styleText } from 'node:util';
import { sanitized, type TextKind } from '../errors/sanitized.ts';
import { runsInCi } from './environment.ts';
import type { OutputStream } from './output.ts';
import { fileOutput, isRegularFile } from './system-file-output.ts';

/** What `process.stdout` and `process.stderr` are, and tests can make. */
export type NodeOutput = Writable & {
  readonly fd?: number;
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
};

/** A terminal's stream, or a file or pipe that has no size. */
export interface SystemOutput extends OutputStream {
  readonly isTty: boolean;
  /** Whether colour is wanted: a terminal that has it, or FORCE_COLOR, and no NO_COLOR. */
  readonly color: boolean;
  /** Undefined without a terminal; 0 where the terminal does not know. Changes when it is resized. */
  columns(): number | undefined;
  rows(): number | undefined;
}

/**
 * Wraps `process.stdout` or `process.stderr`. Call it once per stream and early: it keeps an error
 * handler on it for good, so that a reader that went away never becomes an uncaught exception.
 * Never ends the stream and never exits.
 */
export function systemOutput(stream: NodeOutput): SystemOutput {
  let failure: Error | undefined;
  stream.on('error', (error: Error) => {
    failure ??= error;
  });
  const isTty = stream.isTTY === true;
  // Some CI systems give a job a terminal.
  const hasHeadings = !isTty || runsInCi(process.env);
  const write =
    stream.fd !== undefined && isRegularFile(stream.fd)
      ? fileOutput(stream.fd)
      : (text: string) =>
          new Promise<void>((resolve, reject) => {
            if (failure) return reject(failure);
            stream.write(text, (error) => {
              if (!error) return resolve();
              failure ??= error;
              reject(failure);
            });
          });
  return {
    isTty,
    color: styleText('red', 'x', { stream }) !== 'x',
    columns: () => stream.columns,
    rows: () => stream.rows,
    write: (text: string, kind: TextKind = 'text') => write(sanitized(text, { kind, hasHeadings })),
  };
}
