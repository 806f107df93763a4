import type { ResumeDecision } from '../../src/journal/match-records.ts';
import type { JournalMode } from '../../src/journal/open-results.ts';
import type { ResultRecord } from '../../src/results/record.ts';
import type { Resumption } from '../../src/run/resume.ts';
import type { ExpandedTask } from './entries.ts';
import { shareOf } from './part.ts';
import { priceUsd } from './manifest.ts';
import { promptOf } from './tasks.ts';
import type { LifeEnd } from './life.ts';
import { answeredContent, NO_RESULTS, type ResultsFile } from './results-file.ts';
import type { Life, Scenario } from './scenario.ts';
import type { Watch } from './watch.ts';

/**
 * What the world remembers from one life to the next. The program must prove that it remembers the
 * same.
 */
export interface Memory {
  /**
   * Starts a life with the content of the disk; returns the mode that a sensible user would choose.
   */
  begin(file: ResultsFile, life: Life): JournalMode;
  /** Checks the program's decisions against the content of the file. */
  decided(id: string, decision: ResumeDecision, watch: Watch): void;
  allDecided(resumption: Resumption, watch: Watch): void;
  /** A record was reported durable. */
  kept(record: ResultRecord): void;
  /** Whether there is a durable answer to this content, so that it must not be sent again. */
  isAnswered(content: string): boolean;
  keptIds(): ReadonlySet<string>;
  /**
   * Compares what is on the disk after a life with what was reported durable, and the money with
   * the budget.
   */
  end(after: { readonly end: LifeEnd; readonly file: ResultsFile; readonly watch: Watch }): void;
}

