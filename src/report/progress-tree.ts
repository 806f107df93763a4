import { printableLine } from '../errors/escape-invisible.ts';
import { formatUsd } from '../money/cost.ts';
import { batchTitle } from './batch-progress.ts';
import {
  counterLine,
  etaCounter,
  fittingText,
  fullWidth,
  groupCounters,
  modelCounters,
  progressCounter,
  stateCounters,
  type Counter,
} from './progress-counters.ts';
import { failureText, type FailureGroup } from './failure-log.ts';
import { formatDuration, formatSeconds } from './format-numbers.ts';
import type { GroupProgress } from './group-progress.ts';
import { indentOf, type NodePicture, type NodeState, type TreeShape } from './listr-adapter.ts';
import { OTHERS, type ActiveTask, type EntryProgress, type Progress } from './progress-state.ts';
import type { Style } from './style.ts';
import { displayWidth, truncateEnd, truncateMiddle, visibleWidth } from './text-width.ts';

/** Facts about the run, besides its progress. */
export interface RunFacts {
  readonly name: string | undefined;
  readonly maxCostUsd: number | null;
  readonly spentBeforeUsd: number;
  readonly kept: number;
}

export interface PictureOptions {
  readonly columns: number;
  readonly rows: number;
  readonly nowMs: number;
  /**
   * Whether this is the last picture, which stays on the screen and shows no requests in flight.
   */
  readonly final: boolean;
  readonly style: Style;
}

/** Maximum rows for models of one entry. */
const MAX_MODELS = 4;
const MAX_FAILURES = 4;
const MAX_BATCHES = 5;
/** Longest-running calls shown, across all entries. */
const MAX_CALLS = 6;
/** Calls longer than this, and this many times the average, are marked. */
const SLOW_MS = 30_000;
const SLOW_FACTOR = 3;

/** All nodes that a picture of this run may need. */
export function shapeOf(entries: readonly EntryProgress[]): readonly TreeShape[] {
  const models = Array.from({ length: MAX_MODELS }, (_, place) => place);
  return [
    {
      key: 'run',
      children: entries.map(({ name }) => ({
        key: `entry ${name}`,
        children: models.map((place) => ({ key: `model ${place} ${name}` })),
      })),
    },
    ...Array.from({ length: MAX_BATCHES }, (_, place) => ({ key: `batch ${place}` })),
    ...Array.from({ length: MAX_FAILURES }, (_, place) => ({ key: `failure ${place}` })),
  ];
}

/**
 * The run with its progress bar; below it the entries of the manifest; below those their models, if
 * there are several or one is limited, and the longest-running calls; finally the kinds of
 * failures.
 */
export function pictureOf(
  progress: Progress,
  failures: readonly FailureGroup[],
  run: RunFacts,
  options: PictureOptions,
): ReadonlyMap<string, NodePicture> {
  const nodes = new Map<string, NodePicture>();
  const total = progress.total(options.nowMs);
  nodes.set('run', { title: runLine(total, run, options), state: stateOf(total, options) });
  const shownFailures = options.final ? [] : failures.slice(0, MAX_FAILURES);
  // One row is for the cursor, one is blank, and one is for the run.
  const batches = options.final ? [] : progress.batches(options.nowMs).slice(0, MAX_BATCHES);
  let rows = Math.max(1, options.rows - 3 - shownFailures.length - batches.length);
  const entries = chosenEntries(progress.entries(options.nowMs), rows);
  rows -= entries.length;
  let calls = options.final ? 0 : Math.min(MAX_CALLS, rows);
  const nameWidth = Math.max(0, ...entries.map(({ name }) => displayWidth(titleOf(name))));
  const perEntry = Math.max(1, Math.floor(calls / Math.max(1, entries.filter(isBusy).length)));
  const meanMs = progress.meanDurationMs();
  for (const entry of entries) {
    // An entry with one task shows its call in its own row.
    const [only] =
      entry.tasks === 1 && !options.final
        ? progress.active(options.nowMs, { limit: 1, entry: entry.name })
        : [];
    const models = options.final ? [] : shownModels(entry).slice(0, Math.max(0, rows));
    rows -= models.length;
    const limit = options.final || only ? 0 : Math.min(perEntry, calls, Math.max(0, rows));
    const output = callRows(progress, entry, { limit }, options);
    rows -= output.length;
    calls -= output.length;
    nodes.set(`entry ${entry.name}`, {
      title: entryLine(entry, { nameWidth, facts: only ? callFacts(only, meanMs) : [] }, options),
      state: entryState(entry, options),
      output,
    });
    for (const [place, model] of models.entries()) {
      nodes.set(`model ${place} ${entry.name}`, {
        title: modelLine(model, models.length > 1, options),
        state: stateOf(model, options),
      });
    }
  }
  for (const [place, batch] of batches.entries()) {
    const title = truncateEnd(batchTitle(batch), widthAt(0, options));
    nodes.set(`batch ${place}`, { title, state: 'running' });
  }
  for (const [place, group] of shownFailures.entries()) {
    const state =
      group.kind === 'skipped' ? 'skipped' : group.code === 'CANCELED' ? 'canceled' : 'failed';
    nodes.set(`failure ${place}`, {
      title: truncateEnd(failureText(group), widthAt(0, options)),
      state,
    });
  }
  return nodes;
}

