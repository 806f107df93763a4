import { closeSync, constants, openSync, readSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { shellWord } from '../errors/shell-word.ts';
import { isCredentialName, PRIVATE_KEY_MARK } from './credential-file.ts';
import type { FileProblem } from './files.ts';
import { isInside, realpathOr, type Bounds } from './system-bounds.ts';

/**
 * Whether a file is one that commonly holds credentials, by its real name below the root. A folder that
 * the caller allowed is judged from there on: `--allow-path .env` means that file, `--allow-path ..` does
 * not mean the `.env` in it.
 */
export function isCredential({ root, allowed }: Bounds, real: string): boolean {
  const within = [root, ...allowed].filter((folder) => isInside(real, [folder]));
  return within.every((folder) => isCredentialName(relative(folder, real)));
}

/** The names without those of files that may hold credentials. */
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

/** So many files are looked at before a signal is heard. */
const FILES_AT_ONCE = 200;
/** A file with a private key is small; in a larger one that is found when it is read. */
const PRIVATE_KEY_BYTES = 64 * 1024;

/** Without a wait: for many small files, waits take ten times as long as the reading. */
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
    // Whoever reads it reports what is wrong with it.
    return true;
  }
}

export function holdsPrivateKey(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(PRIVATE_KEY_MARK);
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
    message: `\`${name}\` holds a private key`,
    hint: allowHint(bounds, name),
  };
}

/** The flag as it works where the command was started. */
function allowHint({ directory }: Bounds, name: string): string {
  const path = relative(process.cwd(), resolve(directory, name));
  return `to send it anyway, add \`--allow-path ${shellWord(path)}\``;
}
