import type {
  PlannedTask,
  ResumeDecision,
  RunReason,
  TaskContent,
} from '../journal/match-records.ts';
import type { Journal } from '../journal/journal.ts';
import type { NeedsData } from '../plan/needs-data.ts';
import type { Task } from '../plan/task.ts';
import { cachedRecord } from '../results/unsent-record.ts';
import type { ResultRecord } from '../results/record.ts';
import type { CachedAnswers } from './cached-answers.ts';
import { decideNeeding } from './resume-needing.ts';
import { interruptible } from './interruptible.ts';
import type { PreparedRun } from './prepare.ts';
import { hostsOf, laneName, taskContent } from './task-content.ts';

/** Which tasks of a plan still have to be sent, given the results of earlier runs. */
export interface Resumption {
  /** Tasks whose record is kept, as known at the start: they are not sent. */
  readonly kept: number;
  /** Tasks that are not part of this kind of resume. They have no record. */
  readonly left: number;
  /** Tasks that will get a new record, by lane (`provider/model`), including undecided ones. */
  readonly toSend: ReadonlyMap<string, number>;
  /** The same by entry id. */
  readonly toSendOfEntry: ReadonlyMap<string, number>;
  /** Tasks with an answer in the response cache, as known at the start. */
  readonly cached: number;
  /** Whether the task will or may be sent. */
  sends(task: Task): boolean;
  /** Whether an answer is in the results or the cache, for this task or for another with the same request. */
  hasAnswer(task: Task): boolean;
  /** Whether the task certainly needs no request: it has its answer, or it cannot be sent. */
  needsNoSending(task: Task): boolean;
  fateOf(task: Task): Fate;
  /** The record of a task whose fate is `keep`. */
  recordOf(task: Task): Promise<ResultRecord>;
  /** Decides an undecided task when its needs are known. Call it once per task. */
  decide(task: Task, needs: NeedsData | 'skipped' | undefined): Promise<Decided>;
  /** How many kept answers are unexpected, as far as known. */
  unexpected?(): number;
  /** Answers in use that were not sealed with the caller's key. */
  readonly fromElsewhere: FromElsewhere;
  /** Whether all tasks of the manifest take part and are decided, so that no other task needs a record. */
  coversAll(): boolean;
}

export interface FromElsewhere {
  /** Without a seal. */
  readonly unsealed: number;
  /** Sealed with another key, or changed after sealing. */
  readonly foreign: number;
  /** Whether tasks that are still undecided may use more. */
  readonly mayGrow: boolean;
  /** How many of them come from the response cache. */
  readonly cached: number;
}

/** `undecided`: its request depends on other results, or it will share another task's answer. */
export type Fate = 'send' | 'keep' | 'leave' | 'undecided';

export type Decided =
  | { readonly kind: 'send' }
  | { readonly kind: 'leave' }
  | { readonly kind: 'keep'; readonly record: ResultRecord }
  /** The record of another task with the same request. */
  | { readonly kind: 'share'; readonly record: ResultRecord };

/** Called with the reason for each task that is sent despite a results file. The next task waits for it. */
export type Explain = (id: string, reason: RunReason) => Promise<void>;

/** The part of the journal that decides, which a preview also has. */
type Decider = Pick<
  Journal,
  'found' | 'expect' | 'decideAlone' | 'decide' | 'endDeciding' | 'recordAt' | 'sealOf' | 'reject'
> &
  Partial<Pick<Journal, 'wasUnexpected' | 'judge'>>;

/**
 * Decides every task of the plan whose request is known. A record belongs first to the task of its own id, and all ids
 * are known only after a first pass; so the rows are read a second time for tasks that match a record by content only.
 */
