import { constants, open, stat, type FileHandle } from 'node:fs/promises';
import { sanitized } from '../errors/terminal-safe.ts';
import { writeAll } from './disk.ts';
import { systemErrorCode } from './error-code.ts';

/** A named pipe or a device such as `/dev/null`: it can be written to, but not read again. */
export interface StreamFile {
  /** Writes one text at a time. After a failure, every later call rejects with the same error. */
  write(text: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens an existing pipe or device for writing. Waits for the reader of a pipe; the signal ends
 * this wait, and the promise rejects with the signal's reason.
 */
export async function openStreamFile(
  path: string,
  signal: AbortSignal | undefined,
): Promise<StreamFile> {
  const isPipe = (await stat(path)).isFIFO();
  const file = isPipe ? await openPipe(path, signal) : await open(path, constants.O_WRONLY);
  const write = async (bytes: Uint8Array): Promise<number> =>
    isPipe ? writeToPipe(file, bytes) : (await file.write(bytes)).bytesWritten;
  let last = Promise.resolve();
  return {
    write(text) {
      // It may be printed in a log.
      last = last.then(() => writeAll({ write }, new TextEncoder().encode(sanitized(text))));
      return last;
    },
    async close() {
      await last.catch(() => undefined);
      await file.close();
    },
  };
}

const READER_PAUSE_MS = 100;
const ROOM_PAUSE_MS = 10;

/**
 * Opens a FIFO for writing as soon as it has a reader. Polls, because a blocking open would occupy
 * a thread, and the process could not end until it returns. Rejects with the signal's reason.
 */
async function openPipe(path: string, signal: AbortSignal | undefined): Promise<FileHandle> {
  for (;;) {
    signal?.throwIfAborted();
    try {
      return await open(path, constants.O_WRONLY | constants.O_NONBLOCK);
    } catch (error) {
      // Nobody reads it yet.
      if (systemErrorCode(error) !== 'ENXIO') throw error;
    }
    await pause(READER_PAUSE_MS);
  }
}

/** One write, as soon as the pipe has room; returns the number of bytes written. */
async function writeToPipe(pipe: FileHandle, bytes: Uint8Array): Promise<number> {
  for (;;) {
    try {
      return (await pipe.write(bytes)).bytesWritten;
    } catch (error) {
      if (systemErrorCode(error) !== 'EAGAIN') throw error;
    }
    await pause(ROOM_PAUSE_MS);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