function isBusy({ running, retrying }: GroupProgress): boolean {
  return running + retrying > 0;
}

/**
 * The entries to show, in manifest order. If not all fit, it prefers those with work in flight,
 * then unfinished ones.
 */
function chosenEntries(all: readonly EntryProgress[], rows: number): readonly EntryProgress[] {
  const entries = all.filter(({ tasks }) => tasks > 0);
  if (entries.length <= rows) return entries;
  const chosen = new Set(entries.toSorted((a, b) => rank(a) - rank(b)).slice(0, rows));
  return entries.filter((entry) => chosen.has(entry));
}

function rank(entry: EntryProgress): number {
  if (isBusy(entry)) return 0;
  return entry.done < entry.tasks ? 1 : 2;
}

/** A single model only has a row while something limits it. */
function shownModels({ models, tasks, done }: EntryProgress): readonly GroupProgress[] {
  if (done === tasks) return [];
  const shown = models.length > 1 ? models : models.filter(isHeldUp);
  return shown.slice(0, MAX_MODELS);
}

function isHeldUp({ pause, bound, stopped }: GroupProgress): boolean {
  return (
    pause !== undefined ||
    stopped !== undefined ||
    (bound !== undefined && bound.reason !== 'needs')
  );
}

function titleOf(name: string): string {
  return name === OTHERS ? 'other tasks' : printableLine(name);
}

const MIN_BAR = 8;
const MAX_BAR = 24;
const BAR_STEP = 4;

/** `pr-review  ━━━━━━━━╸─────── 31/50 · $0.021 of $0.05 · ETA 6s`. */
function runLine(total: GroupProgress, run: RunFacts, options: PictureOptions): string {
  const { style, final } = options;
  const width = widthAt(0, options);
  const name = run.name === undefined ? '' : printableLine(run.name);
  const counters = [
    progressCounter(total),
    ...(final ? [] : stateCounters(total).filter(({ color }) => color !== 'red')),
    ...costCounters(total, run),
    ...(final ? [] : etaCounter(total)),
    ...(run.kept > 0 ? [{ text: `${run.kept} reused`, weight: 5 }] : []),
  ];
  const nameRoom = Math.min(displayWidth(name), Math.floor(width / 3));
  const shownName = nameRoom === 0 ? '' : `${truncateMiddle(name, nameRoom)}  `;
  const left = width - displayWidth(shownName) - 1;
  const bar = barWidth(left, fullWidth(counters));
  const drawn = barOf(total, bar, style);
  return `${style('bold', shownName)}${drawn} ${fittingText(counters, left - bar, style)}`;
}

/**
 * The bar takes up a third of the room. If the counters need more, it shrinks in steps, so that its
 * width rarely changes.
 */
function barWidth(room: number, countersWidth: number): number {
  const usual = Math.min(MAX_BAR, Math.floor(room / 3));
  const lacking = Math.max(0, usual + countersWidth - room);
  return Math.max(MIN_BAR, usual - Math.ceil(lacking / BAR_STEP) * BAR_STEP);
}

function costCounters(total: GroupProgress, run: RunFacts): readonly Counter[] {
  const { costUsd } = total;
  if (run.maxCostUsd !== null) {
    const spent = formatUsd(run.spentBeforeUsd + (costUsd ?? 0));
    return [{ text: `${spent} of ${formatUsd(run.maxCostUsd)}`, short: spent, weight: 8 }];
  }
  return costUsd === null ? [] : [{ text: formatUsd(costUsd), weight: 8 }];
}

function barOf({ done, tasks }: GroupProgress, columns: number, style: Style): string {
  const halves = tasks === 0 ? 0 : Math.floor((2 * columns * Math.min(done, tasks)) / tasks);
  const full = '━'.repeat(Math.floor(halves / 2)) + (halves % 2 === 1 ? '╸' : '');
  return style('green', full) + style('dim', '─'.repeat(columns - Math.ceil(halves / 2)));
}

/** `review  24/30 · 8 running · 1 failed`. */
function entryLine(
  entry: EntryProgress,
  { nameWidth, facts }: { readonly nameWidth: number; readonly facts: readonly Counter[] },
  options: PictureOptions,
): string {
  const { style, final } = options;
  const isSingle = entry.tasks === 1;
  const counters: readonly Counter[] = [
    ...(isSingle ? [] : [progressCounter(entry)]),
    ...(facts.length > 0 ? facts : stateCounters(final ? settled(entry) : entry)).map((counter) =>
      isSingle ? { ...counter, text: counter.text.replace(/^1 /, '') } : counter,
    ),
    ...waitingCounter(entry, options),
    ...(entry.models.length === 1 && !final && entry.done < entry.tasks
      ? [{ text: printableLine(entry.models[0]?.name ?? ''), weight: 2 }]
      : []),
  ];
  const line = { width: widthAt(1, options), nameWidth, style };
  return counterLine(titleOf(entry.name), counters, line);
}

