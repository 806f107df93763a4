/**
 * Small files in one folder that several processes use at once. A name has one `/` at most. Failures reject with
 * the system's own error.
 */
export interface EntryFiles {
  /** All there are. Empty where there is no folder. */
  names(): Promise<readonly string[]>;
  /** The content of a regular file of at most `maxBytes`; undefined for anything else, and for nothing. */
  read(name: string, maxBytes: number): Promise<Uint8Array | undefined>;
  /** Writes a file whole, in the place of one of that name: no reader ever sees a part of it. */
  write(name: string, bytes: Uint8Array): Promise<void>;
  /** Undefined where there is none. */
  facts(name: string): Promise<EntryFacts | undefined>;
  /** Does nothing where there is none. */
  remove(name: string): Promise<void>;
  /** Removes what writers left that were killed. */
  removeDrafts(olderThanMs: number): Promise<void>;
}

export interface EntryFacts {
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly writtenMs: number;
}
