import { dirname } from 'node:path';
import type { Disk, DiskFile, DiskStat } from '../ports/disk.ts';
import { systemErrorCode } from '../ports/error-code.ts';
import { VolleyError } from '../errors/volley-error.ts';
import { compactName } from './compact.ts';
import { newLineTable, type LineTable } from './line-table.ts';
import { cannotOpen, existsAlready, leadsNowhere, notAFile, nothingToRetry } from './problems.ts';
import { heldByAnother } from '../results/held-by-another.ts';
import { notResults } from '../results/not-results.ts';
import { mayBeResults, readResults, type CheckSeal, type FoundRecords } from './read-results.ts';
import { mendTail, type TornTail } from './torn-tail.ts';

/** What to do with a results file that exists. `new`: refuse it. */
export type JournalMode = 'new' | 'resume' | 'retry-failed' | 'overwrite';

/** A results file that is locked, whole, and ready to be appended to. */
export interface OpenResults {
  /** Its real name, through every symlink. */
  readonly path: string;
  /** Its name as the caller gave it, for messages. */
  readonly givenName: string;
  readonly file: DiskFile;
  /** Bytes: all of them whole lines. */
  readonly end: number;
  readonly table: LineTable;
  /** Undefined when the file is new. */
  readonly found: FoundRecords | undefined;
  readonly torn: TornTail | undefined;
  /** Its permission bits, when others than the owner may use it. */
  readonly looseMode: number | undefined;
  release(): Promise<void>;
}

/** Opens or creates a results file. Throws a `VolleyError`: exit 2, 74 or 75; the file is untouched then. */
export async function openResults(
  disk: Disk,
  {
    path: given,
    ...how
  }: How & {
    readonly path: string;
  },
): Promise<OpenResults> {
  try {
    return await openReal(disk, { path: await disk.resolve(given), givenName: given }, how);
  } catch (error) {
    if (error instanceof VolleyError || systemErrorCode(error) === 'UNKNOWN') throw error;
    throw cannotOpen(given, error);
  }
}

interface How {
  readonly mode: JournalMode;
  /** Ends the reading; the promise rejects with its reason. */
  readonly signal: AbortSignal | undefined;
  readonly checkSeal: CheckSeal | undefined;
}

/** A file by its real name, and by the one that messages show. */
type Named = Pick<OpenResults, 'path' | 'givenName'>;

async function openReal(disk: Disk, names: Named, how: How): Promise<OpenResults> {
  const { mode } = how;
  const { path, givenName } = names;
  // Looked at before anything is made, so that a refusal leaves no trace; and again under the lock.
  refuse(givenName, mode, await disk.stat(path), { isLocked: false });
  await disk.makeFolder(dirname(path));
  const lock = await disk.lock(path);
  if (!lock.ok) throw heldByAnother(givenName, lock.holder);
  try {
    const found = await disk.stat(path);
    refuse(givenName, mode, found, { isLocked: true });
    await disk.remove(compactName(path));
    const opened = await openLocked(disk, { ...how, names, found });
    return { ...names, ...opened, release: () => lock.release() };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

function refuse(
  name: string,
  mode: JournalMode,
  found: DiskStat | undefined,
  { isLocked }: { readonly isLocked: boolean },
): void {
  if (found && found.kind !== 'file') throw notAFile(name);
  if (!found && mode === 'retry-failed') throw nothingToRetry(name);
  // Whether it is there because another run is at it, only the lock tells.
  if (found && mode === 'new' && isLocked) throw existsAlready(name);
}

type Opened = Omit<OpenResults, keyof Named | 'release'>;

async function openLocked(
  disk: Disk,
  {
    names,
    mode,
    found,
    signal,
    checkSeal,
  }: How & { readonly names: Named; readonly found: DiskStat | undefined },
): Promise<Opened> {
  if (!found) return created(disk, names);
  const { path, givenName } = names;
  const file = await disk.open(path);
  try {
    if (mode !== 'overwrite')
      return await continued(disk, { names, file, found, signal, checkSeal });
    if (!(await mayBeResults(file))) throw notResults(givenName);
  } catch (error) {
    await file.close();
    throw error;
  }
  await file.close();
  await disk.remove(path);
  return created(disk, names);
}

async function created(disk: Disk, { path, givenName }: Named): Promise<Opened> {
  const file = await disk.create(path).catch((error: unknown) => {
    // There is nothing and yet it has that name: a symlink that leads nowhere.
    throw systemErrorCode(error) === 'EEXIST' ? leadsNowhere(givenName) : error;
  });
  await disk.syncFolder(dirname(path));
  return {
    file,
    end: 0,
    table: newLineTable(),
    found: undefined,
    torn: undefined,
    looseMode: undefined,
  };
}

async function continued(
  disk: Disk,
  {
    names: { path, givenName },
    file,
    found: stat,
    signal,
    checkSeal,
  }: Pick<How, 'signal' | 'checkSeal'> & {
    readonly names: Named;
    readonly file: DiskFile;
    readonly found: DiskStat;
  },
): Promise<Opened> {
  const { table, found, tail, end } = await readResults(file, givenName, { signal, checkSeal });
  const torn = await mendTail(disk, { file, path, tail });
  // What a killed run wrote but did not sync is kept, so it must not be lost later.
  await file.sync();
  await disk.syncFolder(dirname(path));
  const isLoose = stat.mode !== undefined && (stat.mode & 0o077) !== 0;
  return { file, end, table, found, torn, looseMode: isLoose ? stat.mode : undefined };
}
