import { createHash } from 'node:crypto';
import { isAbsolute, join, posix, relative, sep } from 'node:path';
import { holdsPrivateKey, withoutPrivateKey } from './credential-file.ts';
import {
  FileRefused,
  refused,
  tooLarge,
  type FileProblem,
  type FileResult,
  type ProjectFiles,
} from './files.ts';
import type { CommittedFile, CommittedFiles } from './git.ts';
import { findBounds, type Bounds } from './system-inside-root.ts';
import { credentialsProblem, isCredential, privateKeyProblem } from './system-credentials.ts';
import { globReader, type GlobbedFolder } from './system-project-glob.ts';

export interface CommitFilesOptions extends GlobbedFolder {
  readonly committed: CommittedFiles;
  /** The files of the work tree, for names that are outside the repository or not committed. */
  readonly current: ProjectFiles;
}

/** The files as of a commit, readable like those of the work tree, and warnings about them. */
export interface CommitFiles {
  readonly files: ProjectFiles;
  /** Warnings about submodules, and about files whose content Git LFS stores elsewhere. */
  readonly warnings: () => readonly string[];
}

const MAX_BYTES = 10 * 1024 * 1024;
const MOST_LINKS = 40;

export function commitFiles(options: CommitFilesOptions): CommitFiles {
  const { committed, current } = options;
  const warnings = new Set<string>();
  let found: Promise<Bounds> | undefined;
  const boundsOf = (): Promise<Bounds> => (found ??= findBounds(options));
  const regular = (): string[] =>
    [...committed.files].flatMap(([path, { kind }]) => (kind === 'file' ? [path] : []));
  let listed: ReturnType<typeof globReader> | undefined;

  /** Finds a file in the commit, following its links. */
  async function find(name: string): Promise<Found> {
    const bounds = await boundsOf();
    const gone = { kind: 'refused', problem: notFound(name) } as const;
    let path = inRoot(bounds, name);
    if (path === undefined) return { kind: 'current' };
    for (let links = 0; links <= MOST_LINKS; links += 1) {
      const step = stepOf(path, committed.files);
      // An untracked file, such as a list written by a build step, is the same on every branch.
      if (!step) return (await committed.tracked()).has(path) ? gone : { kind: 'current' };
      const { at, file } = step;
      if (file.kind === 'submodule') {
        warnings.add(`\`${at}\` is a submodule: its files are not compared`);
        return gone;
      }
      if (file.kind === 'file') {
        if (at !== path) return gone;
        const isRefused = isCredential(bounds, join(bounds.root, path));
        return isRefused
          ? { kind: 'refused', problem: credentialsProblem(bounds, name) }
          : { kind: 'file', bounds, path, file };
      }
      const target = await committed.read(file.object, 4096);
      if (target.kind !== 'read') return { kind: 'refused', problem: missing(name) };
      const text = Buffer.from(target.bytes).toString('utf8');
      const next = inside(posix.join(posix.dirname(at), text, path.slice(at.length)));
      if (posix.isAbsolute(text) || next === undefined) return gone;
      path = next;
    }
    return gone;
  }

  async function read(
    name: string,
    { maxBytes = MAX_BYTES }: { readonly maxBytes?: number } = {},
  ): Promise<FileResult<Uint8Array>> {
    const place = await find(name);
    if (place.kind === 'current') return current.read(name, { maxBytes });
    if (place.kind === 'refused') return refused(place.problem);
    const content = await committed.read(place.file.object, maxBytes);
    if (content.kind === 'too large') return tooLarge(name, maxBytes);
    if (content.kind === 'missing') return refused(missing(name));
    if (holdsPrivateKey(content.bytes)) return refused(privateKeyProblem(place.bounds, name));
    const kept = storedElsewhere(content.bytes);
    return kept === undefined
      ? ok(content.bytes)
      : readStored(name, content.bytes, { kept, maxBytes });
  }

  /** A Git LFS pointer contains the hash of the content: the work tree may have that content. */
  async function readStored(
    name: string,
    pointer: Uint8Array,
    { kept, maxBytes }: { readonly kept: string; readonly maxBytes: number },
  ): Promise<FileResult<Uint8Array>> {
    const now = await current.read(name, { maxBytes });
    if (now.ok && createHash('sha256').update(now.value).digest('hex') === kept) return now;
    // The content was not fetched: the work tree contains only the pointer, too.
    if (now.ok && Buffer.from(now.value).equals(pointer)) return ok(pointer);
    warnings.add(`Git LFS keeps \`${name}\` elsewhere: its earlier content is not compared`);
    return refused(missing(name));
  }

  return {
    files: {
      read,
      async stream(name) {
        const place = await find(name);
        if (place.kind === 'current') return current.stream(name);
        if (place.kind === 'refused') return refused(place.problem);
        const { bounds, file } = place;
        // Git LFS pointers are short.
        const start = await committed.read(file.object, 1024);
        if (start.kind === 'missing') return refused(missing(name));
        if (start.kind === 'read') {
          const whole = await read(name, { maxBytes: MOST_STREAMED_WHOLE });
          return whole.ok ? ok(once(whole.value)) : whole;
        }
        const chunks = committed.stream(file.object);
        return ok(
          withoutPrivateKey(chunks, () => new FileRefused(privateKeyProblem(bounds, name))),
        );
      },
      async glob(patterns) {
        const bounds = await boundsOf();
        listed ??= globReader(options, regular());
        const matched = await listed(bounds, patterns);
        if (!matched.ok) return matched;
        const names: string[] = [];
        for (const name of matched.value) if (await isHarmless(name)) names.push(name);
        return ok(names);
      },
      credentialsLeftOut: () => [],
    },
    warnings: () => [...warnings],
  };

  async function isHarmless(name: string): Promise<boolean> {
    const place = await find(name);
    if (place.kind !== 'file') return false;
    const content = await committed.read(place.file.object, PRIVATE_KEY_BYTES);
    return content.kind !== 'read' || !holdsPrivateKey(content.bytes);
  }
}

