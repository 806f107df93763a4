/** One file of a commit. */
export interface CommittedFile {
  /** `link`: its content is where it leads. `submodule`: a commit of another repository. */
  readonly kind: 'file' | 'link' | 'submodule';
  /** Names its content. */
  readonly object: string;
}

/** The files of one commit, read from the objects of a repository. Nothing is checked out. */
export interface CommittedFiles {
  /** In full. */
  readonly commit: string;
  /** By path from the top of the repository, with `/`. */
  readonly files: ReadonlyMap<string, CommittedFile>;
  /** The content of a file, unless it is larger than `maxBytes`. */
  read(object: string, maxBytes: number): Promise<ObjectRead>;
  stream(object: string): AsyncIterable<Uint8Array>;
  /** Paths that git keeps track of in the work tree. */
  tracked(): Promise<ReadonlySet<string>>;
  /** Ends what still runs. Nothing can be read after it. */
  close(): void;
}

export type ObjectRead =
  | { readonly kind: 'read'; readonly bytes: Uint8Array }
  | { readonly kind: 'too large' }
  /** As in a clone that left it out. */
  | { readonly kind: 'missing' };

/** Which commit is meant by a name that the user gave. */
export type BaseCommit =
  | { readonly ok: true; readonly commit: string }
  | { readonly ok: false; readonly message: string; readonly hint: string };
