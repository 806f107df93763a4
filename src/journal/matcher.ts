import type { ResultRecord } from '../results/record.ts';
import type { SealCheck } from '../results/seal.ts';
import { recordsWithoutTask } from './lines-to-keep.ts';
import { isMarked, mark, MARK, sealAnew, sealOf, type LineTable } from './line-table.ts';
import {
  decideAlone,
  decideTask,
  endDeciding,
  expectTask,
  rejectLine,
  type ExpectedTask,
  type PlannedTask,
  type ResumeDecision,
  type ResumeMode,
} from './match-records.ts';
import { readRecord, type JournalFiles } from './read-record.ts';
import type { Sealing } from './sealing.ts';

/** Matches the tasks of a plan with the records of earlier runs. */
export interface Matcher {
  /** Announces a task of the plan, also one that this run does not decide. Announce all before the first `decide`. */
  expect(task: ExpectedTask): void;
  /**
   * What `decide` would return, if that depends on no other task; do not ask again then. Otherwise the task is
   * announced, and the result is undefined.
   */
  decideAlone(task: PlannedTask): ResumeDecision | undefined;
  /**
   * Whether to send a task, and why. Call it once per task. A record goes to the task of its own id if that was
   * announced with the same content, otherwise to the first task with that content that asks.
   */
  decide(task: PlannedTask): ResumeDecision;
  /** Ends matching, which frees memory. */
  endDeciding(): void;
  /** Whether the answer in a line of a decision was sealed with the caller's key. */
  sealOf(line: number): SealCheck;
  /** Reverses a `keep`: the answer turned out to be invalid. */
  reject(line: number): void;
  /** Whether the answer was unexpected when it was written. */
  wasUnexpected(line: number): boolean;
  /** Sets why the answer counts as unexpected now; undefined if it is as expected. */
  judge(line: number, reason: string | undefined): void;
  /** The record of a line, with the current label of its task. */
  recordAt(line: number): Promise<ResultRecord>;
  /** How many records belong to no announced task, of how many in the file. */
  withoutTask(): { readonly count: number; readonly of: number };
}

export function matcher(
  files: JournalFiles,
  table: LineTable,
  { mode, sealing }: { readonly mode: ResumeMode; readonly sealing?: Sealing | undefined },
): Matcher {
  function vouchedFor<Decision extends ResumeDecision | undefined>(decision: Decision): Decision {
    if (decision?.kind === 'keep' && sealing?.trustsAll) sealAnew(table, decision.line);
    return decision;
  }
  return {
    expect: (task) => expectTask(table, task),
    decideAlone: (task) => vouchedFor(decideAlone(table, task, { mode })),
    decide: (task) => vouchedFor(decideTask(table, task, { mode })),
    endDeciding: () => endDeciding(table),
    sealOf: (line) => sealOf(table, line),
    reject: (line) => rejectLine(table, line),
    wasUnexpected: (line) => isMarked(table, line, MARK.unexpected),
    judge(line, reason) {
      table.verdicts.set(line, reason);
      mark(table, line, MARK.changed);
    },
    recordAt: (line) => readRecord(files, table, line),
    withoutTask: () => recordsWithoutTask(table),
  };
}
