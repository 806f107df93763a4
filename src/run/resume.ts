import type { RunReason, TaskContent } from '../journal/decide.ts';
import type { Journal } from '../journal/journal.ts';
import type { Plan } from '../plan/plan.ts';
import type { Task } from '../plan/task.ts';
import type { ResultRecord } from '../results/record.ts';
import { decideNeeding } from './decide-needing.ts';
import type { PreparedRun } from './prepare.ts';
import { hostsOf, laneName, taskContent } from './task-content.ts';

/** Which tasks of a plan are still to be sent, after what an earlier run left. */
export interface Resumption {
  /** Tasks whose record is kept, as far as is known at the start: nothing is sent for them. */
  readonly kept: number;
  /** Tasks that this kind of resume leaves alone: they have no record. */
  readonly left: number;
  /** Tasks that will have a new record, by lane (`provider/model`); those not decided yet count. */
  readonly toSend: ReadonlyMap<string, number>;
  /** Whether the task is sent, or may be. */
  sends(task: Task): boolean;
  fateOf(task: Task): Fate;
  /** The record of a task whose fate is `keep`. */
  recordOf(task: Task): Promise<ResultRecord>;
  /** Decides a task that was undecided, now that its request is known. Ask once for each. */
  decide(task: Task, content: TaskContent): Promise<Decided>;
  /** Whether every task has been decided. */
  readonly isComplete: boolean;
}

/** `undecided`: its request is made of the results of others, or another's answer is to be shared. */
export type Fate = 'send' | 'keep' | 'leave' | 'undecided';

export type Decided =
  | { readonly kind: 'send' }
  | { readonly kind: 'leave' }
  | { readonly kind: 'keep'; readonly record: ResultRecord }
  /** The record is of another task that asked for the same. */
  | { readonly kind: 'share'; readonly record: ResultRecord };

/** Told for each task that is sent although there is a results file, and why. */
export type Explain = (id: string, reason: RunReason) => void;

/** The part of the journal that decides; a preview of one decides the same. */
type Decider = Pick<Journal, 'expect' | 'decide' | 'recordAt'>;

/**
 * Decides for every task of the plan whose request is known. Reads the rows twice: a record belongs
 * first to the task of its own id, and which ids there are is known only after the first pass.
 */
export async function decideTasks(
  prepared: PreparedRun,
  journal: Decider,
  options: {
    readonly explain?: Explain | undefined;
    /** Ends the reading; the promise rejects with its reason. */
    readonly signal?: AbortSignal;
  } = {},
): Promise<Resumption> {
  const { explain, signal } = options;
  const hosts = hostsOf(prepared);
  const { plan } = prepared;
  for await (const { task, content } of contents(plan, plan.unselected(), hosts)) {
    signal?.throwIfAborted();
    journal.expect({ id: task.id, ...content });
  }
  for await (const { task, content } of contents(plan, plan.tasks(), hosts)) {
    signal?.throwIfAborted();
    journal.expect({ id: task.id, ...content });
  }
  const fates = new Uint8Array(plan.end);
  /** Of the record that is kept or shared. */
  const lines = new Int32Array(plan.end);

  const toSend = new Map<string, number>();
  const counts = { keep: 0, leave: 0, undecided: 0 };

  function decideNow(task: Task, content: TaskContent): Fate | 'share' {
    const { id, index } = task;
    const decision = journal.decide({ id, task: task.template.id, index, ...content });
    if (decision.kind === 'leave') return 'leave';
    if (decision.kind === 'keep') {
      lines[index] = decision.line;
      return 'keep';
    }
    if (decision.like !== undefined && task.sample === undefined) {
      lines[index] = decision.like;
      return 'share';
    }
    explain?.(id, decision.reason);
    return 'send';
  }

  function recordOf({ index }: Task): Promise<ResultRecord> {
    return journal.recordAt(lines[index] ?? 0);
  }

  function count(task: Task, fate: Fate | 'share', change: 1 | -1): void {
    if (fate === 'keep' || fate === 'leave') {
      counts[fate] += change;
      return;
    }
    if (fate === 'undecided') counts.undecided += change;
    const lane = laneName(task.template.model);
    toSend.set(lane, (toSend.get(lane) ?? 0) + change);
  }

  function enter(task: Task, fate: Fate | 'share'): void {
    fates[task.index] = FATES.indexOf(fate);
    count(task, fate, 1);
  }

  for await (const { task, content, isKnown } of contents(plan, plan.tasks(), hosts)) {
    signal?.throwIfAborted();
    enter(task, isKnown ? decideNow(task, content) : 'undecided');
  }
  const fateOf = ({ index }: Task): Fate | 'share' => FATES[fates[index] ?? 0] ?? 'send';
  await decideNeeding({
    plan,
    hostOf: hosts,
    isKept: (task) => fateOf(task) === 'keep',
    recordOf,
    decide(task, content) {
      count(task, 'undecided', -1);
      enter(task, decideNow(task, content));
    },
    signal,
  });
  return {
    kept: counts.keep,
    left: counts.leave,
    toSend,
    sends: (task) => ['send', 'undecided'].includes(fateOf(task)),
    fateOf: (task) => {
      const fate = fateOf(task);
      return fate === 'share' ? 'undecided' : fate;
    },
    recordOf,
    async decide(task, content) {
      const before = fateOf(task);
      if (before === 'undecided') counts.undecided -= 1;
      const fate = before === 'undecided' ? decideNow(task, content) : before;
      if (fate === 'leave') return { kind: 'leave' };
      if (fate !== 'keep' && fate !== 'share') return { kind: 'send' };
      return { kind: fate, record: await recordOf(task) };
    },
    get isComplete() {
      return counts.undecided === 0;
    },
  };
}

const FATES: ReadonlyArray<Fate | 'share'> = ['send', 'keep', 'leave', 'undecided', 'share'];

/** One that builds on results of others is known by nothing yet. */
async function* contents(
  plan: Plan,
  tasks: AsyncIterable<Task>,
  hostOf: (lane: string) => string,
): AsyncGenerator<{
  readonly task: Task;
  readonly content: TaskContent;
  readonly isKnown: boolean;
}> {
  for await (const task of tasks) {
    const isKnown = task.template.needs === undefined;
    const content = isKnown ? await taskContent(task, { plan, hostOf }) : NOTHING_KNOWN;
    yield { task, content, isKnown };
  }
}

const NOTHING_KNOWN: TaskContent = { fingerprint: undefined };
