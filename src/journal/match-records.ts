import type { ResultRecord } from '../results/record.ts';
import type { SealCheck } from '../results/seal.ts';
import { hasKey, KEY_WORDS, keyOf, NONE, type KeyChains } from './key-chains.ts';
import {
  findersOf,
  giveTo,
  isMarked,
  mark,
  MARK,
  sealAnew,
  sealOf,
  statusOf,
  USE,
  useOf,
  type Label,
  type LineTable,
} from './line-table.ts';
import { recordsWithoutTask } from './lines-to-keep.ts';
import { readRecord, type JournalFiles } from './read-record.ts';
import type { Sealing } from './sealing.ts';

/** A task of this run, as the journal sees it. */
export interface PlannedTask extends Label {
  /**
   * The possible fingerprints of the task's answer, preferred first; empty if the task could not be
   * rendered.
   */
  readonly fingerprints: readonly string[];
}

export type TaskContent = Pick<PlannedTask, 'fingerprints'>;

export type ExpectedTask = TaskContent &
  Pick<PlannedTask, 'id' | 'index'> & {
    /** Whether the task's request is unknown and will stay unknown in this run. Default false. */
    readonly isUnknown?: boolean;
  };

export type ResumeMode = 'resume' | 'retry-failed';

/**
 * `keep`: `line` holds the task's answer. `run`: the task is to be sent. `leave`: the task is not
 * part of this run (`--retry-failed` only).
 */
export type ResumeDecision =
  | { readonly kind: 'keep'; readonly line: number }
  /** `like` is the line of the answer that another task got for the same content. */
  | { readonly kind: 'run'; readonly reason: RunReason; readonly like?: number }
  | { readonly kind: 'leave'; readonly reason: 'new' | 'changed' | 'duplicate' };

/**
 * `new`: neither the task's id nor its content is in the file. `changed`: the id is, but with other
 * content. `duplicate`: the content was answered, but for other tasks, and each task needs its own
 * answer. `invalid`: the answer does not match the schema. All other reasons say how the task ended
 * in the earlier run.
 */
export type RunReason =
  | 'new'
  | 'changed'
  | 'duplicate'
  | 'invalid'
  | 'failed'
  | 'canceled'
  | 'skipped';

/** Matches the tasks of a plan with the records of earlier runs. */
export interface Matcher {
  /**
   * Announces a task of the plan, so that its records remain its own. Announce even tasks that this
   * run does not decide, and all tasks before the first `decide`.
   */
  expect(task: ExpectedTask): void;
  /**
   * Decides a task if the decision depends on no other task, which is true of most tasks; do not
   * call `decide` for it then. Otherwise, the task is announced, and the result is undefined.
   */
  decideAlone(task: PlannedTask): ResumeDecision | undefined;
  /**
   * Whether to send a task, and why. Call it once per task. Matching is by content, and each record
   * answers one task: N tasks with the same content need N records. A record goes to the task with
   * its own id if that task was announced with the same content; otherwise, to the first task with
   * that content for which `decide` is called.
   */
  decide(task: PlannedTask): ResumeDecision;
  /** Drops the indexes, which take more than half of the memory per line. */
  endDeciding(): void;
  /** Whether the answer in the line of a decision was sealed with the caller's key. */
  sealOf(line: number): SealCheck;
  /** Reverses a `keep`, because the answer turned out to be invalid. */
  reject(line: number): void;
  /** Whether the answer was unexpected when it was written. */
  wasUnexpected(line: number): boolean;
  /** Sets why the answer counts as unexpected now; undefined if it is as expected. */
  judge(line: number, reason: string | undefined): void;
  /** The record of a line, with the current label of its task. */
  recordAt(line: number): Promise<ResultRecord>;
  /**
   * How many records of the file do not belong to any announced task, and how many records there
   * are.
   */
  withoutTask(): { readonly count: number; readonly of: number };
}

export function matcher(
  files: JournalFiles,
  table: LineTable,
  { mode, sealing }: { readonly mode: ResumeMode; readonly sealing?: Sealing | undefined },
): Matcher {
  function sealed<Decision extends ResumeDecision | undefined>(decision: Decision): Decision {
    if (decision?.kind === 'keep' && sealing?.trustsAll) sealAnew(table, decision.line);
    return decision;
  }
  return {
    expect: (task) => expectTask(table, task),
    decideAlone: (task) => sealed(decideAlone(table, task, mode)),
    decide: (task) => sealed(decide(table, task, { mode, own: ownLines(table, task) })),
    endDeciding() {
      table.finders = undefined;
    },
    sealOf: (line) => sealOf(table, line),
    reject: (line) => table.columns.use.set(line, USE.spent),
    wasUnexpected: (line) => isMarked(table, line, MARK.unexpected),
    judge(line, reason) {
      table.verdicts.set(line, reason);
      mark(table, line, MARK.changed);
    },
    recordAt: (line) => readRecord(files, table, line),
    withoutTask: () => recordsWithoutTask(table),
  };
}

function expectTask(table: LineTable, task: ExpectedTask): void {
  const own = ownLines(table, task);
  expectLines(table, task, own);
  if (!task.isUnknown) return;
  // If the content is unknown, any record with the task's id may be its own.
  for (const line of own.all) {
    if (useOf(table, line) === USE.free) table.columns.use.set(line, USE.reserved);
  }
}

