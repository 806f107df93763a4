import type { OutputStream } from '../ports/output.ts';

/** Text to stderr, in order, for reporters: no failure gets out of it. */
export interface Log {
  /** Text that may be dropped is, while too much waits for a reader that no longer reads. */
  print(text: string, options?: { readonly mayDrop: boolean }): void;
  /** Resolves when all of it is out, or cannot be. */
  flushed(): Promise<void>;
}

/** What may wait for the reader; texts that may not be dropped come on top. */
const MOST_WAITING = 8 * 2 ** 20;

/** `tellDropped` gives the text that stands where `count` texts were dropped. */
export function createLog(stderr: OutputStream, tellDropped?: (count: number) => string): Log {
  let last: Promise<void> = Promise.resolve();
  /** Characters on their way: about the bytes that they take. */
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

  /** Once it drops lines, it continues until half of what waited is out: one gap, not a hundred. */
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
      if (dropped > 0 && tellDropped) write(tellDropped(dropped));
      dropped = 0;
      write(text);
    },
    flushed: () => last,
  };
}