export function createMemory(scenario: Scenario): Memory {
  /**
   * The content of every answer that was ever reported durable, by request id. It may move, but
   * must never be gone.
   */
  const durable = new Map<string, string>();
  /** What the servers charged for attempts that are mentioned in some record. */
  let knownUsd = 0;
  /** The part of it that is mentioned in durable records, so that a later run must know it. */
  let toldUsd = 0;
  let life: Life | undefined;
  let share = scenario;
  let mode: JournalMode = 'new';
  let before: ResultsFile = NO_RESULTS;
  /**
   * How often each content is wanted by the tasks of this life, and by all tasks of the manifest.
   */
  let asked = new Map<string, number>();
  let planned = new Map<string, number>();
  /** Contents of tasks that need other tasks. */
  let needing = new Set<string>();
  let answered = new Map<string, number>();
  /** Contents that were already answered in the file. */
  let answeredBefore = new Set<string>();
  let keptIds = new Set<string>();
  let leftIds = new Set<string>();
  /** How often each content was recorded durably in this life. */
  let recorded = new Map<string, number>();

  return {
    begin(file, next) {
      life = next;
      share = shareOf(scenario, next);
      before = file;
      mode = next.mode;
      if (file.bytes && mode === 'new') mode = 'resume';
      if (!file.bytes && mode !== 'new') mode = 'resume';
      if (mode === 'overwrite') durable.clear();
      if (mode === 'overwrite') knownUsd = 0;
      toldUsd = mode === 'overwrite' ? 0 : before.records.reduce(addSpentUsd, 0);
      asked = countedBy(wantedBy(next.tasks));
      planned = countedBy(wantedBy([...next.tasks, ...next.leftOut]));
      needing = new Set(next.tasks.flatMap((task) => (task.needs.length > 0 ? task.content : [])));
      answered = new Map();
      answeredBefore = new Set(mode === 'overwrite' ? [] : answersIn(before));
      keptIds = new Set();
      leftIds = new Set();
      recorded = new Map();
      return mode;
    },

    decided(id, { kind }, watch) {
      const task = life?.tasks.find((each) => each.id === id);
      if (kind === 'leave') leftIds.add(id);
      if (kind !== 'keep' || !task) return;
      const { content } = task;
      add(answered, content, 1);
      keptIds.add(id);
      const there = mode === 'overwrite' ? 0 : answersIn(before).filter(is(content)).length;
      if ((answered.get(content) ?? 0) > there) watch.report('resume', `${id} is kept needlessly`);
    },

    allDecided({ kept, toSend }, watch) {
      for (const { name } of scenario.lanes) {
        const own = life?.tasks.filter(({ id, lane }) => lane === name && !keptIds.has(id)) ?? [];
        const count = own.filter(({ id }) => !leftIds.has(id)).length;
        const told = toSend.get(name) ?? 0;
        if (told !== count)
          watch.report('sum', `${told} are to be sent to ${name}, it is ${count}`);
      }
      if (keptIds.size !== kept) watch.report('resume', `${kept} are kept, not ${keptIds.size}`);
      const there = countedBy(mode === 'overwrite' ? [] : answersIn(before));
      for (const task of life?.leftOut ?? []) {
        // The request of a task is unknown without its needs, so any of its earlier answers may
        // still be wanted.
        if (task.needs.length > 0) {
          const own = before.records.filter(({ id }) => id === task.id);
          for (const content of own.flatMap((record) => answeredContent(record) ?? []))
            add(there, content, -1);
        } else if (holdsAnswerOf(task, before)) add(there, task.content, -1);
      }
      for (const [content, count] of asked) {
        // The request of a task with needs is known only when they have ended.
        if (needing.has(content)) continue;
        const wanted = Math.min(there.get(content) ?? 0, count);
        if ((answered.get(content) ?? 0) < wanted) {
          watch.report('paid once', `${content} would be sent again`);
        }
      }
      if (mode !== 'overwrite') checkOwnAnswers(watch);
    },

    kept(record) {
      toldUsd = addSpentUsd(toldUsd, record);
      const content = contentOfRecord(record, life);
      if (content !== undefined) add(recorded, content, 1);
      // The record replaces an answer that the task had, because its current request is unknown.
      if (content !== undefined && record.error?.code === 'DEPENDENCY_FAILED') {
        add(planned, content, -1);
      }
      if (record.status !== 'succeeded' || content === undefined) return;
      add(answered, content, 1);
      if (record.request_id === null) return;
      durable.set(record.request_id, content);
    },

    isAnswered: (content) => (answered.get(content) ?? 0) > 0 || answeredBefore.has(content),
    keptIds: () => keptIds,

    end({ end, file, watch }) {
      checkDurable(file, watch);
      checkLeftOut(file, watch);
      if (end.kind === 'ended' || end.kind === 'failed') checkTold(file, watch);
      checkMoney(end, watch);
      if (end.kind === 'ended') checkUsedUp(end, watch);
      if (end.kind !== 'crashed') return;
      const slots = slotsOf(share);
      const lost = watch.atRisk().length;
      if (lost > slots)
        watch.report('paid once', `a crash costs ${lost} answers, of ${slots} slots`);
    },
  };

  /** However the manifest was edited, a task's own answer must not go to another task. */
  function checkOwnAnswers(watch: Watch): void {
    for (const task of life?.tasks ?? []) {
      const { id, needs, isWanted } = task;
      if (needs.length > 0 || !isWanted || keptIds.has(id)) continue;
      if (holdsAnswerOf(task, before)) watch.report('resume', `${id} loses its own answer`);
    }
  }

  /** Records of tasks that this run leaves out must be kept for a later run. */
  function checkLeftOut(file: ResultsFile, watch: Watch): void {
    if (mode === 'overwrite') return;
    for (const task of life?.leftOut ?? []) {
      if (holdsAnswerOf(task, before) && !holdsAnswerOf(task, file)) {
        watch.report('kept', `the answer of ${task.id} is gone, which is not in this part`);
      }
    }
  }

  function checkDurable(file: ResultsFile, watch: Watch): void {
    for (const line of file.badLines) {
      // A power cut leaves zeros in place of bytes that were not synced; they are reported as torn.
      if (!line.includes('\0')) watch.report('resume', `a line is not a record: ${line}`);
    }
    const answers = file.records.filter(({ status }) => status === 'succeeded');
    const present = new Set(answers.map(({ request_id }) => request_id));
    const own = answers.filter(({ shared_with }) => shared_with === undefined);
    if (new Set(own.map(({ request_id }) => request_id)).size < own.length) {
      watch.report('one record', 'an answer is there twice, and not as a shared one');
    }
    for (const [requestId, content] of durable) {
      if (present.has(requestId)) continue;
      watch.report('kept', `${requestId}, durable as the answer to ${content}, is gone`);
      durable.delete(requestId);
    }
  }

  /** Lines may be removed, but their cost must still be known. */
  function checkTold({ records }: ResultsFile, watch: Watch): void {
    const usd = records.reduce(addSpentUsd, 0);
    if (usd < toldUsd - 1e-9) {
      watch.report('budget', `the file tells of ${usd} USD, durable were ${toldUsd}`);
    }
  }

  /**
   * A budget may end a run only if no further attempt fits after everything reserved was released.
   */
  function checkUsedUp(
    { summary, finished }: Extract<LifeEnd, { kind: 'ended' }>,
    watch: Watch,
  ): void {
    if (summary?.stopped_by !== 'budget') return;
    const ended = new Set(finished.map(({ id }) => id));
    const open = (life?.tasks ?? []).filter(({ id }) => !ended.has(id) && !keptIds.has(id));
    const dearestUsd = Math.max(0, ...open.map(worstUsd));
    const earlierUsd = mode === 'overwrite' ? 0 : before.records.reduce(addSpentUsd, 0);
    const spentUsd = finished.reduce(addSpentUsd, earlierUsd);
    const leftUsd = (share.maxCostUsd ?? 0) - spentUsd;
    if (leftUsd > dearestUsd) {
      watch.report('budget', `the run ends with ${leftUsd} USD, enough for ${dearestUsd}`);
    }
  }

  /** The program knows the attempts of this life, and those that are mentioned in a record. */
  function checkMoney(end: LifeEnd, watch: Watch): void {
    const chargedUsd = watch.calls.reduce((sum, call) => sum + call.chargedUsd, 0);
    const { maxCostUsd = Infinity } = share;
    // Earlier lives may have spent more than a shard's share.
    if (chargedUsd > 0 && knownUsd + chargedUsd > maxCostUsd + 1e-9) {
      watch.report(
        'budget',
        `${(knownUsd + chargedUsd).toFixed(4)} USD of ${maxCostUsd} are spent, ${knownUsd.toFixed(4)} before`,
      );
    }
    const isWhole = end.kind === 'ended';
    for (const { content, chargedUsd: usd } of watch.calls) {
      const sent = (planned.get(content) ?? 0) > 1 && !isWhole ? Infinity : 1;
      if (isWhole || (recorded.get(content) ?? 0) >= sent) knownUsd += usd;
    }
  }
}

