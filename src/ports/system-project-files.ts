import { constants, type Stats } from 'node:fs';
import { open, readlink, realpath, stat, type FileHandle, readdir } from 'node:fs/promises';
import { isAbsolute, posix, resolve } from 'node:path';
import { holdsPrivateKey, withoutPrivateKey } from './credential-file.ts';
import { systemErrorCode } from './error-code.ts';
import {
  FileRefused,
  namesHint,
  refused,
  tooLarge,
  type FileProblem,
  type FileResult,
  type ProjectFiles,
} from './files.ts';
import {
  findBounds,
  isInside,
  isLexicallyInside,
  outsideProblem,
  type Bounds,
} from './system-inside-root.ts';
import {
  credentialsProblem,
  isCredential,
  privateKeyProblem,
  withoutCredentials,
} from './system-credentials.ts';
import { globReader, type GlobbedFolder } from './system-project-glob.ts';
import { suggest } from '../errors/suggest.ts';

/** The files on disk, as `ProjectFiles` promises. Reads nothing before the first call. */
export function projectFiles(folder: GlobbedFolder): ProjectFiles {
  let found: Promise<Bounds> | undefined;
  const bounds = (): Promise<Bounds> => (found ??= findBounds(folder));
  const globs = globReader(folder);
  const leftOut = new Set<string>();
  return {
    read: async (name, options) => readWhole(await bounds(), name, options?.maxBytes ?? MAX_BYTES),
    stream: async (name) => openStream(await bounds(), name),
    async glob(patterns) {
      const within = await bounds();
      const matched = await globs(within, patterns);
      if (!matched.ok) return matched;
      const harmless = await withoutCredentials(within, matched.value);
      const kept = new Set(harmless);
      const refusedNames = matched.value.filter((name) => !kept.has(name));
      // A pattern without a wildcard is the name of a file.
      const named = patterns.find((pattern) => refusedNames.includes(posix.normalize(pattern)));
      if (named !== undefined) return refused(credentialsProblem(within, named));
      for (const name of refusedNames) leftOut.add(name);
      return { ok: true, value: harmless };
    },
    credentialsLeftOut: () => [...leftOut],
  };
}

const MAX_BYTES = 10 * 1024 * 1024;
const CHUNK_BYTES = 256 * 1024;

async function readWhole(
  bounds: Bounds,
  name: string,
  maxBytes: number,
): Promise<FileResult<Uint8Array>> {
  const opened = await openInside(bounds, name);
  if (!opened.ok) return opened;
  const { handle, size } = opened.value;
  try {
    if (size > maxBytes) return tooLarge(name, maxBytes);
    const chunks: Uint8Array[] = [];
    let total = 0;
    // The size may be wrong (a growing file, a kernel file), so bytes are counted.
    for await (const chunk of chunksOf(handle, Math.min(size + 1, CHUNK_BYTES))) {
      total += chunk.byteLength;
      if (total > maxBytes) return tooLarge(name, maxBytes);
      chunks.push(chunk);
    }
    const whole = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
    if (opened.value.isChecked && holdsPrivateKey(whole))
      return refused(privateKeyProblem(bounds, name));
    return { ok: true, value: whole };
  } catch (error) {
    return refused(systemProblem(name, error));
  } finally {
    await handle.close();
  }
}

async function openStream(
  bounds: Bounds,
  name: string,
): Promise<FileResult<AsyncIterable<Uint8Array>>> {
  const opened = await openInside(bounds, name);
  if (!opened.ok) return opened;
  const { handle, isChecked } = opened.value;
  const chunks = closing(handle);
  return {
    ok: true,
    value: isChecked
      ? withoutPrivateKey(chunks, () => new FileRefused(privateKeyProblem(bounds, name)))
      : chunks,
  };
}

async function* closing(handle: FileHandle): AsyncGenerator<Uint8Array> {
  try {
    yield* chunksOf(handle, CHUNK_BYTES);
  } finally {
    await handle.close();
  }
}

async function* chunksOf(handle: FileHandle, chunkBytes: number): AsyncGenerator<Uint8Array> {
  for (;;) {
    const buffer = Buffer.allocUnsafe(Math.max(4096, chunkBytes));
    const { bytesRead } = await handle.read(buffer, 0, buffer.byteLength);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
  }
}

interface Opened {
  readonly handle: FileHandle;
  readonly size: number;
  /** Whether a private key in the file is refused, because the caller did not allow the file. */
  readonly isChecked: boolean;
}

