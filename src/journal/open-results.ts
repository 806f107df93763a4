import { dirname } from 'node:path';
import type { Disk, DiskFile, ReadableFile } from '../ports/disk.ts';
import { systemErrorCode } from '../ports/error-code.ts';
import { notResults } from '../results/write-problems.ts';
import {
  companionName,
  findFiles,
  openCompanion,
  type Companion,
  type FoundFiles,
} from './companion.ts';
import { lockResults } from './lock-results.ts';
import { newLineTable, type LineTable } from './line-table.ts';
import { cannotOpen, existsAlready, leadsNowhere, nothingToRetry, worded } from './file-errors.ts';
import { mayBeResults } from './read-whole-file.ts';
import { readResults, type FoundRecords } from './read-results.ts';
import { rewriteName } from './rewrite.ts';
import { sealChecker, type Sealing } from './sealing.ts';
import { repairTail, type TornTail } from './torn-tail.ts';

/** What to do if the results file already exists. `new` refuses it. */
export type JournalMode = 'new' | 'resume' | 'retry-failed' | 'overwrite';

/** A locked, undamaged results file, ready for appending, and its companion. */
export interface OpenResults {
  /** The path of the file, with symlinks resolved. */
  readonly path: string;
  /** The name as the caller wrote it, for messages. */
  readonly givenName: string;
  readonly file: DiskFile;
  /** Where the whole lines end, in bytes. */
  readonly end: number;
  readonly table: LineTable;
  /** Undefined if the file is new. */
  readonly found: FoundRecords | undefined;
  readonly torn: TornTail | undefined;
  /** The permission bits of the file if anyone but its owner has access. */
  readonly looseMode: number | undefined;
  readonly companion: Companion;
  /** The companion, opened for reading; undefined if none of the table's lines are in it. */
  readonly companionFile: ReadableFile | undefined;
  /** Closes both files and frees the lock. */
  release(): Promise<void>;
}

/** Opens or creates a results file. If it throws (exit 2, 74 or 75), the file is untouched. */
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

/** The path with symlinks resolved, and the name for messages. */
type Named = Pick<OpenResults, 'path' | 'givenName'>;

async function openReal(disk: Disk, names: Named, how: How): Promise<OpenResults> {
  const { mode } = how;
  const { path, givenName } = names;
  // Checks first without the lock, before anything is created, so that a refusal leaves no trace;
  // then again while the file is locked.
  await look(disk, names, { mode, isLocked: false });
  await disk.makeFolder(dirname(path));
  const release = await lockResults(disk, path, givenName);
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
        await release();
      },
    };
  } catch (error) {
    await release();
    throw error;
  }
}

/** Checks the files; throws a `VolleyError` (exit 2) if they do not fit the mode. */
async function look(
  disk: Disk,
  { path, givenName }: Named,
  { mode, isLocked }: { readonly mode: JournalMode; readonly isLocked: boolean },
): Promise<FoundFiles> {
  const found = await findFiles(disk, path, givenName);
  if (!found.results && mode === 'retry-failed') throw nothingToRetry(givenName);
  // Without the lock, the file may only exist because another run is writing it.
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
  // Removes the companion first, because a companion without a results file would be refused.
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
    // The name exists, but the file does not: the name is a dangling symlink.
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
    // Makes durable what a killed run wrote but did not sync.
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
