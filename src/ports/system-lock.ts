import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
  type BigIntStats,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import type { DatabaseSync } from 'node:sqlite';
import type { LockHolder, LockOutcome } from './disk.ts';
import { systemError, systemErrorCode } from './error-code.ts';
import { openDatabase, sqliteCode } from './system-sqlite.ts';

/**
 * Locks `path` with SQLite's exclusive lock on the empty file `path.lock`, which the system
 * releases when the holder dies, even by kill -9. The holder is named in `path.lock-holder`,
 * because a locked database cannot be read.
 *
 * Both files are removed at a normal end. Removing a lock file is a race: one process may have
 * opened it before and then lock a file that no longer has a name, while another process locks a
 * new one. So whoever gets the lock checks that the name still leads to the locked file, and starts
 * over if not. The check is exact because our open descriptor keeps the inode number from being
 * reused.
 */
export async function lockFile(path: string): Promise<LockOutcome> {
  const startedMs = performance.now();
  for (;;) {
    const attempt = await tryLock(path);
    if (attempt.kind === 'locked') return hold(path, attempt);
    if (performance.now() - startedMs > PATIENCE_MS) {
      return { ok: false, holder: await learnHolder(path) };
    }
    await pause();
  }
}

/** Two concurrent attempts can both be refused: retrying for this long lets one win. */
const PATIENCE_MS = 300;
/** How long to wait for the holder's name, which is written right after the lock is taken. */
const NAME_PATIENCE_MS = 200;
/**
 * The same if there is no name yet: a busy machine may be slow to write it, and a full disk never
 * accepts it.
 */
const FIRST_NAME_PATIENCE_MS = 5_000;
const RETRY_MS = 10;

interface Locked {
  readonly kind: 'locked';
  readonly database: DatabaseSync;
  /** Opened before the lock is taken and closed after it is released; see above. */
  readonly descriptor: number;
  readonly identity: string;
}

type Attempt = Locked | { readonly kind: 'busy' } | { readonly kind: 'replaced' };

/** The lock files that this process holds, which it must not open again: see `giveUp`. */
const heldHere = new Set<string>();

async function tryLock(path: string): Promise<Attempt> {
  const lockPath = `${path}.lock`;
  const present = identityAt(lockPath);
  if (present !== undefined && heldHere.has(present)) return { kind: 'busy' };

  // SQLite would replay a planted journal. It never creates one itself, because its own is in
  // memory. The journal is removed before the lock file is created, so that a name that is too long
  // leaves no lock file behind.
  rmSync(`${lockPath}-journal`, { force: true });
  const descriptor = openLock(lockPath);
  const opened = fstatSync(descriptor, { bigint: true });
  const identity = identityOf(opened);
  // This is not one of Volley's lock files, and SQLite would read its content.
  if (!opened.isFile() || opened.size !== 0n) {
    giveUp(path, descriptor, identity);
    throw inTheWay(lockPath);
  }
  const database = await openDatabase(lockPath);
  try {
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    giveUp(path, descriptor, identity);
    if (sqliteCode(error) === SQLITE_BUSY) return { kind: 'busy' };
    throw error;
  }
  if (identityAt(lockPath) !== identity) {
    database.close();
    giveUp(path, descriptor, identity);
    return { kind: 'replaced' };
  }
  heldHere.add(identity);
  return { kind: 'locked', database, descriptor, identity };
}

function openLock(lockPath: string): number {
  try {
    return openSync(lockPath, LOCK_FLAGS, 0o600);
  } catch (error) {
    const code = systemErrorCode(error);
    // The path of the lock file is a folder, a symlink or a pipe.
    throw code === 'EISDIR' || code === 'ELOOP' || code === 'ENXIO' ? inTheWay(lockPath) : error;
  }
}

function inTheWay(lockPath: string): Error {
  const message = `\`${lockPath}\` is in the way: it is not an empty lock file`;
  return systemError('EEXIST', message);
}

