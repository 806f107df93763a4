import type { Journal } from '../journal/journal.ts';
import type { PlannedTask, ResumeDecision, TaskContent } from '../journal/match-records.ts';
import type { NeedsData } from '../plan/needs-data.ts';
import type { Task } from '../plan/task.ts';
import type { ResultRecord } from '../results/record.ts';
import { cachedRecord } from '../results/cached-record.ts';
import { isStillValid, type CachedAnswers } from './check-kept-answers.ts';
import type { PreparedRun } from './prepare-run.ts';
import type { Explain } from './resume.ts';
import type { Fates, InnerFate } from './resume-fates.ts';
import { hostsOf, taskContent } from './task-content.ts';

/** The part of the journal that makes decisions; a preview also has it. */
export type Decider = Pick<
  Journal,
  'found' | 'expect' | 'decideAlone' | 'decide' | 'endDeciding' | 'recordAt' | 'sealOf' | 'reject'
> &
  Partial<Pick<Journal, 'wasUnexpected' | 'judge'>>;

/** Decides each task as soon as its request is known. */
export function createTaskDecider({
  prepared,
  journal,
  fates: { counts, fateOf },
  explain,
  cached,
  signal,
}: {
  readonly prepared: PreparedRun;
  readonly journal: Decider;
  readonly fates: Fates;
  readonly cached?: CachedAnswers | undefined;
  readonly explain?: Explain | undefined;
  readonly signal?: AbortSignal;
}) {
  const { plan } = prepared;
  const hostOf = hostsOf(prepared);
  const withEarlier = journal.found?.isOfEarlierRelease ?? false;
  /** The journal line of each task's kept or shared record. */
  const lines = new Int32Array(plan.end);
  /**
   * The fingerprints of cached tasks with needs. Computing them again would require the results of
   * those needs.
   */
  const fingerprintsOf = new Map<number, readonly string[]>();
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

  /** Applies the current `expect`, which may have changed, and updates the verdict. */
  async function judgeKept(task: Task, line: number, needs: NeedsData | undefined): Promise<void> {
    if (!task.template.expect && journal.wasUnexpected?.(line) !== true) return;
    const record = await journal.recordAt(line);
    const { output, provider, model } = record;
    if (output === undefined) return;
    const reason = await plan.judge(task, { output, model: { provider, model }, needs });
    if (reason !== undefined) counts.unexpected += 1;
    if (reason !== record.unexpected_reason) journal.judge?.(line, reason);
  }

  function isValid({ template }: Task, line: number): Promise<boolean> {
    const output = async () => (await journal.recordAt(line)).output;
    return isStillValid(template, journal.sealOf(line), output, signal);
  }

  async function contentOf(task: Task, needs?: NeedsData | 'skipped'): Promise<TaskContent> {
    // The content of a task that needs other results is unknown until these results exist.
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

  return { decideNow, fateBy, contentOf, recordOf, elsewhere };
}

export function planned(task: Task, content: TaskContent): PlannedTask {
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

export function hasNeeds({ template }: Task): boolean {
  return template.needs !== undefined;
}
