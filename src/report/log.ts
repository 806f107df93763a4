import type { OutputStream } from '../ports/output.ts';

/** Text to stderr, in order, for reporters: no failure gets out of it. */
export interface Log {
  print(text: string): void;
  /** Resolves when all of it is out, or cannot be. */
  flushed(): Promise<void>;
}

export function createLog(stderr: OutputStream): Log {
  let last: Promise<void> = Promise.resolve();
  return {
    print(text) {
      if (text === '') return;
      const written = stderr.write(text).catch(() => {});
      last = last.then(() => written);
    },
    flushed: () => last,
  };
}