export async function decideTasks(
  prepared: PreparedRun,
  results: Decider | undefined,
  options: {
    /** Called for each task that would be sent otherwise. */
    readonly cached?: CachedAnswers | undefined;
    readonly explain?: Explain | undefined;
    /** Cancels reading: the promise rejects with its reason. */
    readonly signal?: AbortSignal;
  } = {},
): Promise<Resumption> {
  const { explain, cached, signal } = options;
  const journal = results ?? NOTHING_DONE;
  const hostOf = hostsOf(prepared);
  const withEarlier = journal.found?.isOfEarlierRelease ?? false;
  const { plan } = prepared;
  const fates = new Uint8Array(plan.end);
  /** The journal line of a task's kept or shared record. */
  const lines = new Int32Array(plan.end);

  /** The fingerprints of cached tasks with needs: computing them again would take the results of the needs. */
  const fingerprintsOf = new Map<number, readonly string[]>();

  const toSend = new Map<string, number>();
  const toSendOfEntry = new Map<string, number>();
  const counts = { keep: 0, leave: 0, undecided: 0, cached: 0, unexpected: 0 };
  const elsewhere = { unsealed: 0, foreign: 0, cached: 0 };

  function decideNow(task: Task, content: TaskContent, needs?: NeedsData): Promise<InnerFate> {
    return fateBy(journal.decide(planned(task, content)), task, content, needs);
  }

  async function fateBy(
    decision: ResumeDecision,
    task: Task,
    { fingerprints }: TaskContent,
    needs?: NeedsData,
  ): Promise<InnerFate> {
    const { id, index } = task;
    if (decision.kind === 'leave') return 'leave';
    const line = decision.kind === 'keep' ? decision.line : decision.like;
    const isUsed = line !== undefined && (decision.kind === 'keep' || task.sample === undefined);
    if (isUsed && (await isValid(task, line))) {
      const seal = journal.sealOf(line);
      if (seal !== 'ours') elsewhere[seal] += 1;
      lines[index] = line;
      if (decision.kind === 'keep') await judgeKept(task, line, needs);
      return decision.kind === 'keep' ? 'keep' : 'share';
    }
    if (decision.kind === 'keep') journal.reject(decision.line);
    const answer = await cached?.find(task, fingerprints, signal);
    if (answer) {
      if (answer.seal !== 'ours') {
        elsewhere[answer.seal] += 1;
        elsewhere.cached += 1;
      }
      if (hasNeeds(task)) fingerprintsOf.set(index, fingerprints);
      return 'cached';
    }
    // A task that cannot be rendered is not sent: it fails or is skipped again.
    const reason = isUsed ? 'invalid' : decision.kind === 'run' ? decision.reason : 'changed';
    if (fingerprints.length === 0) return 'unsendable';
    await explain?.(id, reason);
    return 'send';
  }

  /** Applies the current `expect`, which may have changed, and updates the record. */
  async function judgeKept(task: Task, line: number, needs: NeedsData | undefined): Promise<void> {
    if (!task.template.expect && journal.wasUnexpected?.(line) !== true) return;
    const record = await journal.recordAt(line);
    const { output, provider, model } = record;
    if (output === undefined) return;
    const reason = await plan.judge(task, { output, model: { provider, model }, needs });
    if (reason !== undefined) counts.unexpected += 1;
    if (reason !== record.unexpected_reason) journal.judge?.(line, reason);
  }

  /** The caller's seal proves that an answer was checked; any other answer is checked again. */
  async function isValid({ template: { schema } }: Task, line: number): Promise<boolean> {
    if (!schema || journal.sealOf(line) === 'ours') return true;
    const { output } = await journal.recordAt(line);
    return (await schema.read(JSON.stringify(output), signal)).ok;
  }

  async function contentOf(task: Task, needs?: NeedsData | 'skipped'): Promise<TaskContent> {
    // The content of a task that builds on other results is unknown until these are there.
    const isUnknown = needs === 'skipped' || (needs === undefined && hasNeeds(task));
    return isUnknown
      ? { fingerprints: [] }
      : taskContent(task, { plan, hostOf, withEarlier, needs });
  }

  async function recordOf(task: Task): Promise<ResultRecord> {
    if (fateOf(task) !== 'cached') return journal.recordAt(lines[task.index] ?? 0);
    const fingerprints = fingerprintsOf.get(task.index) ?? (await contentOf(task)).fingerprints;
    const found = await cached?.find(task, fingerprints, signal);
    if (!found) throw new Error(`the cached answer to \`${task.id}\` is gone`);
    return cachedRecord(task, found.answer, { epochMs: 0 });
  }

  function count(task: Task, fate: InnerFate, change: 1 | -1): void {
    if (fate === 'keep' || fate === 'leave') {
      counts[fate] += change;
      return;
    }
    if (fate === 'undecided' || fate === 'cached') counts[fate] += change;
    const lane = laneName(task.template.model);
    toSend.set(lane, (toSend.get(lane) ?? 0) + change);
    const { id: entry } = task.template;
    toSendOfEntry.set(entry, (toSendOfEntry.get(entry) ?? 0) + change);
  }

  function enter(task: Task, fate: InnerFate): void {
    fates[task.index] = FATES.indexOf(fate);
    count(task, fate, 1);
  }

  function endIfAllDecided(): void {
    if (counts.undecided === 0) journal.endDeciding();
  }

  const isOpen = ({ index }: Task): boolean => fates[index] === OPEN;
  const fateOf = ({ index }: Task): InnerFate => FATES[fates[index] ?? OPEN] ?? 'send';

  // Records of unselected tasks stay with their tasks.
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
      if (isOpen(task)) enter(task, await decideNow(task, await contentOf(task)));
    }
  }
  await decideNeeding({
    plan,
    isKept: (task) => fateOf(task) === 'keep' || fateOf(task) === 'cached',
    recordOf,
    async decide(task, needs) {
      count(task, 'undecided', -1);
      enter(task, await decideNow(task, await contentOf(task, needs), needs));
    },
    signal,
  });
  endIfAllDecided();
  return {
    kept: counts.keep,
    left: counts.leave,
    toSend,
    toSendOfEntry,
    cached: counts.cached,
    sends: (task) => ['send', 'unsendable', 'undecided'].includes(fateOf(task)),
    hasAnswer: (task) => ['keep', 'share', 'cached'].includes(fateOf(task)),
    needsNoSending: (task) => !['send', 'undecided'].includes(fateOf(task)),
    fateOf: (task) => {
      const fate = fateOf(task);
      if (fate === 'share') return 'undecided';
      // The flow looks in the cache again when the task's turn comes.
      return fate === 'cached' || fate === 'unsendable' ? 'send' : fate;
    },
    recordOf,
    async decide(task, needs) {
      const isUndecided = fateOf(task) === 'undecided';
      // Before the count changes: while this waits, the task must not count as decided.
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
      return { ...elsewhere, mayGrow };
    },
    unexpected: () => counts.unexpected,
    coversAll: () => counts.undecided === 0 && plan.selection === undefined,
  };
}

/** Not decided yet. */
const OPEN = 0;
const FATES: ReadonlyArray<InnerFate | undefined> = [
  undefined,
  'send',
  'keep',
  'leave',
  'undecided',
  'share',
  'cached',
  'unsendable',
];

/** `unsendable`: it makes no request, but gets a record that says why. */
type InnerFate = Fate | 'share' | 'cached' | 'unsendable';

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

function planned(task: Task, content: TaskContent): PlannedTask {
  const { id, index, key, matrix, template } = task;
  return {
    id,
    task: template.id,
    index,
    ...(key !== undefined && { key }),
    ...(matrix && { matrix }),
    ...content,
  };
}

function hasNeeds({ template }: Task): boolean {
  return template.needs !== undefined;
}