/** Files with private keys are small. */
const PRIVATE_KEY_BYTES = 64 * 1024;
/** Limit for files in Git LFS, which are compared as a whole. */
const MOST_STREAMED_WHOLE = 256 * 1024 * 1024;

type Found =
  /** Read it from the work tree. */
  | { readonly kind: 'current' }
  | { readonly kind: 'refused'; readonly problem: FileProblem }
  | {
      readonly kind: 'file';
      readonly bounds: Bounds;
      readonly path: string;
      readonly file: CommittedFile;
    };

/** The path from the root of the repository; undefined if the name leads out of it. */
function inRoot({ directory, root }: Bounds, name: string): string | undefined {
  if (isAbsolute(name) || name === '-' || name.includes('\0')) return undefined;
  return inside(relative(root, join(directory, name)).split(sep).join('/'));
}

function inside(path: string): string | undefined {
  const normal = posix.normalize(path);
  return normal === '..' || normal.startsWith('../') || posix.isAbsolute(normal)
    ? undefined
    : normal;
}

/** The first part of a path that has an entry in the commit. Folders do not have entries. */
function stepOf(
  path: string,
  files: ReadonlyMap<string, CommittedFile>,
): { readonly at: string; readonly file: CommittedFile } | undefined {
  for (let end = path.indexOf('/'); end !== -1; end = path.indexOf('/', end + 1)) {
    const file = files.get(path.slice(0, end));
    if (file) return { at: path.slice(0, end), file };
  }
  const file = files.get(path);
  return file && { at: path, file };
}

/** The hash in a Git LFS pointer; undefined for any other content. */
function storedElsewhere(bytes: Uint8Array): string | undefined {
  if (bytes.byteLength > 1024) return undefined;
  const text = Buffer.from(bytes).toString('utf8');
  if (!text.startsWith('version https://git-lfs.github.com/spec/v1\n')) return undefined;
  return /^oid sha256:([0-9a-f]{64})$/m.exec(text)?.[1];
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, void> {
  yield bytes;
}

function ok<Value>(value: Value): FileResult<Value> {
  return { ok: true, value };
}

function notFound(name: string): FileProblem {
  return {
    code: 'FILE_NOT_FOUND',
    message: `there was no file \`${name}\` in the commit`,
    hint: 'compare with another commit',
  };
}

function missing(name: string): FileProblem {
  return {
    code: 'FILE_UNREADABLE',
    message: `this clone does not have the content of \`${name}\``,
    hint: 'clone without `--filter`',
  };
}
