export interface CommittedFile {
  /** `link`: its content is the path of the target. `submodule`: a commit of another repository. */
  readonly kind: 'file' | 'link' | 'submodule';
  /** The id of the git object with its content. */
  readonly object: string;
}

/** The files of a commit, read from the repository's objects. Nothing is checked out. */
export interface CommittedFiles {
  /** The full hash. */
  readonly commit: string;
  /** The files by their path from the root of the repository, with `/`. */
  readonly files: ReadonlyMap<string, CommittedFile>;
  /** Reads a file of at most `maxBytes`. */
  read(object: string, maxBytes: number): Promise<ObjectRead>;
  stream(object: string): AsyncIterable<Uint8Array>;
  /** Paths that git tracks in the work tree. */
  tracked(): Promise<ReadonlySet<string>>;
  /** Stops git. Nothing can be read afterwards. */
  close(): void;
}

export type ObjectRead =
  | { readonly kind: 'read'; readonly bytes: Uint8Array }
  | { readonly kind: 'too large' }
  /** The repository does not have the object, for example because it is a partial clone. */
  | { readonly kind: 'missing' };

/** The commit that the user's name refers to. */
export type BaseCommit =
  | { readonly ok: true; readonly commit: string }
  | { readonly ok: false; readonly message: string; readonly hint: string };
