import type { OutputStream } from '../ports/output.ts';

/** Writes text to stderr in order, for reporters. Never fails. */
export interface Log {
  /** Drops text with `mayDrop` while too much is waiting for a reader that has stopped reading. */
  print(text: string, options?: { readonly mayDrop: boolean }): void;
  /** Resolves when everything was written or has failed. */
  flushed(): Promise<void>;
}

/** The limit for waiting text. Text that must not be dropped may exceed it. */
const MOST_WAITING = 8 * 2 ** 20;

/** `droppedNote` returns the note that replaces `count` dropped pieces of text. */
export function createLog(stderr: OutputStream, droppedNote?: (count: number) => string): Log {
  let last: Promise<void> = Promise.resolve();
  /** Characters being written, which is about the same as the number of bytes. */
  let waiting = 0;
  let dropped = 0;

  function write(text: string): void {
    waiting += text.length;
    const written = stderr
      .write(text)
      .catch(() => {})
      .then(() => {
        waiting -= text.length;
      });
    last = last.then(() => written);
  }

  /** Keep dropping until half of the waiting text was written, to make one gap instead of many. */
  function isFull(): boolean {
    return waiting > (dropped > 0 ? MOST_WAITING / 2 : MOST_WAITING);
  }

  return {
    print(text, { mayDrop } = { mayDrop: false }) {
      if (text === '') return;
      if (mayDrop && isFull()) {
        dropped += 1;
        return;
      }
      if (dropped > 0 && droppedNote) write(droppedNote(dropped));
      dropped = 0;
      write(text);
    },
    flushed: () => last,
  };
}
