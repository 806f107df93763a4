import type { Writable } from 'node:stream';
import { styleText, promisify } from 'node:util';
import { fstat, fstatSync, ftruncate, write } from 'node:fs';
import { sanitized, type TextKind } from '../errors/terminal-safe.ts';
import { runsInCi } from './environment.ts';
import type { OutputStream } from './output.ts';
import { writeAll } from './disk.ts';

/** What `process.stdout` and `process.stderr` are, and tests can make. */
type NodeOutput = Writable & {
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
 * Writes whole texts, one after another, to a regular file that a shell put behind stdout or stderr.
 * Node's own stream takes a short write for a whole one: a disk that is nearly full, or a limit on
 * file sizes, would lose the rest without a word. Where a text does not fit, none of it stays. A
 * failed write rejects with the system's error, and so does every later one.
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
  // Without a place in the file: the shell chose between `>` and `>>`, and others may write here too.
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

/** Cuts the part of a text that was written, if it is the end of the file and nobody wrote since. */
async function takeBack(
  descriptor: number,
  { size, written }: { readonly size: number; readonly written: number },
): Promise<void> {
  const now = await statOf(descriptor);
  if (written > 0 && now.size === size + written && !isBothOutputs(now)) {
    await cut(descriptor, size);
  }
}

/** With `> file 2>&1` the two share a place in the file: what stderr says next would leave a gap before it. */
function isBothOutputs({ dev, ino }: { readonly dev: number; readonly ino: number }): boolean {
  const [stdout, stderr] = [fstatSync(1), fstatSync(2)];
  return [stdout, stderr].every((each) => each.dev === dev && each.ino === ino);
}
