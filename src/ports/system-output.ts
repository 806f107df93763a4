import type { Writable } from 'node:stream';
import { styleText, promisify } from 'node:util';
import { fstat, fstatSync, ftruncate, write } from 'node:fs';
import { sanitized, type TextKind } from '../errors/terminal-safe.ts';
import { runsInCi } from './environment.ts';
import type { OutputStream } from './output.ts';
import { writeAll } from './disk.ts';

/** `process.stdout`, `process.stderr`, or a test's stream. */
type NodeOutput = Writable & {
  readonly fd?: number;
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
};

/** An output stream that knows whether it is a terminal, and if so, its size. */
export interface SystemOutput extends OutputStream {
  readonly isTty: boolean;
  /**
   * Whether to use colors: on a terminal that supports them, or with FORCE_COLOR, and without
   * NO_COLOR.
   */
  readonly color: boolean;
  /**
   * Undefined without a terminal; 0 if the terminal does not report it. Changes when the terminal
   * is resized.
   */
  columns(): number | undefined;
  rows(): number | undefined;
}

/**
 * Wraps `process.stdout` or `process.stderr`. Call it once per stream, early: its permanent error
 * handler prevents an uncaught exception if the reader goes away. Never ends the stream or exits.
 */
export function systemOutput(stream: NodeOutput): SystemOutput {
  let failure: Error | undefined;
  stream.on('error', (error: Error) => {
    failure ??= error;
  });
  const isTty = stream.isTTY === true;
  // Some CI systems provide a terminal.
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

const statOf = promisify(fstat);
const cut = promisify(ftruncate);
const writeSome = promisify(write);

function isRegularFile(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isFile();
  } catch {
    return false;
  }
}

/**
 * Writes text in order to a regular file behind stdout or stderr. Node's own stream treats a short
 * write as complete, so a nearly full disk or a file size limit would silently lose the rest. If
 * the text of one call does not fit, all of it is removed. A failed write rejects with the system's
 * error, and so does every later one.
 */
function fileOutput(descriptor: number): (text: string) => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  return (text) => {
    last = last.then(() => append(descriptor, Buffer.from(text)));
    return last;
  };
}

async function append(descriptor: number, bytes: Buffer): Promise<void> {
  const { size } = await statOf(descriptor);
  let written = 0;
  // No position is given: the shell chose `>` or `>>`, and other processes may write to the file
  // too.
  const file = {
    async write(rest: Uint8Array): Promise<number> {
      const { bytesWritten } = await writeSome(descriptor, rest, 0, rest.length, null);
      written += bytesWritten;
      return bytesWritten;
    },
  };
  try {
    await writeAll(file, bytes);
  } catch (error) {
    await takeBack(descriptor, { size, written }).catch(() => {});
    throw error;
  }
}

/** Removes the written part of a call's text if it is still the end of the file. */
async function takeBack(
  descriptor: number,
  { size, written }: { readonly size: number; readonly written: number },
): Promise<void> {
  const now = await statOf(descriptor);
  if (written > 0 && now.size === size + written && !isBothOutputs(now)) {
    await cut(descriptor, size);
  }
}

/**
 * Whether stdout and stderr share a position, as with `> file 2>&1`. If text were removed then, the
 * next text on stderr would leave a gap.
 */
function isBothOutputs({ dev, ino }: { readonly dev: number; readonly ino: number }): boolean {
  const [stdout, stderr] = [fstatSync(1), fstatSync(2)];
  return [stdout, stderr].every((each) => each.dev === dev && each.ino === ino);
}
