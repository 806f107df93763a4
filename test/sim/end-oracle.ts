import type { ResultRecord } from '../../src/results/record.ts';
import type { Learned } from '../../src/outcome/learned-limits.ts';
import type { LifeEnd } from './life.ts';
import { shareOf } from './part.ts';
import { promptOf } from './tasks.ts';
import { checkPace } from './pace-oracle.ts';
import type { Life, Scenario } from './scenario.ts';
import type { ExpandedTask } from './entries.ts';
import { answeredContent, type ResultsFile } from './results-file.ts';
import { checkSums } from './sum-oracle.ts';
import type { Watch } from './watch.ts';

/** What is checked when a life has ended by itself. */
export interface EndedLife {
  readonly scenario: Scenario;
  readonly life: Life;
  readonly watch: Watch;
  readonly end: Extract<LifeEnd, { kind: 'ended' | 'failed' }>;
  readonly file: ResultsFile;
  /** Ids of the tasks whose answers an earlier life left. */
  readonly keptIds: ReadonlySet<string>;
  readonly endedMs: number;
  /** How many timers of the run were never canceled. */
  readonly timersLeft: number;
  /** What earlier lives had learned about limits when the life began, by lane. */
  readonly begunWith: ReadonlyMap<string, Learned>;
}

export function checkEnd(ended: EndedLife): void {
  const { watch, end, file, timersLeft } = ended;
  if (timersLeft > 0) watch.report('slots', `${timersLeft} timers are left behind`);
  for (const line of file.badLines) watch.report('resume', `a line is not a record: ${line}`);
  checkAnswersKept(ended);
  checkSums(ended);
  if (end.kind === 'failed') return;
  checkRecords(ended, end);
  checkStop(end, watch);
  checkPromptness(ended);
  checkGivenUp(ended, end);
  checkTooLarge(ended, end);
  checkStoppedLanes(ended, end);
  checkFairness(ended, end);
  if (ended.life.isLast) checkPace(ended, end);
}

/** Every answer that arrived must be in the file or be reported as unsaved. */
function checkAnswersKept({ watch, end, file }: EndedLife): void {
  const saved = new Set([...file.records, ...end.unsaved].map(({ request_id }) => request_id));
  for (const call of watch.calls) {
    if (call.outcome?.kind !== 'answered' || saved.has(call.requestId)) continue;
    watch.report('kept', `answer ${call.requestId} to ${call.content} is lost`);
  }
}

function checkRecords(
  { life, watch, file, keptIds }: EndedLife,
  end: Extract<LifeEnd, { kind: 'ended' }>,
): void {
  if (end.summary && end.unsaved.length > 0)
    watch.report('kept', 'a healthy end left results unsaved');
  if (end.notRewritten !== undefined) {
    const isDiskWell = !life.disk.full && !life.disk.failing;
    if (isDiskWell) watch.report('one record', `superseded lines stay: ${end.notRewritten}`);
    return;
  }
  const isWhole = end.summary?.not_started === 0 && life.leftOut.length === 0;
  if (isWhole && !life.selection && !end.resumption.coversAll()) {
    watch.report('resume', 'every task ended, and some are said to be undecided');
  }
  const byId = Map.groupBy(file.own, ({ id }) => id);
  // A run that was stopped before it knew all requests keeps every answer that a task may still
  // need.
  if (end.resumption.coversAll() && byId.size < file.own.length) {
    const ids = file.own.map(({ id }) => id).sort();
    watch.report('one record', `the file has ${ids.join(' ')}`);
  }
  checkOrder({ life, file, watch });
  if (end.resumption.coversAll()) checkStrangers({ life, file, watch });
  const finished = new Map(end.finished.map((record) => [record.id, record]));
  if (finished.size < end.finished.length) watch.report('one record', 'a task finished twice');
  for (const task of life.tasks) {
    const told = finished.get(task.id);
    if (told && keptIds.has(task.id)) watch.report('paid once', `${task.id} was kept and sent`);
    if (told?.status === 'skipped' && !maySkip(task, { finished, keptIds })) {
      watch.report('needs', `${task.id} is skipped needlessly: ${told.error?.message}`);
    }
    if (!told && !keptIds.has(task.id)) continue;
    const records = byId.get(task.id) ?? [];
    const status = told?.status ?? 'succeeded';
    const isMeant = (record: ResultRecord): boolean =>
      record.status === status &&
      (status !== 'succeeded' || answeredContent(record) === task.content);
    const record = records.find(isMeant) ?? records[0];
    if (!record) watch.report('one record', `${task.id} is done and has no record`);
    else checkRecord(record, { task, status, watch });
  }
}