/**
 * More than one attempt can cost: a token has at least one byte, and the overhead of a request is
 * small.
 */
function worstUsd(task: ExpandedTask): number {
  const inputTokens = promptOf(task).length + 30;
  return priceUsd({ inputTokens, outputTokens: task.maxTokens });
}

/** Adds everything that a record mentions, whether it was or may have been charged. */
function addSpentUsd(sumUsd: number, record: ResultRecord): number {
  const { cost_usd: usd, possibly_paid_usd: perhapsUsd = 0, superseded_usd: goneUsd = 0 } = record;
  return sumUsd + (usd ?? 0) + perhapsUsd + goneUsd;
}

function slotsOf({ lanes, maxConcurrent }: Scenario): number {
  const declared = lanes.map(({ limits }) => limits.concurrency?.max ?? Infinity);
  return Math.min(
    maxConcurrent,
    declared.reduce((sum, max) => sum + max, 0),
  );
}

function contentOfRecord(record: ResultRecord, life: Life | undefined): string | undefined {
  return life?.tasks.find(({ id }) => id === record.id)?.content;
}

function holdsAnswerOf({ id, content }: ExpandedTask, { records }: ResultsFile): boolean {
  return records.some((record) => record.id === id && answeredContent(record) === content);
}

function wantedBy(tasks: readonly ExpandedTask[]): string[] {
  return tasks.flatMap(({ isWanted, content }) => (isWanted ? content : []));
}

/** The content of every answer in a file, once for each. */
function answersIn(file: ResultsFile): string[] {
  return file.records.flatMap((record) => answeredContent(record) ?? []);
}

function is(wanted: string): (value: string) => boolean {
  return (value) => value === wanted;
}

function countedBy(values: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) add(counts, value, 1);
  return counts;
}

function add(counts: Map<string, number>, key: string, change: number): void {
  counts.set(key, (counts.get(key) ?? 0) + change);
}
