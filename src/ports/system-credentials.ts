import { closeSync, constants, openSync, readSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { shellWord } from '../errors/shell-word.ts';
import { holdsPrivateKey, isCredentialName } from './credential-file.ts';
import type { FileProblem } from './files.ts';
import { isInside, realpathOr, type Bounds } from './system-inside-root.ts';

/**
 * Whether a file usually holds credentials, judged by its real path relative to the root or to an
 * allowed folder: `--allow-path .env` allows that file, but `--allow-path ..` does not allow the
 * `.env` in that folder.
 */
export function isCredential({ root, allowed }: Bounds, real: string): boolean {
  const within = [root, ...allowed].filter((folder) => isInside(real, [folder]));
  return within.every((folder) => isCredentialName(relative(folder, real)));
}

/** The names of files that do not look like credentials. */
export async function withoutCredentials(
  bounds: Bounds,
  names: readonly string[],
): Promise<readonly string[]> {
  const folders = new Map<string, string>();
  const buffer = Buffer.allocUnsafe(PRIVATE_KEY_BYTES);
  const kept: string[] = [];
  for (const [at, name] of names.entries()) {
    const path = resolve(bounds.directory, name);
    const folder = folders.get(dirname(path)) ?? (await realpathOr(dirname(path)));
    folders.set(dirname(path), folder);
    if (isHarmless(bounds, join(folder, basename(path)), buffer)) kept.push(name);
    if (at % FILES_AT_ONCE === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  return kept;
}

/** After this many files, waiting signals are handled. */
const FILES_AT_ONCE = 200;
/** Files with private keys are small. A key in a larger file is found when the file is read. */
const PRIVATE_KEY_BYTES = 64 * 1024;

/** Synchronous, because for many small files awaiting takes ten times as long as reading. */
function isHarmless(bounds: Bounds, real: string, buffer: Buffer): boolean {
  if (isCredential(bounds, real)) return false;
  if (isInside(real, bounds.allowed)) return true;
  try {
    const file = openSync(real, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
    try {
      const bytes = readSync(file, buffer, 0, PRIVATE_KEY_BYTES, 0);
      return !holdsPrivateKey(buffer.subarray(0, bytes));
    } finally {
      closeSync(file);
    }
  } catch {
    // Reading the file later reports the problem.
    return true;
  }
}

export function credentialsProblem(bounds: Bounds, name: string): FileProblem {
  return {
    code: 'CREDENTIAL_FILE',
    message: `\`${name}\` is a file that commonly holds credentials`,
    hint: allowHint(bounds, name),
  };
}

export function privateKeyProblem(bounds: Bounds, name: string): FileProblem {
  return {
    code: 'CREDENTIAL_FILE',
    message: `\`${name}\` contains a private key`,
    hint: allowHint(bounds, name),
  };
}

/** The hint with the flag. Its path is relative to the current folder. */
function allowHint({ directory }: Bounds, name: string): string {
  const path = relative(process.cwd(), resolve(directory, name));
  return `to send it anyway, add \`--allow-path ${shellWord(path)}\``;
}
