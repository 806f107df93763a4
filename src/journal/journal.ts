import type { Clock } from '../ports/clock.ts';
import type { Disk } from '../ports/disk.ts';
import type { ResultRecord } from '../results/record.ts';
import type { SealCheck } from '../results/seal.ts';
import { reasonOf } from '../results/write-problems.ts';
import { compact } from './compact.ts';
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
} from './decide.ts';
import { groupCommit } from './group-commit.ts';
import { addLine, sealAnew, sealOf, USE } from './line-table.ts';
import { openResults, type JournalMode, type OpenResults } from './open-results.ts';
import type { FoundRecords } from './read-results.ts';
import { readRecord } from './read-record.ts';
import { sealChecker, type Sealing } from './sealing.ts';
import { survivors } from './survivors.ts';
import type { TornTail } from './torn-tail.ts';
import { whereabouts, type Whereabouts } from './whereabouts.ts';

/** The results file of a run: what is in it survives whatever happens to the process. */
export interface Journal {
  /** Its real name, through every symlink. */
  readonly path: string;
  /** What an earlier run left; undefined when the file is new. */
  readonly found: FoundRecords | undefined;
  /** What had to be cut off its end. */
  readonly torn: TornTail | undefined;
  /** Its permission bits, when others than the owner may use it: worth a warning. */
  readonly looseMode: number | undefined;
  /** Tells that a task is in the plan. Tell all before the first `decide`: see there. */
  expect(task: ExpectedTask): void;
  /**
   * Tells that a task is in the plan, and that this run does not decide it: what it may want of the file
   * stays there. Before the first `decide` too.
   */
  reserve(task: ExpectedTask): void;
  /**
   * What `decide` will say, where that hangs on no other task; then do not ask again. Else the task is
   * expected, and undefined comes back.
   */
  decideAlone(task: PlannedTask): ResumeDecision | undefined;
  /**
   * Whether to send a task, and why. Ask once for each. A record goes to the task of its own id if
   * that was expected and has the same content; else to the first task of that content that asks.
   */
  decide(task: PlannedTask): ResumeDecision;
  /** Tells that no task is left to expect, reserve or decide. Memory for each line is less from there on. */
  endDeciding(): void;
  /** Whose the answer in such a line is. */
  sealOf(line: number): SealCheck;
  /** Takes a `keep` back: the answer in that line turned out not to be one. */
  reject(line: number): void;
  /** The record of a line that a decision names, with its task's id and index as they are now. */
  recordAt(line: number): Promise<ResultRecord>;
  /**
   * Resolves when the record is durable. Rejects with a `VolleyError` (exit 74) when the disk
   * fails, and then for every record, until `drain` has succeeded. No record is forgotten.
   */
  append(record: ResultRecord): Promise<void>;
  /** Tries for `graceMs` to write what could not be written; gives what is still not saved. */
  drain(graceMs: number, signal?: AbortSignal): Promise<readonly ResultRecord[]>;
  /**
   * Waits for what is being written, compacts, and frees the lock. Call it once, whatever happened.
   * `complete`: every task of the plan was decided or reserved for, by its request, so that what
   * nobody took is superseded.
   * `signal` gives up compacting: the file stays as it is.
   */
  close(options: {
    readonly complete: boolean;
    readonly signal?: AbortSignal;
  }): Promise<JournalEnd>;
}

export interface JournalEnd {
  /** Still not on disk. */
  readonly unsaved: readonly ResultRecord[];
  /** The disk's last error; undefined when it never failed. */
  readonly failure: unknown;
  /** Records whose task is not in the plan; they stay in the file. Only right when `complete` or all were expected. */
  readonly gone: number;
  /** Why superseded lines had to stay: nothing is lost, the next resume drops them. */
  readonly notCompacted: string | undefined;
  readonly whereabouts: Whereabouts;
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
  const checkSeal = sealing && sealChecker(sealing);
  const results = await openResults(disk, { path, mode, signal, checkSeal });
  const matching = { mode: mode === 'retry-failed' ? mode : 'resume' } as const;
  const { file, table, found } = results;
  const commit = groupCommit({
    file,
    name: results.givenName,
    end: results.end,
    clock,
    onDurable(record, place) {
      // A new file has nothing that could be superseded: a million tasks need no table.
      if (found) addLine(table, record, place, { use: USE.written });
    },
  });
  function vouchedFor<Decision extends ResumeDecision | undefined>(decision: Decision): Decision {
    if (decision?.kind === 'keep' && sealing?.trustsAll) sealAnew(table, decision.line);
    return decision;
  }
  return {
    path: results.path,
    found,
    torn: results.torn,
    looseMode: results.looseMode,
    expect: (task) => expectTask(table, task),
    reserve: (task) => reserveForLater(table, task),
    decideAlone: (task) => vouchedFor(decideAlone(table, task, matching)),
    decide: (task) => vouchedFor(decideTask(table, task, matching)),
    endDeciding: () => endDeciding(table),
    recordAt: (line) => readRecord(file, table, line),
    sealOf: (line) => sealOf(table, line),
    reject: (line) => rejectLine(table, line),
    append: async (record) => void (await commit.append(record)),
    drain: (graceMs, signal) => commit.drain(graceMs, signal),
    async close({ complete, signal }) {
      await commit.idle();
      const unsaved = commit.unsaved();
      const end = await compacted(disk, results, {
        complete,
        unsaved: unsaved.length,
        end: commit.end(),
        signal,
        sealing,
      });
      await file.close().catch(() => undefined);
      await results.release();
      return { unsaved, failure: commit.failure(), ...end };
    },
  };
}

async function compacted(
  disk: Disk,
  { file, path, table }: OpenResults,
  run: {
    readonly complete: boolean;
    readonly unsaved: number;
    readonly end: number;
    readonly signal: AbortSignal | undefined;
    readonly sealing: Sealing | undefined;
  },
): Promise<Omit<JournalEnd, 'unsaved' | 'failure'>> {
  const stays = survivors(table, run);
  const { gone } = stays;
  // After a write that failed there may be part of a line that belongs to nobody.
  const found: Whereabouts =
    run.unsaved > 0 ? { kind: 'untouched' } : await whereabouts(disk, { file, path, end: run.end });
  const kept = { gone, notCompacted: undefined, whereabouts: found };
  if (!stays.needCompaction) return kept;
  if (run.unsaved > 0) return { ...kept, notCompacted: 'not all results are saved' };
  if (found.kind !== 'untouched')
    return { ...kept, notCompacted: 'another program changed the file' };
  try {
    await compact(disk, { file, path }, { table, stays, signal: run.signal, sealing: run.sealing });
    return kept;
  } catch (error) {
    return { ...kept, notCompacted: reasonOf(error) };
  }
}
