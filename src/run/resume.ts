import type { RunReason } from '../journal/match-records.ts';
import type { NeedsData } from '../plan/needs-data.ts';
import type { Task } from '../plan/task.ts';
import type { ResultRecord } from '../results/record.ts';
import type { CachedAnswers } from './check-kept-answers.ts';
import { interruptible } from './interruptible.ts';
import type { PreparedRun } from './prepare-run.ts';
import { createTaskDecider, hasNeeds, planned, type Decider } from './resume-decider.ts';
import { createFates } from './resume-fates.ts';
import { decideNeeding } from './resume-needing.ts';

/** Which tasks of a plan still have to be sent, given the results of earlier runs. */
export interface Resumption {
  /** How many tasks keep their record, as known at the start. They are not sent. */
  readonly kept: number;
  /** How many tasks are not part of this kind of resume. They have no record. */
  readonly left: number;
  /**
   * How many tasks of each lane (`provider/model`) will get a new record, including undecided ones.
   */
  readonly toSend: ReadonlyMap<string, number>;
  /** The same counts by entry id. */
  readonly toSendOfEntry: ReadonlyMap<string, number>;
  /** How many tasks have an answer in the response cache, as known at the start. */
  readonly cached: number;
  /** Whether the task will or may be sent. */
  sends(task: Task): boolean;
  /**
   * Whether the results or the cache contain an answer, for this task or for another one with the
   * same request.
   */
  hasAnswer(task: Task): boolean;
  /**
   * Whether it is certain that the task needs no request, because it has its answer or cannot be
   * sent.
   */
  needsNoSending(task: Task): boolean;
  fateOf(task: Task): Fate;
  /** The record of a task whose fate is `keep`. */
  recordOf(task: Task): Promise<ResultRecord>;
  /** Decides an undecided task when its needs have ended. Call it once per task. */
  decide(task: Task, needs: NeedsData | 'skipped' | undefined): Promise<Decided>;
  /** How many kept answers are known to be unexpected. */
  unexpected?(): number;
  /** How many answers in use were not sealed with the caller's key. */
  readonly fromElsewhere: FromElsewhere;
  /**
   * Whether all tasks of the manifest take part and are decided, so no other task needs a record.
   */
  coversAll(): boolean;
}

export interface FromElsewhere {
  /** Answers without a seal. */
  readonly unsealed: number;
  /** Answers that were sealed with another key, or changed after sealing. */
  readonly foreign: number;
  /** Whether tasks that are still undecided may use more such answers. */
  readonly mayGrow: boolean;
  /** How many of these answers come from the response cache. */
  readonly cached: number;
}

/**
 * `undecided`: the task's request depends on other results, or the task will share another task's
 * answer.
 */
export type Fate = 'send' | 'keep' | 'leave' | 'undecided';

export type Decided =
  | { readonly kind: 'send' }
  | { readonly kind: 'leave' }
  | { readonly kind: 'keep'; readonly record: ResultRecord }
  /** The record of another task with the same request. */
  | { readonly kind: 'share'; readonly record: ResultRecord };

/**
 * Called with the reason for each task that is sent although there is a results file. The next task
 * waits until the call is done.
 */
export type Explain = (id: string, reason: RunReason) => Promise<void>;

/**
 * Decides every task of the plan whose request is known. A record belongs first to the task with
 * its own id, and all ids are known only after a first pass. So the rows are read a second time for
 * tasks that match a record only by content.
 */
export async function decideTasks(
  prepared: PreparedRun,
  results: Decider | undefined,
  options: {
    /** Looks up each task that would otherwise be sent. */
    readonly cached?: CachedAnswers | undefined;
    readonly explain?: Explain | undefined;
    /** Cancels reading: the promise rejects with its reason. */
    readonly signal?: AbortSignal;
  } = {},
): Promise<Resumption> {
  const { signal } = options;
  const journal = results ?? NOTHING_DONE;
  const { plan } = prepared;
  const fates = createFates(plan.end);
  const { counts, enter, fateOf } = fates;

  function endIfAllDecided(): void {
    if (counts.undecided === 0) journal.endDeciding();
  }

  const decider = createTaskDecider({ ...options, prepared, journal, fates });
  const { decideNow, fateBy, contentOf, recordOf } = decider;

  // Unselected tasks are announced too, so that their records stay with them.
  for await (const task of interruptible(plan.unselected(), signal)) {
    journal.expect({ ...planned(task, await contentOf(task)), isUnknown: hasNeeds(task) });
  }
  let open = 0;
  for await (const task of interruptible(plan.tasks(), signal)) {
    const content = await contentOf(task);
    if (hasNeeds(task)) {
      journal.expect(planned(task, content));
      enter(task, 'undecided');
      continue;
    }
    const decision = journal.decideAlone(planned(task, content));
    if (decision) enter(task, await fateBy(decision, task, content));
    else open += 1;
  }
  if (open > 0) {
    for await (const task of interruptible(plan.tasks(), signal)) {
      if (fates.isOpen(task)) enter(task, await decideNow(task, await contentOf(task)));
    }
  }
  await decideNeeding({
    plan,
    isKept: (task) => fateOf(task) === 'keep' || fateOf(task) === 'cached',
    recordOf,
    async decide(task, needs) {
      fates.reopen(task);
      enter(task, await decideNow(task, await contentOf(task, needs), needs));
    },
    signal,
  });
  endIfAllDecided();
  return {
    kept: counts.keep,
    left: counts.leave,
    toSend: fates.toSend,
    toSendOfEntry: fates.toSendOfEntry,
    cached: counts.cached,
    sends: (task) => ['send', 'unsendable', 'undecided'].includes(fateOf(task)),
    hasAnswer: (task) => ['keep', 'share', 'cached'].includes(fateOf(task)),
    needsNoSending: (task) => !['send', 'undecided'].includes(fateOf(task)),
    fateOf: (task) => {
      const fate = fateOf(task);
      if (fate === 'share') return 'undecided';
      // The flow looks up the answer in the cache again when it is the task's turn.
      return fate === 'cached' || fate === 'unsendable' ? 'send' : fate;
    },
    recordOf,
    async decide(task, needs) {
      const isUndecided = fateOf(task) === 'undecided';
      // This comes before the count changes: until the content is known, the task must not count as
      // decided.
      const content = isUndecided ? await contentOf(task, needs) : undefined;
      if (isUndecided) counts.undecided -= 1;
      const data = needs === 'skipped' ? undefined : needs;
      const fate = content ? await decideNow(task, content, data) : fateOf(task);
      endIfAllDecided();
      if (fate === 'leave') return { kind: 'leave' };
      if (fate !== 'keep' && fate !== 'share') return { kind: 'send' };
      return { kind: fate, record: await recordOf(task) };
    },
    get fromElsewhere() {
      const mayGrow = counts.undecided > 0 && journal.found?.isFromElsewhere === true;
      return { ...decider.elsewhere, mayGrow };
    },
    unexpected: () => counts.unexpected,
    coversAll: () => counts.undecided === 0 && plan.selection === undefined,
  };
}

/** The decider of a run without earlier results. */
const NOTHING_DONE: Decider = {
  found: undefined,
  expect: () => undefined,
  decideAlone: () => ({ kind: 'run', reason: 'new' }),
  decide: () => ({ kind: 'run', reason: 'new' }),
  endDeciding: () => undefined,
  recordAt: () => Promise.reject(new Error('there is no record')),
  sealOf: () => 'unsealed',
  reject: () => undefined,
};
