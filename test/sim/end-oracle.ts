import type { ResultRecord } from '../../src/results/record.ts';
import type { Learned } from '../../src/schedule/learned.ts';
import type { LifeEnd } from './life.ts';
import { checkPace } from './pace-oracle.ts';
import type { Life, Scenario } from './scenario.ts';
import type { ExpandedTask } from './entries.ts';
import { answeredContent, type ResultsFile } from './results-file.ts';
import type { Call, Watch } from './watch.ts';

/** What is checked when a life has come to its own end. */
export interface EndedLife {
  readonly scenario: Scenario;
  readonly life: Life;
  readonly watch: Watch;
  readonly end: Extract<LifeEnd, { kind: 'ended' | 'failed' }>;
  readonly file: ResultsFile;
  /** Ids of the tasks whose answer an earlier life left. */
  readonly keptIds: ReadonlySet<string>;
  /** Timers of the run that nobody canceled. */
  readonly timersLeft: number;
  /** What the life began with, of what earlier ones had learned about limits, by lane. */
  readonly begunWith: ReadonlyMap<string, Learned>;
}

export function checkEnd(ended: EndedLife): void {
  const { watch, end, file, timersLeft } = ended;
  if (timersLeft > 0) watch.report('slots', `${timersLeft} timers are left behind`);
  for (const line of file.badLines) watch.report('resume', `a line is no record: ${line}`);
  checkAnswersKept(ended);
  if (end.kind === 'failed') return;
  checkRecords(ended, end);
  checkSummary(ended, end);
  checkFairness(ended, end);
  if (ended.life.isLast) checkPace(ended, end);
}

/** Every answer that came is in the file, or is told as unsaved. */
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
  if (end.notCompacted !== undefined) {
    const isDiskWell = !life.disk.full && !life.disk.failing;
    if (isDiskWell) watch.report('one record', `superseded lines stay: ${end.notCompacted}`);
    return;
  }
  const byId = Map.groupBy(file.records, ({ id }) => id);
  // A run that was stopped before it knew all requests keeps every answer that one may ask for.
  if (end.resumption.isComplete() && byId.size < file.records.length) {
    const ids = file.records.map(({ id }) => id).sort();
    watch.report('one record', `the file has ${ids.join(' ')}`);
  }
  const finished = new Map(end.finished.map((record) => [record.id, record]));
  if (finished.size < end.finished.length) watch.report('one record', 'a task finished twice');
  for (const task of life.tasks) {
    const told = finished.get(task.id);
    if (told && keptIds.has(task.id)) watch.report('paid once', `${task.id} was kept and sent`);
    if (told?.status === 'skipped' && !maySkip(task, { finished, keptIds })) {
      watch.report('needs', `${task.id} is skipped for nothing: ${told.error?.message}`);
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
  const { content, index } = task;
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

function checkSummary(
  { life, watch, file, keptIds }: EndedLife,
  { summary, finished, notCompacted }: Extract<LifeEnd, { kind: 'ended' }>,
): void {
  if (!summary) return;
  const count = (status: ResultRecord['status']): number =>
    finished.filter((record) => record.status === status).length;
  const expected: ReadonlyArray<readonly [name: string, told: number, is: number]> = [
    ['tasks', summary.tasks, life.tasks.length],
    ['kept', summary.kept, keptIds.size],
    ['succeeded', summary.succeeded, count('succeeded') + keptIds.size],
    ['failed', summary.failed, count('failed')],
    ['canceled', summary.canceled, count('canceled')],
    ['skipped', summary.skipped, count('skipped')],
    ['not_started', summary.not_started, life.tasks.length - finished.length - keptIds.size],
    ['attempts', summary.attempts, watch.calls.length],
    ['rate_limited', summary.rate_limited, watch.calls.filter(isRefusal).length],
  ];
  for (const [name, told, is] of expected) {
    if (told !== is) watch.report('sum', `the summary says ${told} ${name}, it is ${is}`);
  }
  if (life.isLast && summary.stopped_by === null && summary.not_started > 0) {
    watch.report('needs', `${summary.not_started} tasks were not started, for no reason`);
  }
  const parts =
    summary.succeeded + summary.failed + summary.canceled + summary.skipped + summary.not_started;
  if (parts !== summary.tasks) watch.report('sum', `${parts} of ${summary.tasks} add up`);
  const costUsd = finished.reduce((sum, { cost_usd }) => sum + (cost_usd ?? NaN), 0);
  if (finished.length > 0 && !(Math.abs((summary.cost_usd ?? 0) - costUsd) < 1e-9)) {
    watch.report('sum', `the summary says ${summary.cost_usd} USD, the records ${costUsd}`);
  }
  // Renamed ones get their new id when superseded lines are dropped.
  if (notCompacted !== undefined) return;
  const inFile = new Set(file.records.map(({ id }) => id));
  const missing = life.tasks.filter(({ id }) => !inFile.has(id)).length;
  if (missing > summary.not_started) {
    watch.report('sum', `${missing} tasks have no record, ${summary.not_started} are told of`);
  }
}

function isRefusal({ outcome }: Call): boolean {
  return (
    outcome?.kind === 'failed' &&
    (outcome.failure.httpStatus === 429 || outcome.failure.code === 'RATE_LIMITED')
  );
}

/** A lane without trouble or limits is done as soon as its own answers can be there, and what they need is. */
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
  // It has a share of the slots too.
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
