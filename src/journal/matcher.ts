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

/** What matches the tasks of a plan with the records that earlier runs left. */
export interface Matcher {
  /** Announces a task of the plan, also one that this run does not decide. Call it for all before the first `decide`. */
  expect(task: ExpectedTask): void;
  /**
   * What `decide` will say, where that depends on no other task; then do not ask again. Else the task is expected,
   * and the result is undefined.
   */
  decideAlone(task: PlannedTask): ResumeDecision | undefined;
  /**
   * Whether to send a task, and why. Ask once for each. A record goes to the task of its own id if
   * that was expected and has the same content; else to the first task of that content that asks.
   */
  decide(task: PlannedTask): ResumeDecision;
  /** Ends the matching. Each line takes less memory from there on. */
  endDeciding(): void;
  /** Whose the answer in a line is that a decision names. */
  sealOf(line: number): SealCheck;
  /** Takes a `keep` back: the answer in that line turned out not to be valid. */
  reject(line: number): void;
  /** Whether the answer in a line was not as expected when it was made. */
  wasUnexpected(line: number): boolean;
  /** Enters in what the answer in a line is not as expected today; undefined: it is. */
  judge(line: number, reason: string | undefined): void;
  /** The record of a line that a decision names, with what the manifest says of its task now. */
  recordAt(line: number): Promise<ResultRecord>;
  /** How many records belong to no task that was announced, of how many in the file. */
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
