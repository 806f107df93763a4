import { VolleyError } from '../errors/volley-error.ts';
import type { Disk, ReadableFile } from '../ports/disk.ts';
import { systemErrorCode } from '../ports/error-code.ts';
import type { ResultRecord } from '../results/record.ts';
import { companionName } from './companion.ts';
import type { ResumeMode } from './match-records.ts';
import { matcher, type Matcher } from './matcher.ts';
import { cannotOpen, missingResults, notAFile } from './problems.ts';
import { readResults, type FoundRecords } from './read-results.ts';
import { sealChecker, type Sealing } from './sealing.ts';

/** What a resume would do, for a plan: nothing is locked, repaired or written. */
export interface JournalPreview extends Matcher {
  readonly found: FoundRecords;
}

/** Undefined when there is no file. Throws a `VolleyError`: exit 2 (damaged, no results file) or 74 (unreadable). */
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
    /** Default: every answer counts as sealed. */
    readonly sealing?: Sealing | undefined;
    /** Called for each record, superseded ones too. */
    readonly onRecord?: (record: ResultRecord) => void;
  },
): Promise<JournalPreview | undefined> {
  const reading = { onRecord, checkSeal: sealing && sealChecker(sealing) };
  try {
    const real = await disk.resolve(path);
    const names = { results: real, companion: companionName(real) };
    const [results, companion] = [await disk.stat(real), await disk.stat(names.companion)];
    if (!results && companion) throw missingResults(path, companionName(path));
    if (!results) return undefined;
    if (results.kind !== 'file') throw notAFile(path);
    const { table, found } = await using(disk, names.results, async (file) =>
      companion
        ? using(disk, names.companion, (other) =>
            readResults({ file, name: path }, { file: other, name: companionName(path) }, reading),
          )
        : readResults({ file, name: path }, undefined, reading),
    );
    const files = {
      results: closed(disk, names.results),
      companion: closed(disk, names.companion),
    };
    return { found, ...matcher(files, table, { mode, sealing }) };
  } catch (error) {
    if (error instanceof VolleyError || systemErrorCode(error) === 'UNKNOWN') throw error;
    throw cannotOpen(path, error);
  }
}

async function using<Result>(
  disk: Disk,
  path: string,
  use: (file: ReadableFile) => Promise<Result>,
): Promise<Result> {
  const file = await disk.openToRead(path);
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}

/** A file that is opened for each read, since nobody says when the last one is over. */
function closed(disk: Disk, path: string): ReadableFile {
  return {
    read: (into, offset) => using(disk, path, (file) => file.read(into, offset)),
    close: () => Promise.resolve(),
  };
}
