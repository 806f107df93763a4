/**
 * Small files in one folder that several processes use at the same time. A name has at most one
 * `/`. Methods reject with the system's errors.
 */
export interface EntryFiles {
  /** Empty if the folder does not exist. */
  names(): Promise<readonly string[]>;
  /** The content of a regular file of at most `maxBytes`; otherwise undefined. */
  read(name: string, maxBytes: number): Promise<Uint8Array | undefined>;
  /** Writes or replaces a file as a whole: readers never see part of it. */
  write(name: string, bytes: Uint8Array): Promise<void>;
  /** Undefined if the file does not exist. */
  facts(name: string): Promise<EntryFacts | undefined>;
  /** Does nothing if the file does not exist. */
  remove(name: string): Promise<void>;
  /** Removes drafts that killed writers left behind. */
  removeDrafts(olderThanMs: number): Promise<void>;
}

export interface EntryFacts {
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly writtenMs: number;
}
