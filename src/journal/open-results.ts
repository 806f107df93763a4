import { dirname } from 'node:path';
import type { Disk, DiskFile, ReadableFile } from '../ports/disk.ts';
import { systemErrorCode } from '../ports/error-code.ts';
import { heldByAnother, notResults } from '../results/write-problems.ts';
import {
  companionName,
  findFiles,
  openCompanion,
  type Companion,
  type FoundFiles,
} from './companion.ts';
import { newLineTable, type LineTable } from './line-table.ts';
import { cannotOpen, existsAlready, leadsNowhere, nothingToRetry, worded } from './problems.ts';
import { mayBeResults, readResults, type FoundRecords } from './read-results.ts';
import { rewriteName } from './rewrite.ts';
import { sealChecker, type Sealing } from './sealing.ts';
import { repairTail, type TornTail } from './torn-tail.ts';

/** What to do with an existing results file. `new`: refuse it. */
export type JournalMode = 'new' | 'resume' | 'retry-failed' | 'overwrite';

/** A locked, undamaged results file, ready for appending, with its companion. */
export interface OpenResults {
  /** Its real path, with symlinks resolved. */
  readonly path: string;
  /** As the caller wrote it, for messages. */
  readonly givenName: string;
  readonly file: DiskFile;
  /** Bytes of whole lines. */
  readonly end: number;
  readonly table: LineTable;
  /** Undefined if the file is new. */
  readonly found: FoundRecords | undefined;
  readonly torn: TornTail | undefined;
  /** Its permission bits if others than the owner have access. */
  readonly looseMode: number | undefined;
  readonly companion: Companion;
  /** The companion, opened for reading; undefined if the table has no lines of it. */
  readonly companionFile: ReadableFile | undefined;
  /** Closes both files and frees the lock. */
  release(): Promise<void>;
}

/** Opens or creates a results file. Throws a `VolleyError` (exit 2, 74 or 75) and leaves the file untouched. */
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
    throw worded(error, (cause) => cannotOpen(given, cause));
  }
}

interface How {
  readonly mode: JournalMode;
  /** Cancels reading: the promise rejects with its reason. */
  readonly signal: AbortSignal | undefined;
  readonly sealing: Sealing | undefined;
}

/** The real path, and the one for messages. */
type Named = Pick<OpenResults, 'path' | 'givenName'>;

async function openReal(disk: Disk, names: Named, how: How): Promise<OpenResults> {
  const { mode } = how;
  const { path, givenName } = names;
  // First without the lock, before anything is created, so that a refusal leaves no trace; then again under it.
  await look(disk, names, { mode, isLocked: false });
  await disk.makeFolder(dirname(path));
  const lock = await disk.lock(path);
  if (!lock.ok) throw heldByAnother(givenName, lock.holder);
  try {
    const found = await look(disk, names, { mode, isLocked: true });
    await disk.remove(rewriteName(path));
    const opened = await openLocked(disk, { ...how, names, found });
    return {
      ...names,
      ...opened,
      async release() {
        await opened.file.close().catch(() => undefined);
        await opened.companionFile?.close().catch(() => undefined);
        await opened.companion.close().catch(() => undefined);
        await lock.release();
      },
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** Looks at the files; throws a `VolleyError` (exit 2) if they do not fit the mode. */
async function look(
  disk: Disk,
  { path, givenName }: Named,
  { mode, isLocked }: { readonly mode: JournalMode; readonly isLocked: boolean },
): Promise<FoundFiles> {
  const found = await findFiles(disk, path, givenName);
  if (!found.results && mode === 'retry-failed') throw nothingToRetry(givenName);
  // Without the lock, the file may be there because another run is writing it.
  if (found.results && mode === 'new' && isLocked) throw existsAlready(givenName);
  return found;
}

type Opened = Omit<OpenResults, keyof Named | 'release'>;

async function openLocked(
  disk: Disk,
  how: How & { readonly names: Named; readonly found: FoundFiles },
): Promise<Opened> {
  const { names, mode, found, sealing } = how;
  if (!found.results) return created(disk, names, sealing);
  const { path, givenName } = names;
  const file = await disk.open(path);
  try {
    if (mode !== 'overwrite') return await continued(disk, { ...how, file });
    if (!(await mayBeResults(file))) throw notResults(givenName);
  } catch (error) {
    await file.close();
    throw error;
  }
  await file.close();
  // The companion first: without a results file, it would be refused.
  await disk.remove(companionName(path));
  await disk.remove(path);
  return created(disk, names, sealing);
}

async function created(
  disk: Disk,
  { path, givenName }: Named,
  sealing: Sealing | undefined,
): Promise<Opened> {
  const file = await disk.create(path).catch((error: unknown) => {
    // The name exists, but no file does: it is a dangling symlink.
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
    companion: openCompanion(disk, companionName(path), { found: undefined, seal: sealing?.seal }),
    companionFile: undefined,
  };
}

async function continued(
  disk: Disk,
  {
    names: { path, givenName },
    file,
    found: stat,
    signal,
    sealing,
  }: How & { readonly names: Named; readonly file: DiskFile; readonly found: FoundFiles },
): Promise<Opened> {
  const companionFile = stat.companion && (await disk.openToRead(companionName(path)));
  try {
    const read = await readResults(
      { file, name: givenName },
      companionFile && { file: companionFile, name: companionName(givenName) },
      { signal, checkSeal: sealing && sealChecker(sealing) },
    );
    const { table, found, tail, end } = read;
    const companion = openCompanion(disk, companionName(path), {
      found: read.companion,
      seal: sealing?.seal,
    });
    const torn = await repairTail(file, { tail, companion });
    // Keeps what a killed run wrote but did not sync.
    await file.sync();
    await disk.syncFolder(dirname(path));
    const mode = stat.results?.mode;
    const isLoose = mode !== undefined && (mode & 0o077) !== 0;
    const looseMode = isLoose ? mode : undefined;
    return { file, end, table, found, torn, looseMode, companion, companionFile };
  } catch (error) {
    await companionFile?.close();
    throw error;
  }
}
