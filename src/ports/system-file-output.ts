import { fstat, fstatSync, ftruncate, write } from 'node:fs';
import { promisify } from 'node:util';
import { writeAll } from './write-all.ts';

const statOf = promisify(fstat);
const cut = promisify(ftruncate);
const writeSome = promisify(write);

export function isRegularFile(descriptor: number): boolean {
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
export function fileOutput(descriptor: number): (text: string) => Promise<void> {
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
