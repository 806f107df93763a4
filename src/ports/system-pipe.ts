import { constants, open, type FileHandle } from 'node:fs/promises';
import { systemErrorCode } from './error-code.ts';

const READER_PAUSE_MS = 100;
const ROOM_PAUSE_MS = 10;

/**
 * Opens a FIFO to write to, as soon as there is a reader. Nothing here waits inside the system: that
 * would hold a thread which the end of the process waits for, so that only kill -9 could end it.
 * Rejects with the signal's reason when that is aborted.
 */
export async function openPipe(path: string, signal: AbortSignal | undefined): Promise<FileHandle> {
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

/** One write: gives the number of bytes taken, once the reader has left room for some. */
export async function writeToPipe(pipe: FileHandle, bytes: Uint8Array): Promise<number> {
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
