import type { Clock } from '../ports/clock.ts';
import type { Disk } from '../ports/disk.ts';
import { spentUsd, type ResultRecord } from '../results/record.ts';
import { reasonOf } from '../results/write-problems.ts';
import type { CompanionLine } from './companion.ts';
import { externalChanges, type ExternalChanges } from './external-changes.ts';
import { groupCommit } from './group-commit.ts';
import { addWritten } from './line-table.ts';
import { linesToKeep, type LinesToKeep } from './lines-to-keep.ts';
import { matcher, type Matcher } from './match-records.ts';
import { openResults, type JournalMode, type OpenResults } from './open-results.ts';
import type { FoundRecords } from './read-results.ts';
import { rewrite } from './rewrite.ts';
import type { Sealing } from './sealing.ts';
import type { TornTail } from './torn-tail.ts';

/** The results file of a run. Its records survive whatever happens to the process. */
export interface Journal extends Matcher {
  /** The path of the file, with symlinks resolved. */
  readonly path: string;
  /** The records that earlier runs left; undefined if the file is new. */
  readonly found: FoundRecords | undefined;
  /** What was cut off the end of the file. */
  readonly torn: TornTail | undefined;
  /**
   * The permission bits of the file if anyone but its owner has access, which is worth a warning.
   */
  readonly looseMode: number | undefined;
  /**
   * Resolves when the record is durable. After a disk error, it rejects with a `VolleyError` (exit
   * 74) for this and every later record until `drain` succeeds. No record is lost.
   */
  append(record: ResultRecord): Promise<void>;
  /** Resolves when a line is durable in the companion. Rejects like `append`. */
  appendAside(line: CompanionLine): Promise<void>;
  /** Tries for at most `graceMs` to write the unsaved records; returns those still unsaved. */
  drain(graceMs: number, signal?: AbortSignal): Promise<readonly ResultRecord[]>;
  /**
   * What all runs that wrote to this file cost so far, in US dollars, including the companion's
   * lines.
   */
  spentUsd(): number;
  /**
   * Waits for writes in progress, puts the file in manifest order, and frees the lock. Call it
   * exactly once, even after an error.
   */
  close(options: CloseOptions): Promise<JournalEnd>;
}

export interface CloseOptions {
  /**
   * `whole`: the run covered the whole manifest, so records of other tasks move to the companion.
   * `part`: the run covered some of the tasks. `none`: the run never started, and the file stays
   * unchanged.
   */
  readonly covered: 'whole' | 'part' | 'none';
  /** Cancels rewriting; the file then stays unchanged. */
  readonly signal?: AbortSignal;
}

export interface JournalEnd {
  /** Records that are still not on disk. */
  readonly unsaved: readonly ResultRecord[];
  /** The latest error from the disk, if any. */
  readonly failure: unknown;
  /** How many records moved to the companion because their tasks are not in the manifest. */
  readonly removed: number;
  /** Why the file is not in manifest order. No record is lost, and the next resume tries again. */
  readonly notRewritten: string | undefined;
  readonly changes: ExternalChanges;
}

/**
 * Opens the journal and locks it. Throws a `VolleyError` and leaves everything untouched: exit 2
 * (already exists, damaged, or not a results file), 74 (cannot be written), 75 (locked by another
 * run).
 */
export async function openJournal(
  path: string,
  options: {
    readonly mode: JournalMode;
    readonly disk: Disk;
    readonly clock: Clock;
    /** Default: answers are not sealed, and seals are not checked. */
    readonly sealing?: Sealing;
    /** Cancels reading: the promise rejects with its reason, and the lock is freed. */
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
    async appendAside(line) {
      // The charge counts even if its line cannot be saved.
      if ('cost_usd' in line) spent += line.cost_usd ?? 0;
      await results.companion.append([line]);
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
  // After a failed write, the file may end with a partial line that this run wrote.
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
