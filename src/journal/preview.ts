import { VolleyError } from '../errors/volley-error.ts';
import type { Disk } from '../ports/disk.ts';
import { systemErrorCode } from '../ports/error-code.ts';
import type { ResultRecord } from '../results/record.ts';
import type { SealCheck } from '../results/seal.ts';
import {
  decideAlone,
  decideTask,
  endDeciding,
  expectTask,
  rejectLine,
  reserveForLater,
  type PlannedTask,
  type ExpectedTask,
  type ResumeDecision,
  type ResumeMode,
} from './decide.ts';
import { sealOf } from './line-table.ts';
import { cannotOpen, notAFile } from './problems.ts';
import { readRecord } from './read-record.ts';
import { readResults, type FoundRecords } from './read-results.ts';

/** What a resume would do, for a plan: nothing is locked, mended or written. */
export interface JournalPreview {
  readonly found: FoundRecords;
  /** As in `Journal`. */
  expect(task: ExpectedTask): void;
  /** As in `Journal`. */
  reserve(task: ExpectedTask): void;
  /** As in `Journal`. */
  decideAlone(task: PlannedTask): ResumeDecision | undefined;
  /** As in `Journal`. */
  decide(task: PlannedTask): ResumeDecision;
  /** As in `Journal`. */
  endDeciding(): void;
  /** As in `Journal`. */
  sealOf(line: number): SealCheck;
  /** As in `Journal`. */
  reject(line: number): void;
  /** As in `Journal`. */
  recordAt(line: number): Promise<ResultRecord>;
}

/** Undefined when there is no file. Throws a `VolleyError`: exit 2 (damaged, no results file) or 74 (unreadable). */
export async function previewJournal(
  path: string,
  {
    mode,
    disk,
    onRecord,
  }: {
    readonly mode: ResumeMode;
    readonly disk: Disk;
    /** Told of each record, superseded ones too. */
    readonly onRecord?: (record: ResultRecord) => void;
  },
): Promise<JournalPreview | undefined> {
  try {
    const real = await disk.resolve(path);
    const stat = await disk.stat(real);
    if (!stat) return undefined;
    if (stat.kind !== 'file') throw notAFile(path);
    const file = await disk.openToRead(real);
    try {
      const { table, found } = await readResults(file, path, { onRecord });
      return {
        found,
        expect: (task) => expectTask(table, task),
        reserve: (task) => reserveForLater(table, task),
        decideAlone: (task) => decideAlone(table, task, { mode }),
        decide: (task) => decideTask(table, task, { mode }),
        endDeciding: () => endDeciding(table),
        sealOf: (line) => sealOf(table, line),
        reject: (line) => rejectLine(table, line),
        async recordAt(line) {
          const again = await disk.openToRead(real);
          try {
            return await readRecord(again, table, line);
          } finally {
            await again.close();
          }
        },
      };
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof VolleyError || systemErrorCode(error) === 'UNKNOWN') throw error;
    throw cannotOpen(path, error);
  }
}
