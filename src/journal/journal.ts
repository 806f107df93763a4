import type { Clock } from '../ports/clock.ts';
import type { Disk } from '../ports/disk.ts';
import { spentUsd, type ResultRecord } from '../results/record.ts';
import { reasonOf } from '../results/write-problems.ts';
import type { BatchLine, BatchRowLine } from '../batch/batch-line.ts';
import type { WarmUpLine } from './companion.ts';
import { externalChanges, type ExternalChanges } from './external-changes.ts';
import { groupCommit } from './group-commit.ts';
import { addWritten } from './line-table.ts';
import { linesToKeep, type LinesToKeep } from './lines-to-keep.ts';
import { matcher, type Matcher } from './matcher.ts';
import { openResults, type JournalMode, type OpenResults } from './open-results.ts';
import type { FoundRecords } from './read-results.ts';
import { rewrite } from './rewrite.ts';
import type { Sealing } from './sealing.ts';
import type { TornTail } from './torn-tail.ts';

/** The results file of a run: what is in it survives whatever happens to the process. */
export interface Journal extends Matcher {
  /** Its real name, through every symlink. */
  readonly path: string;
  /** What an earlier run left; undefined when the file is new. */
  readonly found: FoundRecords | undefined;
  /** What had to be cut off its end. */
  readonly torn: TornTail | undefined;
  /** Its permission bits, when others than the owner may use it: worth a warning. */
  readonly looseMode: number | undefined;
  /**
   * Resolves when the record is durable. Rejects with a `VolleyError` (exit 74) when the disk
   * fails, and then for every record, until `drain` has succeeded. No record is forgotten.
   */
  append(record: ResultRecord): Promise<void>;
  /** Resolves when what a warm-up call cost is durable, in the companion. Rejects like `append`. */
  appendWarmUp(line: WarmUpLine): Promise<void>;
  /** Resolves when a step of a batch is durable, in the companion. */
  appendBatch(line: BatchLine): Promise<void>;
  /** The same for the deadline of this run and those that continue it. */
  appendDeadline(untilEpochMs: number): Promise<void>;
  /** The same for an answer that belongs to no task of this run. */
  appendBatchRow(line: BatchRowLine): Promise<void>;
  /** Tries for `graceMs` to write what could not be written; gives what is still not saved. */
  drain(graceMs: number, signal?: AbortSignal): Promise<readonly ResultRecord[]>;
  /** What all runs into this file cost so far, in US dollars: this one, the companion and earlier ones. */
  spentUsd(): number;
  /**
   * Waits for what is being written, puts the file in the manifest's order, and frees the lock. Call it once,
   * whatever happened.
   */
  close(options: CloseOptions): Promise<JournalEnd>;
}

export interface CloseOptions {
  /**
   * `whole`: the run covered the manifest, so that records of other tasks move to the companion. `part`: it
   * covered some of its tasks. `none`: it did not begin, and leaves the file as it is.
   */
  readonly covered: 'whole' | 'part' | 'none';
  /** Gives up rewriting: the file stays as it is. */
  readonly signal?: AbortSignal;
}

export interface JournalEnd {
  /** Still not on disk. */
  readonly unsaved: readonly ResultRecord[];
  /** The disk's last error; undefined when it never failed. */
  readonly failure: unknown;
  /** Records of tasks that are not in the manifest which moved to the companion. */
  readonly removed: number;
  /** Why the file is not in the manifest's order: nothing is lost, the next resume tries again. */
  readonly notRewritten: string | undefined;
  readonly changes: ExternalChanges;
}

/**
 * Opens the journal and takes its lock. Throws a `VolleyError`, and then nothing was touched:
 * exit 2 (exists already, damaged, no results file), 74 (cannot be written), 75 (another run has it).
 */
export async function openJournal(
  path: string,
  options: {
    readonly mode: JournalMode;
    readonly disk: Disk;
    readonly clock: Clock;
    /** Default: nothing is sealed, and no seal is checked. */
    readonly sealing?: Sealing;
    /** Ends the reading of an earlier file; the promise rejects with its reason, and the lock is free. */
    readonly signal?: AbortSignal;
  },
): Promise<Journal> {
  const { mode, disk, clock, signal, sealing } = options;
  const results = await openResults(disk, { path, mode, signal, sealing });
  const { file, table, found, companionFile } = results;
  let spent = found?.spentUsd ?? 0;
  const commit = groupCommit({
    file,
    name: results.givenName,
    end: results.end,
    clock,
    onDurable(record, place) {
      spent += spentUsd(record);
      addWritten(table, record, place);
    },
  });
  return {
    path: results.path,
    found,
    torn: results.torn,
    looseMode: results.looseMode,
    ...matcher({ results: file, companion: companionFile }, table, {
      mode: mode === 'retry-failed' ? mode : 'resume',
      sealing,
    }),
    append: async (record) => void (await commit.append(record)),
    async appendWarmUp(line) {
      // It was paid for, whatever becomes of the line.
      spent += line.cost_usd ?? 0;
      await results.companion.append([{ kind: 'warm_up', ...line }]);
    },
    appendDeadline(untilEpochMs) {
      const at = new Date(clock.epochMs()).toISOString();
      const until = new Date(untilEpochMs).toISOString();
      return results.companion.append([{ kind: 'deadline', at, until }]);
    },
    appendBatch: (line) => results.companion.append([{ kind: 'batch', ...line }]),
    async appendBatchRow(line) {
      spent += line.cost_usd ?? 0;
      await results.companion.append([{ kind: 'batch_row', ...line }]);
    },
    drain: (graceMs, signal) => commit.drain(graceMs, signal),
    spentUsd: () => spent,
    async close({ covered, signal }) {
      await commit.idle();
      const unsaved = commit.unsaved();
      const end = { unsaved: unsaved.length, end: commit.end(), covered, signal, sealing };
      const rewritten = await putInOrder(disk, results, end);
      await results.release();
      return { unsaved, failure: commit.failure(), ...rewritten };
    },
  };
}

async function putInOrder(
  disk: Disk,
  results: OpenResults,
  run: Pick<CloseOptions, 'covered'> & {
    readonly unsaved: number;
    readonly end: number;
    readonly signal: AbortSignal | undefined;
    readonly sealing: Sealing | undefined;
  },
): Promise<Omit<JournalEnd, 'unsaved' | 'failure'>> {
  const { file, path, table, companion } = results;
  // After a write that failed there may be part of a line that belongs to nobody.
  const changes: ExternalChanges =
    run.unsaved > 0 ? { kind: 'none' } : await externalChanges(disk, { file, path, end: run.end });
  const asItIs = { removed: 0, notRewritten: undefined, changes };
  if (run.covered === 'none') return asItIs;
  const lines = linesToKeep(table, { isWhole: run.covered === 'whole' });
  if (!lines.isChange) return asItIs;
  if (run.unsaved > 0) return { ...asItIs, notRewritten: 'not all results are saved' };
  if (changes.kind !== 'none') {
    return { ...asItIs, notRewritten: 'another program changed the file' };
  }
  try {
    const files = { results: file, companion: results.companionFile };
    const { sealing, signal } = run;
    await rewrite(disk, { files, path, table, lines, companion, sealing, signal });
    return { ...asItIs, removed: removedIn(lines) };
  } catch (error) {
    return { ...asItIs, notRewritten: reasonOf(error) };
  }
}

function removedIn({ moved }: LinesToKeep): number {
  return [...moved.values()].filter((reason) => reason === 'removed').length;
}