const LOCK_FLAGS =
  constants.O_RDWR | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/**
 * When a process closes any descriptor of a file, POSIX releases all of its locks on that file. So
 * if the holder may be in this process, even in another thread, the descriptor stays open.
 */
function giveUp(path: string, descriptor: number, identity: string): void {
  const holder = readHolder(path);
  const isElsewhere =
    !heldHere.has(identity) &&
    holder !== undefined &&
    mayBeAlive(holder) &&
    !(holder.pid === process.pid && holder.host === hostname());
  if (isElsewhere) closeSync(descriptor);
}

function hold(path: string, locked: Locked): LockOutcome {
  const holderPath = `${path}.lock-holder`;
  const holder: LockHolder = {
    pid: process.pid,
    host: hostname(),
    startedAt: new Date().toISOString(),
  };
  // The name is written immediately, because until then other processes cannot say who has the
  // lock. The lock is valid without a name: on a full disk, their message is just less precise.
  try {
    rmSync(holderPath, { force: true });
    writeFileSync(holderPath, `${JSON.stringify(holder)}\n`, { flag: 'wx', mode: 0o600 });
  } catch {
    // The lock works without a name.
  }
  let released = false;
  return {
    ok: true,
    async release() {
      if (released) return;
      released = true;
      await rm(holderPath, { force: true }).catch(() => undefined);
      // A user may have removed our lock file, and its name may now belong to another process.
      if (identityAt(`${path}.lock`) === locked.identity) {
        await rm(`${path}.lock`, { force: true }).catch(() => undefined);
      }
      locked.database.close();
      closeSync(locked.descriptor);
      heldHere.delete(locked.identity);
    },
  };
}

/** Determines the holder, ignoring a name left by a killed process. */
async function learnHolder(path: string): Promise<LockHolder | undefined> {
  const startedMs = performance.now();
  for (;;) {
    const holder = readHolder(path);
    if (holder && mayBeAlive(holder)) return holder;
    if (performance.now() - startedMs > namePatienceMs(path)) return undefined;
    await pause();
  }
}

function namePatienceMs(path: string): number {
  const isThere = (end: string): boolean =>
    lstatSync(`${path}${end}`, { throwIfNoEntry: false }) !== undefined;
  // If there is no lock file, the holder has ended and will not write a name.
  return isThere('.lock-holder') || !isThere('.lock') ? NAME_PATIENCE_MS : FIRST_NAME_PATIENCE_MS;
}

function readHolder(path: string): LockHolder | undefined {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(`${path}.lock-holder`, READ_FLAGS);
    if (!fstatSync(descriptor).isFile()) return undefined;
    const bytes = Buffer.alloc(MAX_HOLDER_BYTES);
    const length = readSync(descriptor, bytes, 0, bytes.length, 0);
    const found: unknown = JSON.parse(bytes.toString('utf8', 0, length));
    return isHolder(found) ? found : undefined;
  } catch {
    return undefined;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

const READ_FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
const MAX_HOLDER_BYTES = 1024;

/** Anyone may have written the file, and its content will be printed. */
function isHolder(value: unknown): value is LockHolder {
  return (
    typeof value === 'object' &&
    value !== null &&
    'pid' in value &&
    Number.isSafeInteger(value.pid) &&
    'host' in value &&
    typeof value.host === 'string' &&
    /^[\w.-]+$/.test(value.host) &&
    'startedAt' in value &&
    typeof value.startedAt === 'string' &&
    /^[\d:.TZ-]+$/.test(value.startedAt)
  );
}

function mayBeAlive({ pid, host }: LockHolder): boolean {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemErrorCode(error) === 'EPERM';
  }
}

function identityAt(path: string): string | undefined {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found && identityOf(found);
}

function identityOf({ dev, ino }: BigIntStats): string {
  return `${dev}:${ino}`;
}

const SQLITE_BUSY = 5;

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, RETRY_MS * (1 + Math.random())));
}