function expectLines(
  table: LineTable,
  { index }: ExpectedTask,
  { all, answer, attempts }: OwnLines,
): void {
  for (const line of all) {
    if (useOf(table, line) <= USE.reserved) table.columns.place.set(line, index + 1);
  }
  for (const line of answer === NONE ? attempts : [answer, ...attempts]) {
    if (useOf(table, line) === USE.free) table.columns.use.set(line, USE.reserved);
  }
}

function decideAlone(
  table: LineTable,
  task: PlannedTask,
  mode: ResumeMode,
): ResumeDecision | undefined {
  const own = ownLines(table, task);
  if (own.answer === NONE && !isAlone(table, own)) {
    expectLines(table, task, own);
    return undefined;
  }
  return decide(table, task, { mode, own });
}

/**
 * Whether no record of another task has this content. Failed records matter only if the task has no
 * attempt of its own.
 */
function isAlone(table: LineTable, { contents, attempts }: OwnLines): boolean {
  const { succeeded, unsuccessful } = findersOf(table);
  return contents.every(
    (content) =>
      succeeded.newest(content) === NONE &&
      (attempts.length > 0 || unsuccessful.newest(content) === NONE),
  );
}

function decide(
  table: LineTable,
  task: PlannedTask,
  { mode, own }: { readonly mode: ResumeMode; readonly own: OwnLines },
): ResumeDecision {
  const { succeeded, unsuccessful } = findersOf(table);
  expectLines(table, task, own);
  const answer = own.answer === NONE ? takeFree(table, succeeded, own.contents) : own.answer;
  if (answer !== NONE) {
    giveTo(table, answer, { label: task, use: USE.kept });
    return { kind: 'keep', line: answer };
  }
  const [latest] = own.all;
  const like = own.contents.map((content) => succeeded.newest(content)).find(isLine);
  const run = (reason: RunReason): ResumeDecision => ({
    kind: 'run',
    reason,
    ...(like !== undefined && { like }),
  });
  // Without an attempt of its own, the task takes one that it left under another id.
  const tried = own.attempts[0] ?? takeFree(table, unsuccessful, own.contents);
  if (tried !== NONE) {
    giveTo(table, tried, { label: task, use: USE.spent });
    return run(ended(table, tried));
  }
  const reason = latest !== undefined ? 'changed' : like === undefined ? 'new' : 'duplicate';
  if (mode === 'resume') return run(reason);
  // `--retry-failed` also runs failed tasks whose prompt was fixed.
  if (latest !== undefined && statusOf(table, latest) !== 'succeeded') {
    return run(ended(table, latest));
  }
  return { kind: 'leave', reason };
}

interface OwnLines {
  /**
   * Keys of the task's request to each model that may answer it; empty if the task could not be
   * rendered.
   */
  readonly contents: readonly Uint32Array[];
  /** The lines with the task's id that are not aside, newest first. */
  readonly all: readonly number[];
  /**
   * The newest line with the task's id, aside or not, that answers this content and is not taken,
   * or `NONE`.
   */
  readonly answer: number;
  /**
   * The lines of `all` in which this content failed or the task could not be rendered; newest
   * first.
   */
  readonly attempts: readonly number[];
}

function ownLines(table: LineTable, task: ExpectedTask): OwnLines {
  const id = keyOf(task.id);
  const contents = task.fingerprints.map(keyOf);
  const named: number[] = [];
  const { byId, fingerprintKey } = findersOf(table);
  for (let line = byId.newest(id); line !== NONE; line = byId.older(line)) named.push(line);
  const all = named.filter((line) => !isMarked(table, line, MARK.aside));
  const isLike = (line: number): boolean =>
    contents.some((content) => hasKey(fingerprintKey, line, content));
  const succeeded = (line: number): boolean => statusOf(table, line) === 'succeeded';
  const answer = named.find(
    (line) => succeeded(line) && isLike(line) && useOf(table, line) <= USE.reserved,
  );
  // The record of a task that could not be rendered has no fingerprint.
  const attempts = all.filter(
    (line) => !succeeded(line) && (isLike(line) || hasKey(fingerprintKey, line, NO_KEY)),
  );
  return { contents, all, answer: answer ?? NONE, attempts };
}

function isLine(line: number): boolean {
  return line !== NONE;
}

const NO_KEY = new Uint32Array(KEY_WORDS);

/**
 * The newest free line of the first content that has one, or `NONE`. Lines that are skipped are not
 * checked again.
 */
function takeFree(table: LineTable, chain: KeyChains, contents: readonly Uint32Array[]): number {
  const mayTake = (line: number): boolean => useOf(table, line) === USE.free;
  for (const content of contents) {
    let line = chain.newest(content);
    if (line === NONE) continue;
    for (let older = line; older !== NONE && !mayTake(line); older = chain.older(line))
      line = older;
    chain.skipTo(line);
    if (mayTake(line)) return line;
  }
  return NONE;
}

function ended(table: LineTable, line: number): 'failed' | 'canceled' | 'skipped' {
  const status = statusOf(table, line);
  if (status === 'succeeded') throw new Error(`line ${line} succeeded`);
  return status;
}