type Written = Pick<EndedLife, 'life' | 'file' | 'watch'>;

/** Tasks of the manifest must be in its order, and no other records may come between them. */
function checkOrder({ life, file, watch }: Written): void {
  const places = new Map([...life.tasks, ...life.leftOut].map(({ id, index }) => [id, index]));
  const order = file.own.map(({ id }) => places.get(id) ?? Infinity);
  if (order.some((place, at) => at > 0 && place < (order[at - 1] ?? 0))) {
    watch.report('one record', `the order is ${file.own.map(({ id }) => id).join(' ')}`);
  }
}

/** Records that do not belong to any task must be in the companion. */
function checkStrangers({ life, file, watch }: Written): void {
  const ids = new Set(life.tasks.map(({ id }) => id));
  const strangers = file.own.filter(({ id }) => !ids.has(id)).map(({ id }) => id);
  if (strangers.length > 0) watch.report('one record', `${strangers.join(' ')} did not move`);
}

function maySkip(
  { isWanted, needs }: ExpandedTask,
  {
    finished,
    keptIds,
  }: {
    readonly finished: ReadonlyMap<string, ResultRecord>;
    readonly keptIds: ReadonlySet<string>;
  },
): boolean {
  return (
    !isWanted || needs.some((id) => finished.get(id)?.status !== 'succeeded' && !keptIds.has(id))
  );
}

function checkRecord(
  record: ResultRecord,
  {
    task,
    status,
    watch,
  }: {
    readonly task: ExpandedTask;
    readonly status: ResultRecord['status'];
    readonly watch: Watch;
  },
): void {
  const { content, index, entryId } = task;
  if (record.task !== entryId) {
    watch.report('one record', `${task.id} is said to be of ${record.task}, not ${entryId}`);
  }
  if (record.status !== status) {
    watch.report('one record', `${task.id} ${status}, the file says ${record.status}`);
  }
  const answers = answeredContent(record);
  if (status === 'succeeded' && answers !== content) {
    watch.report('one record', `${task.id} has the answer to something else: ${answers}`);
  }
  if (record.index !== index) {
    watch.report('one record', `${task.id} has index ${record.index}, its place is ${index}`);
  }
}

/** The reason in the summary must be the one that came first. */
function checkStop({ summary }: Extract<LifeEnd, { kind: 'ended' }>, watch: Watch): void {
  const [first] = watch.halts;
  const reasons = watch.halts.filter(({ atMs }) => atMs === first?.atMs);
  const stoppedBy = summary?.stopped_by;
  const isMeant =
    stoppedBy === 'timeout'
      ? reasons.some(({ reason }) => reason === 'the timeout')
      : stoppedBy !== 'fail_fast' || reasons.some(({ reason }) => reason === 'fail_fast');
  if (!isMeant) watch.report('sum', `the run was stopped by ${stoppedBy}, not ${first?.reason}`);
}

/** A run that was stopped may wait only for requests in flight and for their records. */
function checkPromptness({ life, watch, endedMs }: EndedLife): void {
  const [first] = watch.halts;
  const { disk, readerMs, tasks } = life;
  if (!first || readerMs > 0 || disk.full || disk.failing) return;
  const lastMs = Math.max(first.atMs, ...watch.calls.map(({ endMs }) => endMs));
  if (endedMs > lastMs + (tasks.length + 3) * (disk.syncMs[1] + 1)) {
    watch.report('ends', `the run continues from ${lastMs} ms to ${endedMs} ms`);
  }
}