function waitingCounter(entry: EntryProgress, { final }: PictureOptions): readonly Counter[] {
  if (final || entry.waitsFor.length === 0 || isBusy(entry) || entry.done === entry.tasks)
    return [];
  const names = entry.waitsFor.map(printableLine).join(', ');
  return [{ text: `waiting for ${names}`, short: 'waiting', weight: 9 }];
}

/** Without running tasks and retries, because they ended with the run. */
function settled<Group extends GroupProgress>(group: Group): Group {
  return { ...group, running: 0, retrying: 0 };
}

function modelLine(model: GroupProgress, isOneOfMany: boolean, options: PictureOptions): string {
  const counters = isOneOfMany
    ? groupCounters({ ...model, etaMs: undefined })
    : modelCounters({ ...model, tasks: Infinity });
  const name = printableLine(model.name);
  const own = isOneOfMany
    ? counters.map((counter) =>
        counter.weight === Infinity ? { ...counter, text: `${model.done} done` } : counter,
      )
    : counters;
  const line = { width: widthAt(2, options), nameWidth: displayWidth(name), style: options.style };
  return counterLine(name, own, line);
}

function entryState(entry: EntryProgress, options: PictureOptions): NodeState {
  const isWaiting = entry.waitsFor.length > 0 && entry.done === 0 && !isBusy(entry);
  if (isWaiting && !options.final) return 'waiting';
  if (entry.tasks > 0 && entry.skipped === entry.tasks) return 'skipped';
  return stateOf(entry, options);
}

function stateOf(group: GroupProgress, { final }: PictureOptions): NodeState {
  if (group.stopped) return 'failed';
  if (group.done >= group.tasks && group.tasks > 0) return endState(group);
  if (final) return 'canceled';
  return group.pause ? 'paused' : 'running';
}

function endState({ failed, canceled }: GroupProgress): NodeState {
  if (failed > 0) return 'failed';
  return canceled > 0 ? 'canceled' : 'done';
}

function callRows(
  progress: Progress,
  entry: EntryProgress,
  { limit }: { readonly limit: number },
  options: PictureOptions,
): readonly string[] {
  if (limit === 0) return [];
  const calls = progress.active(options.nowMs, { limit, entry: entry.name });
  const all = entry.running + entry.retrying;
  const rows = calls.map((call) => callRow(call, progress.meanDurationMs(), options));
  if (all <= limit || limit === 1) return rows;
  const shown = rows.slice(0, limit - 1);
  return [...shown, options.style('dim', `… ${all - shown.length} more`)];
}

/** `src/api/f.ts,lens=bugs  6s · attempt 3 · last: 500 SERVER_ERROR`. */
function callRow(call: ActiveTask, meanMs: number | undefined, options: PictureOptions): string {
  // Below the row of its entry, the task does not repeat the entry's id.
  const own = call.id.slice(call.entry.length).replace(/^@/, '') || call.id;
  const width = widthAt(2, options);
  const idMin = Math.min(displayWidth(own), Math.max(MIN_ID, Math.floor(width / 3)));
  const text = fittingText(callFacts(call, meanMs), width - idMin - 2, options.style);
  return `${truncateMiddle(printableLine(own), width - 2 - visibleWidth(text))}  ${text}`;
}

function callFacts(call: ActiveTask, meanMs: number | undefined): readonly Counter[] {
  const { attempt, elapsedMs, retryInMs, lastFailure } = call;
  return [
    { text: formatSeconds(elapsedMs), weight: Infinity },
    ...(isSlow(call, meanMs) ? [{ text: 'SLOW', weight: 5, color: 'yellow' } as const] : []),
    ...(attempt > 1 ? [{ text: `attempt ${attempt}`, weight: 3 }] : []),
    ...(retryInMs === undefined ? [] : [{ text: retryText(retryInMs), weight: 4 }]),
    ...(lastFailure ? [{ text: `last: ${lastFailureText(call)}`, weight: 2 }] : []),
  ];
}

/** The retry may be due while the model is paused or busy. */
function retryText(retryInMs: number): string {
  return retryInMs < 100 ? 'waiting to retry' : `again in ${formatDuration(retryInMs)}`;
}

/** Minimum columns for an id. */
const MIN_ID = 12;

function isSlow({ elapsedMs }: ActiveTask, meanMs: number | undefined): boolean {
  return meanMs !== undefined && elapsedMs >= SLOW_MS && elapsedMs >= SLOW_FACTOR * meanMs;
}

function lastFailureText({ lastFailure }: ActiveTask): string {
  if (!lastFailure) return '';
  const { httpStatus, code } = lastFailure;
  return httpStatus === undefined ? code : `${httpStatus} ${code}`;
}

/** Keep one column free: some terminals wrap a line that is exactly full. */
function widthAt(depth: number, { columns }: PictureOptions): number {
  return Math.max(1, columns - 1 - indentOf(depth));
}
