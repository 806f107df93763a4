import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { link, open, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemErrorCode } from './error-code.ts';
import { makeFolders } from './system-make-folders.ts';

/** Random bytes in a file that only one user can read, or why they cannot be used. */
export type Secret =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly reason: string };

const SECRET_BYTES = 32;

/**
 * Reads the secret in a file, which is created on first use with mode 0600. Processes that create
 * it concurrently all get the same one. Rejects with the system's error.
 */
export async function readOrCreateSecret(path: string): Promise<Secret> {
  return (await readSecret(path)) ?? createSecret(path);
}

async function readSecret(path: string): Promise<Secret | undefined> {
  const file = await open(path, READ).catch((error: unknown) => {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  });
  if (!file) return undefined;
  try {
    const { mode, uid } = await file.stat();
    if (process.getuid !== undefined) {
      if (uid !== process.getuid()) return { ok: false, reason: 'it belongs to another user' };
      if ((mode & OTHERS) !== 0)
        return { ok: false, reason: 'other users can use it; `chmod 600` it' };
    }
    const buffer = Buffer.alloc(SECRET_BYTES * 2 + 2);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
    const text = buffer.toString('latin1', 0, bytesRead);
    if (!/^[0-9a-f]{64}\n?$/.test(text)) {
      return { ok: false, reason: 'it does not contain 64 hex digits; remove it' };
    }
    return { ok: true, bytes: Buffer.from(text.trimEnd(), 'hex') };
  } finally {
    await file.close();
  }
}

async function createSecret(path: string): Promise<Secret> {
  await makeFolders(dirname(path));
  const bytes = randomBytes(SECRET_BYTES);
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(`${bytes.toString('hex')}\n`);
    await file.sync();
    await file.close();
    // Unlike rename, link never replaces a secret that another process has just created.
    await link(draft, path);
  } catch (error) {
    if (systemErrorCode(error) !== 'EEXIST') throw error;
  } finally {
    await file.close().catch(() => undefined);
    await unlink(draft).catch(() => undefined);
  }
  const made = await readSecret(path);
  if (!made) throw new Error(`\`${path}\` disappeared while it was created`);
  return made;
}

/** Without O_NONBLOCK, a FIFO would block a thread forever. Windows has neither flag. */
const READ = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
const OTHERS = 0o077;