/** A task must get all of its retries, unless its lane is left, or money or time is short. */
function checkGivenUp(
  { scenario, life, watch }: EndedLife,
  { summary, stoppedLanes }: Extract<LifeEnd, { kind: 'ended' }>,
): void {
  const isShort = scenario.maxCostUsd !== undefined || life.timeoutMs !== undefined;
  if (!summary || isShort || scenario.maxTaskCostUsd !== undefined) return;
  for (const { id, provider, model, attempts, error } of watch.givenUp()) {
    if (stoppedLanes.has(`${provider}/${model}`) || error?.code === 'TOO_LARGE') continue;
    watch.report('retry', `${id} is given up after ${attempts} attempts: ${error?.code}`);
  }
}

/** Only a prompt can be larger than a whole window; a request count never is. */
function checkTooLarge(
  { scenario, life, watch }: EndedLife,
  { finished }: Extract<LifeEnd, { kind: 'ended' }>,
): void {
  const { lanes } = shareOf(scenario, life);
  for (const { id, error } of finished) {
    // A failure with a status was reported by the server itself.
    if (error?.code !== 'TOO_LARGE' || error.http_status !== null) continue;
    const task = life.tasks.find((each) => each.id === id);
    const limits = lanes.find(({ name }) => name === task?.lane)?.limits;
    const most = Math.min(limits?.itpm ?? Infinity, limits?.tpm ?? Infinity);
    if (task && promptOf(task).length < most) {
      watch.report('fair', `${id} is too large, with ${most} tokens allowed`);
    }
  }
}

/**
 * If the first tasks of a lane all ended the same way, this applies to the others too, but not
 * after one that ended differently.
 */
function checkStoppedLanes(
  { life, watch }: EndedLife,
  { stoppedLanes }: Extract<LifeEnd, { kind: 'ended' }>,
): void {
  if (life.readerMs > 0) return;
  for (const [name, { toldMs, failure }] of stoppedLanes) {
    if (!('reach' in failure) || failure.reach !== 'task') continue;
    const isAnswered = watch.calls.some(
      ({ lane, state, outcome, endMs }) =>
        lane === name && state === 'over' && outcome?.kind === 'answered' && endMs < toldMs,
    );
    if (isAnswered)
      watch.report('fair', `${name} is left, though it has answered: ${failure.code}`);
  }
}

/**
 * A lane without faults or limits must be done as soon as its own answers and those it needs can
 * have arrived.
 */
function checkFairness(
  { scenario, life, watch, begunWith }: EndedLife,
  { summary }: Extract<LifeEnd, { kind: 'ended' }>,
): void {
  const slots = scenario.lanes.reduce(
    (sum, { limits }) => sum + (limits.concurrency?.max ?? 99),
    0,
  );
  const isOpen = scenario.maxConcurrent >= slots && scenario.maxCostUsd === undefined;
  if (!isOpen || !summary || summary.stopped_by !== null || life.readerMs > 0) return;
  if (life.disk.full || life.disk.failing || scenario.maxTaskCostUsd !== undefined) return;
  // A shard also gets only a share of the slots.
  if (life.selection?.shard) return;
  for (const { name, limits, hidden } of scenario.lanes) {
    const weather = life.weather.get(name);
    const calls = watch.calls.filter(({ lane }) => lane === name);
    if (begunWith.get(name)?.found.rpm !== undefined) continue;
    if (!weather || hidden || weather.faultShare > 0 || weather.latencyMs[1] >= 2_000) continue;
    if (Object.keys(limits).some((limit) => limit !== 'concurrency')) continue;
    const eachMs = weather.latencyMs[1] + 2 * life.disk.syncMs[1] + 2;
    const lastMs = Math.max(0, ...calls.map(({ atMs }) => atMs));
    const startMs = 3 * life.disk.syncMs[1] + watch.needsEndedMs(name);
    if (lastMs > startMs + calls.length * eachMs) {
      watch.report('fair', `${name} sends its last of ${calls.length} only at ${lastMs} ms`);
    }
  }
}
