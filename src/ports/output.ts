import type { TextKind } from '../errors/terminal-safe.ts';

/** A text stream, such as stdout. */
export interface OutputStream {
  /**
   * Writes whole lines, made safe for a terminal and a CI log: see `sanitized`. Resolves when the
   * system has accepted all of the text, so awaiting it gives back-pressure. Rejects with the
   * system's error (`EPIPE`, `ENOSPC`, …), and so does every later write.
   */
  write(text: string, kind?: TextKind): Promise<void>;
}
