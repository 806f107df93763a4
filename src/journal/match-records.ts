import { hasKey, KEY_WORDS, keyOf, NONE, type KeyChains } from './key-chains.ts';
import {
  findersOf,
  giveTo,
  isMarked,
  MARK,
  statusOf,
  USE,
  useOf,
  type Label,
  type LineTable,
} from './line-table.ts';

/** A task of this run, as the journal sees it. */
export interface PlannedTask extends Label {
  /** The possible fingerprints of its answer, preferred first; empty if the task could not be rendered. */
  readonly fingerprints: readonly string[];
}

export type TaskContent = Pick<PlannedTask, 'fingerprints'>;

export type ExpectedTask = TaskContent &
  Pick<PlannedTask, 'id' | 'index'> & {
    /** Its request is not known, and will not be in this run. Default false. */
    readonly isUnknown?: boolean;
  };

export type ResumeMode = 'resume' | 'retry-failed';

/**
 * `keep`: `line` holds the task's answer. `run`: send it. `leave`: not part of this run (`--retry-failed` only).
 */
export type ResumeDecision =
  | { readonly kind: 'keep'; readonly line: number }
  /** `like` is the line of another task's answer to the same content. */
  | { readonly kind: 'run'; readonly reason: RunReason; readonly like?: number }
  | { readonly kind: 'leave'; readonly reason: 'new' | 'changed' | 'duplicate' };

/**
 * `new`: neither its id nor its content is in the file. `changed`: its id is, with other content. `duplicate`: the
 * content was answered, but for other tasks, and each task needs its own answer. `invalid`: its answer does not match
 * its schema. Otherwise: how the earlier run ended it.
 */
export type RunReason =
  | 'new'
  | 'changed'
  | 'duplicate'
  | 'invalid'
  | 'failed'
  | 'canceled'
  | 'skipped';

/**
 * Announces a task of the plan, also one that this run will not decide: its records stay its own. If all tasks are
 * announced before the first decision, a record goes to the task of its id if that task can use it, otherwise to the
 * first task with its content that asks.
 */
export function expectTask(table: LineTable, task: ExpectedTask): void {
  const own = ownLines(table, task);
  expectLines(table, task, own);
  if (!task.isUnknown) return;
  // Any record with its id may be its own.
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

/**
 * Decides a task like `decideTask`, if no other task can need the same record. Otherwise returns undefined and
 * announces the task: ask again when all tasks are announced. Most tasks are decided here.
 */
export function decideAlone(
  table: LineTable,
  task: PlannedTask,
  options: { readonly mode: ResumeMode },
): ResumeDecision | undefined {
  const own = ownLines(table, task);
  if (own.answer === NONE && !isAlone(table, own)) {
    expectLines(table, task, own);
    return undefined;
  }
  return decided(table, task, { ...options, own });
}

/** Whether no other task's record has its content. Failed ones matter only if the task has no attempt of its own. */
function isAlone(table: LineTable, { contents, attempts }: OwnLines): boolean {
  const { succeeded, unsuccessful } = findersOf(table);
  return contents.every(
    (content) =>
      succeeded.newest(content) === NONE &&
      (attempts.length > 0 || unsuccessful.newest(content) === NONE),
  );
}

/**
 * Decides one task; call it once per task. Matching is by content, and each record answers one task, preferably the
 * one with its id: N tasks with the same content need N records.
 */
export function decideTask(
  table: LineTable,
  task: PlannedTask,
  options: { readonly mode: ResumeMode },
): ResumeDecision {
  return decided(table, task, { ...options, own: ownLines(table, task) });
}

/** Reverses a decision to keep a line: its task is sent after all. */
export function rejectLine(table: LineTable, line: number): void {
  table.columns.use.set(line, USE.spent);
}

/** Drops the indexes, which are more than half of the memory per line. */
export function endDeciding(table: LineTable): void {
  table.finders = undefined;
}

function decided(
  table: LineTable,
  task: PlannedTask,
  { mode, own }: { readonly mode: ResumeMode; readonly own: OwnLines },
): ResumeDecision {
  expectLines(table, task, own);
  const answer = own.answer === NONE ? takeAnswer(table, own.contents) : own.answer;
  if (answer !== NONE) {
    giveTo(table, answer, { label: task, use: USE.kept });
    return { kind: 'keep', line: answer };
  }
  const [latest] = own.all;
  const like = newestLike(table, own.contents);
  const run = (reason: RunReason): ResumeDecision => ({
    kind: 'run',
    reason,
    ...(like !== NONE && { like }),
  });
  const tried = own.attempts[0] ?? takeAttempt(table, own.contents);
  if (tried !== NONE) {
    giveTo(table, tried, { label: task, use: USE.spent });
    return run(ended(table, tried));
  }
  const reason = latest !== undefined ? 'changed' : like === NONE ? 'new' : 'duplicate';
  if (mode === 'resume') return run(reason);
  // `--retry-failed` also runs failed tasks whose prompt was fixed.
  if (latest !== undefined && statusOf(table, latest) !== 'succeeded') {
    return run(ended(table, latest));
  }
  return { kind: 'leave', reason };
}

function newestLike(table: LineTable, contents: readonly Uint32Array[]): number {
  const { succeeded } = findersOf(table);
  for (const content of contents) {
    const line = succeeded.newest(content);
    if (line !== NONE) return line;
  }
  return NONE;
}

interface OwnLines {
  /** Keys of its request to each model that may answer it; empty if it could not be rendered. */
  readonly contents: readonly Uint32Array[];
  /** The lines of its id that are not aside, newest first. */
  readonly all: readonly number[];
  /** The newest line of its id, aside or not, that answers this content and is not taken, or `NONE`. */
  readonly answer: number;
  /** Lines of `all` that tried this content, or never got that far, without success; newest first. */
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
  // A record of a task that could not be rendered has no fingerprint.
  const attempts = all.filter(
    (line) => !succeeded(line) && (isLike(line) || hasKey(fingerprintKey, line, NO_KEY)),
  );
  return { contents, all, answer: answer ?? NONE, attempts };
}

const NO_KEY = new Uint32Array(KEY_WORDS);

function takeAnswer(table: LineTable, contents: readonly Uint32Array[]): number {
  return take(findersOf(table).succeeded, contents, (line) => useOf(table, line) === USE.free);
}

/** Only free lines: an attempt that this task left under another id. */
function takeAttempt(table: LineTable, contents: readonly Uint32Array[]): number {
  return take(findersOf(table).unsuccessful, contents, (line) => useOf(table, line) === USE.free);
}

/** The newest line that may be taken, of the first content that has one, or `NONE`. Skipped lines are not looked at again. */
function take(
  chain: KeyChains,
  contents: readonly Uint32Array[],
  mayTake: (line: number) => boolean,
): number {
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