/**
 * Opens a file and then checks what was opened, because a name could be swapped between a check and
 * the opening. Never blocks on a pipe or device.
 */
async function openInside(bounds: Bounds, name: string): Promise<FileResult<Opened>> {
  if (name === '' || name.includes('\0')) return refused(notFound(name));
  const path = resolve(bounds.directory, name);
  const roots = isAbsolute(name) ? bounds.allowed : [bounds.root, ...bounds.allowed];
  if (!(await isLexicallyInside(path, roots))) return refused(outsideProblem(name, bounds));
  let handle: FileHandle | undefined;
  try {
    // This is checked before opening too, because opening some devices has side effects.
    const real = await realpath(path);
    if (!isInside(real, roots) || isKernelPath(real)) return refused(outsideProblem(name, bounds));
    const before = await stat(real);
    if (!before.isFile()) return refused(notRegular(name, before));
    handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    const after = await handle.stat();
    const place = await openedPath(handle, path, after);
    const problem = !after.isFile()
      ? notRegular(name, after)
      : !isInside(place, roots)
        ? outsideProblem(name, bounds)
        : isCredential(bounds, place)
          ? credentialsProblem(bounds, name)
          : undefined;
    if (problem) {
      await handle.close();
      return refused(problem);
    }
    const isChecked = !isInside(place, bounds.allowed);
    return { ok: true, value: { handle, size: after.size, isChecked } };
  } catch (error) {
    await handle?.close();
    const problem = systemProblem(name, error);
    const near =
      problem.code === 'FILE_NOT_FOUND' ? await nearFile(bounds.directory, name) : undefined;
    return refused(
      near === undefined ? problem : { ...problem, hint: `did you mean \`${near}\`?` },
    );
  }
}

/**
 * The real path of the opened file. Empty, and so outside every folder, if the file was swapped.
 */
async function openedPath(handle: FileHandle, path: string, opened: Stats): Promise<string> {
  if (process.platform === 'linux') {
    const link = await readlink(`/proc/self/fd/${handle.fd}`).catch(() => undefined);
    if (link !== undefined) return link;
  }
  const real = await realpath(path);
  const now = await stat(real);
  return now.ino === opened.ino && now.dev === opened.dev ? real : '';
}

/** Whether this is a kernel file, which could be inside if the root is `/`. */
function isKernelPath(path: string): boolean {
  return isInside(path, ['/proc', '/sys', '/dev']);
}

function notFound(name: string): FileProblem {
  return {
    code: 'FILE_NOT_FOUND',
    message: `there is no file \`${name.replaceAll('\0', '\\0')}\``,
    hint: namesHint(name),
  };
}

function notRegular(name: string, file?: Stats): FileProblem {
  return {
    code: 'FILE_NOT_REGULAR',
    message: `\`${name}\` is ${file?.isDirectory() ? 'a folder' : 'not a regular file'}`,
    hint: file?.isDirectory()
      ? 'choose a file in it, or use a glob'
      : 'use a regular file, not a pipe or a device',
  };
}

function systemProblem(name: string, error: unknown): FileProblem {
  const code = systemErrorCode(error);
  if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG') return notFound(name);
  if (code === 'ELOOP') {
    return { ...notFound(name), message: `\`${name}\` is a symbolic link in a loop` };
  }
  if (code === 'ENXIO') return notRegular(name);
  if (code === 'UNKNOWN') throw error;
  return {
    code: 'FILE_UNREADABLE',
    message: `\`${name}\` cannot be read (${code})`,
    hint:
      code === 'EACCES' || code === 'EPERM' ? 'change its permissions' : 'check the disk it is on',
  };
}

/** How many names are searched for a similar one. */
const MOST_NAMES = 10_000;

/** A file in the same folder with a similar name. Names with a leading dot are ignored. */
async function nearFile(directory: string, name: string): Promise<string | undefined> {
  const folder = posix.dirname(name);
  try {
    const entries = await readdir(resolve(directory, folder), { withFileTypes: true });
    const files = entries.slice(0, MOST_NAMES).filter((entry) => entry.isFile());
    const names = files.map((entry) => entry.name).filter((each) => !each.startsWith('.'));
    const near = suggest(posix.basename(name), names);
    return near === undefined ? undefined : posix.join(folder, near);
  } catch {
    return undefined;
  }
}
