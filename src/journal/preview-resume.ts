import { type Disk, type ReadableFile, withFile } from '../ports/disk.ts';
import type { ResultRecord } from '../results/record.ts';
import { companionName, findFiles } from './companion.ts';
import { matcher, type Matcher, type ResumeMode } from './match-records.ts';
import { cannotOpen, worded } from './file-errors.ts';
import { readResultsAt, type FoundRecords } from './read-results.ts';
import { sealChecker, type Sealing } from './sealing.ts';

/** What a resume would do. Does not lock, repair or write anything. */
export interface JournalPreview extends Matcher {
  readonly found: FoundRecords;
}

/** Undefined if there is no file. Exit 2 if it is damaged or foreign, 74 if unreadable. */
export async function previewJournal(
  path: string,
  {
    mode,
    disk,
    sealing,
    onRecord,
  }: {
    readonly mode: ResumeMode;
    readonly disk: Disk;
    /** Default: every answer counts as sealed by the caller. */
    readonly sealing?: Sealing | undefined;
    /** Called for each record, including superseded ones. */
    readonly onRecord?: (record: ResultRecord) => void;
  },
): Promise<JournalPreview | undefined> {
  const reading = { onRecord, checkSeal: sealing && sealChecker(sealing) };
  try {
    const real = await disk.resolve(path);
    const { results, companion } = await findFiles(disk, real, path);
    if (!results) return undefined;
    const at = { real, name: path, hasCompanion: companion !== undefined };
    const { table, found } = await readResultsAt(disk, at, reading);
    const files = {
      results: closed(disk, real),
      companion: closed(disk, companionName(real)),
    };
    return { found, ...matcher(files, table, { mode, sealing }) };
  } catch (error) {
    throw worded(error, (cause) => cannotOpen(path, cause));
  }
}

/** Reopens the file for each read, because nothing closes a preview. */
function closed(disk: Disk, path: string): ReadableFile {
  return {
    read: (into, offset) => withFile(disk, path, (file) => file.read(into, offset)),
    close: () => Promise.resolve(),
  };
}
