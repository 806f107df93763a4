import type { TextKind } from '../errors/terminal-safe.ts';

/** A stream of text, such as stdout. */
export interface OutputStream {
  /**
   * Writes whole lines, made safe for a terminal and a CI log: see `sanitized`. Resolves once the system has taken all of the text: awaiting it is the backpressure.
   * Rejects with the system's error (its `code` is `EPIPE`, `ENOSPC`, …), and so does every later write.
   */
  write(text: string, kind?: TextKind): Promise<void>;
}
