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
import { openDatabase } from './system-sqlite.ts';

/**
 * A lock on `path` that the system frees when its holder dies, kill -9 included: SQLite's exclusive
 * lock on the side file `path.lock`, which stays empty. Who holds it is in `path.lock-holder`,
 * a file of its own because a locked database cannot be read.
 *
 * Both side files are removed at a normal end. Removing a lock file is a race by itself: somebody
 * may have opened it already and then locks a file that has no name any more, while a third locks
 * the new one. So whoever gets the lock checks that the name still leads to the file that was
 * locked, and starts over if not. The check is exact because an open descriptor of our own keeps
 * that file's number from being given to another file.
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

/** Two that ask in the same instant can both be refused: asking again for this long lets one win. */
const PATIENCE_MS = 300;
/** A holder writes its name right after it got the lock: over a name that another left, or where there is none. */
const NAME_PATIENCE_MS = 200;
/** A machine that is busy may not get to it for long; a full disk never does. */
const FIRST_NAME_PATIENCE_MS = 5_000;
const RETRY_MS = 10;

interface Locked {
  readonly kind: 'locked';
  readonly database: DatabaseSync;
  /** Open from before the lock to after it, see above. */
  readonly descriptor: number;
  readonly identity: string;
}

type Attempt = Locked | { readonly kind: 'busy' } | { readonly kind: 'replaced' };

/** The lock files that this process holds, so that it does not open them again: see `giveUp`. */
const heldHere = new Set<string>();

async function tryLock(path: string): Promise<Attempt> {
  const lockPath = `${path}.lock`;
  const present = identityAt(lockPath);
  if (present !== undefined && heldHere.has(present)) return { kind: 'busy' };

  // With its journal in memory SQLite never makes this one; one that was planted it would obey. Before the
  // lock file is made: where this name is too long, none is left behind.
  rmSync(`${lockPath}-journal`, { force: true });
  const descriptor = openLock(lockPath);
  const opened = fstatSync(descriptor, { bigint: true });
  const identity = identityOf(opened);
  // Not ours, whatever it is; and SQLite would read it.
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
    if (isBusy(error)) return { kind: 'busy' };
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
    // A folder, a symlink, a pipe.
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
 * POSIX frees all locks of a process on a file as soon as it closes any descriptor of it. If the
 * holder may be in this process, on another thread even, the descriptor is rather left open.
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
  // The lock is held with or without the name: a full disk only makes the other's message poorer.
  // At once: meanwhile others can only say that somebody has it.
  try {
    rmSync(holderPath, { force: true });
    writeFileSync(holderPath, `${JSON.stringify(holder)}\n`, { flag: 'wx', mode: 0o600 });
  } catch {
    // No name then.
  }
  let released = false;
  return {
    ok: true,
    async release() {
      if (released) return;
      released = true;
      await rm(holderPath, { force: true }).catch(() => undefined);
      // Somebody may have removed our lock file by hand: what has its name now is another's.
      if (identityAt(`${path}.lock`) === locked.identity) {
        await rm(`${path}.lock`, { force: true }).catch(() => undefined);
      }
      locked.database.close();
      closeSync(locked.descriptor);
      heldHere.delete(locked.identity);
    },
  };
}

/** Who holds the lock; a name left behind by one that was killed is not taken for an answer. */
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
  // Without a lock file the holder has ended, and no name will come.
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

/** The file may have been made by anybody, and what it says is going to be printed. */
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

function isBusy(error: unknown): boolean {
  return (
    error instanceof Error &&
    'errcode' in error &&
    typeof error.errcode === 'number' &&
    (error.errcode & 0xff) === SQLITE_BUSY
  );
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, RETRY_MS * (1 + Math.random())));
}
