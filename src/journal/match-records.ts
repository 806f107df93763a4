import { hasKey, KEY_WORDS, NONE, type KeyChains } from './key-chains.ts';
import { keyOf } from './keys.ts';
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

/** A task of this run, as the journal knows tasks. */
export interface PlannedTask extends Label {
  /** Those that its answer may have, the most wanted first; none when the task could not be rendered. */
  readonly fingerprints: readonly string[];
}

/** What a task's records are known by. */
export type TaskContent = Pick<PlannedTask, 'fingerprints'>;

export type ExpectedTask = TaskContent &
  Pick<PlannedTask, 'id' | 'index'> & {
    /** What it asks is not known, and will not be in this run. Default false. */
    readonly isUnknown?: boolean;
  };

export type ResumeMode = 'resume' | 'retry-failed';

/**
 * What to do with a task, and why:
 * `keep`: `line` holds its answer. `run`: send it. `leave`: not part of this run (`--retry-failed` only).
 */
export type ResumeDecision =
  | { readonly kind: 'keep'; readonly line: number }
  /** `like` is the line of an answer to the same content that belongs to another task. */
  | { readonly kind: 'run'; readonly reason: RunReason; readonly like?: number }
  | { readonly kind: 'leave'; readonly reason: 'new' | 'changed' | 'duplicate' };

/**
 * `new`: neither its id nor its content is in the file. `changed`: its id is, with other content.
 * `duplicate`: the same content was answered, but for other tasks, and each needs an answer of its own.
 * `invalid`: its answer is not valid against its schema, so it is not what a model was asked for.
 * The others: how the earlier run ended it.
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
 * Announces a task of the plan. When all tasks are announced before the first decision, a record goes to the
 * task of its own id if that task wants it, else to the first one that asks for its content. Tasks that this run
 * does not decide are announced too: what is theirs stays theirs.
 */
export function expectTask(table: LineTable, task: ExpectedTask): void {
  const own = ownLines(table, task);
  expectLines(table, task, own);
  if (!task.isUnknown) return;
  // Any record of its id may be its own.
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
 * Decides a task as `decideTask` would, where that hangs on no other task: no other task can need
 * its record. Otherwise undefined, and the task is only registered, as with `expectTask`: ask again
 * once all are. Most tasks need no second look.
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

/** Whether no record of another task has its content; of one that failed with it, only where it has none itself. */
function isAlone(table: LineTable, { contents, attempts }: OwnLines): boolean {
  const { succeeded, unsuccessful } = findersOf(table);
  return contents.every(
    (content) =>
      succeeded.newest(content) === NONE &&
      (attempts.length > 0 || unsuccessful.newest(content) === NONE),
  );
}

/**
 * Decides one task; ask once for each. Matching is by content: each record answers one task, that
 * of the same id if it can be, so that N tasks of the same content need N records.
 */
export function decideTask(
  table: LineTable,
  task: PlannedTask,
  options: { readonly mode: ResumeMode },
): ResumeDecision {
  return decided(table, task, { ...options, own: ownLines(table, task) });
}

/** Takes back that a line was kept: its task is sent after all. */
export function rejectLine(table: LineTable, line: number): void {
  table.columns.use.set(line, USE.spent);
}

/** Forgets how tasks find their lines: more than half of what a line takes. */
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
  // A prompt that was fixed after its task had failed is what `--retry-failed` is for.
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
  /** Of its request to each model that may answer it; empty if it could not be rendered. */
  readonly contents: readonly Uint32Array[];
  /** The lines of its id that are not aside, newest first. */
  readonly all: readonly number[];
  /** The newest line of its id, aside or not, that answers this content and is not given away, or `NONE`. */
  readonly answer: number;
  /** Those of them that tried this content, or did not get as far, without success; newest first. */
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
  // A task that could not be rendered has a record without fingerprint.
  const attempts = all.filter(
    (line) => !succeeded(line) && (isLike(line) || hasKey(fingerprintKey, line, NO_KEY)),
  );
  return { contents, all, answer: answer ?? NONE, attempts };
}

const NO_KEY = new Uint32Array(KEY_WORDS);

function takeAnswer(table: LineTable, contents: readonly Uint32Array[]): number {
  return take(findersOf(table).succeeded, contents, (line) => useOf(table, line) === USE.free);
}

/** Only one that no task of its own id made: it is the one that this task left under another id. */
function takeAttempt(table: LineTable, contents: readonly Uint32Array[]): number {
  return take(findersOf(table).unsuccessful, contents, (line) => useOf(table, line) === USE.free);
}

/**
 * The newest line of the first fingerprint that has one that may be taken, or `NONE`. Those passed
 * over are never looked at again.
 */
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
