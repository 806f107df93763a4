import { printableLine } from '../errors/printable.ts';
import type { Summary, SummaryBound } from '../results/summary.ts';
import type { Bound } from '../schedule/bound.ts';
import type { FailureGroup, FailureLog } from './failure-log.ts';
import { counted, formatCount, formatDuration, formatShare } from './format.ts';
import { formatUsd } from '../money/format-usd.ts';
import { boundSentence } from './bound-text.ts';
import { createStyle, type Style } from './style.ts';

export interface EndOptions {
  readonly failures: FailureLog;
  readonly color: boolean;
}

/** What stands at the end of a run: how it went, why tasks failed, tokens, and where the time went. */
export function endBlock(summary: Summary, { failures, color }: EndOptions): string {
  const style = createStyle(color);
  return joined([
    headline(summary, style),
    ...failureLines(failures, style),
    ...[
      tokenLine(summary),
      costLine(summary),
      retryLine(summary),
      waitingLine(summary),
      boundLine(summary),
      notStartedLine(summary),
    ].flatMap((line) => (line === '' ? [] : style('dim', line))),
  ]);
}

/** For `--quiet`: nothing when all went well, else how it went and why. */
export function problemBlock(summary: Summary, { failures, color }: EndOptions): string {
  if (!hasProblem(summary)) return '';
  const style = createStyle(color);
  return joined([headline(summary, style), ...failureLines(failures, style)]);
}

const MAX_LISTED = 10;

function joined(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

/** Tasks that were left for another run are none, nor are those skipped without a failure. */
function hasProblem({ failed, canceled, stopped_by: stoppedBy }: Summary): boolean {
  return failed + canceled > 0 || stoppedBy !== null;
}

/** `Volley complete: 9/10 succeeded, 1 failed in 45.3s`. */
function headline(summary: Summary, style: Style): string {
  const { stopped_by: stoppedBy, succeeded, tasks, left_out: leftOut = 0 } = summary;
  const color = hasProblem(summary) ? 'red' : 'green';
  const start = stoppedBy ? 'Volley stopped early:' : 'Volley complete:';
  const others = [
    [summary.failed, 'failed'],
    [summary.canceled, 'canceled'],
    [summary.skipped, 'skipped'],
    [summary.not_started - leftOut, 'not started'],
    [leftOut, 'left out'],
  ] as const;
  const counts = others.flatMap(([count, word]) => (count > 0 ? `${count} ${word}` : []));
  const before = summary.kept > 0 ? ` (${summary.kept} before)` : '';
  const parts = [`${succeeded}/${tasks} succeeded${before}`, ...counts].join(', ');
  return `${style(color, start)} ${parts} in ${formatDuration(summary.duration_ms)}`;
}

function failureLines(failures: FailureLog, style: Style): readonly string[] {
  const groups = failures.groups();
  const listed = groups.slice(0, MAX_LISTED);
  const told = listed.reduce((sum, { kind, count }) => sum + (kind === 'tasks' ? count : 0), 0);
  const more = failures.count() - told;
  return [
    ...listed.flatMap((group) => groupLines(group, style)),
    ...(more > 0 ? [`  … and ${more} more`] : []),
  ];
}

function groupLines(group: FailureGroup, style: Style): readonly string[] {
  const reason = `${group.code}: ${printableLine(group.message)}`;
  const hint = group.hint === undefined ? [] : [style('dim', `    ${printableLine(group.hint)}`)];
  return [`  ${style('red', '✗')} ${withIds(group, reason)}`, ...hint];
}

function withIds({ kind, ids, count }: FailureGroup, reason: string): string {
  const names = ids.map(printableLine).join(', ');
  if (kind === 'lane') return `${names}${count > ids.length ? ', …' : ''} stopped: ${reason}`;
  if (count === 1) return `${names}: ${reason}`;
  return `${counted(count, 'task')}: ${reason} (${names}${count > ids.length ? ', …' : ''})`;
}

function tokenLine({ usage }: Summary): string {
  if (usage.total_tokens === 0) return '';
  const kinds = [
    [usage.input_tokens, 'input'],
    [usage.cache_read_tokens, 'read from cache'],
    [usage.cache_write_tokens, 'written to cache'],
    [usage.output_tokens, 'output'],
  ] as const;
  const parts = kinds.flatMap(([count, kind]) =>
    count > 0 ? `${formatCount(count)} ${kind}` : [],
  );
  const reasoning =
    usage.reasoning_tokens > 0 ? ` (${formatCount(usage.reasoning_tokens)} reasoning)` : '';
  return `Tokens: ${parts.join(' · ')}${reasoning}`;
}

/** `Cost: $0.42 · caching saved $0.11 · up to $0.02 more for attempts without an answer`. */
function costLine(summary: Summary): string {
  const { cost_usd: cost, cache_saved_usd: saved, possibly_paid_usd: feared = 0 } = summary;
  if (cost === null) {
    const isPaid = summary.attempts > 0;
    return isPaid ? 'Cost: unknown, `prices` in the manifest or `--prices FILE` tells it' : '';
  }
  const parts = [
    `Cost: ${formatUsd(cost)}`,
    ...(saved !== null && saved > 0 ? [`caching saved ${formatUsd(saved)}`] : []),
    ...(saved !== null && saved < 0 ? [`caching cost ${formatUsd(-saved)} more`] : []),
    ...(feared > 0 ? [`up to ${formatUsd(feared)} more for attempts without an answer`] : []),
  ];
  return parts.join(' · ');
}

function retryLine(summary: Summary): string {
  const { retries, rate_limited: rateLimited, possibly_paid_attempts: paid } = summary;
  const parts = [
    ...(retries > 0 ? [`Retries: ${retries}`] : []),
    ...(rateLimited > 0 ? [`429 answers: ${rateLimited}`] : []),
    ...(paid > 0 ? [`attempts possibly paid without an answer: ${paid}`] : []),
  ];
  return parts.join(' · ');
}

/** `An average task waited, of its own time: 31% for rpm · 12% between retries`. */
function waitingLine({ waiting_share: shares }: Summary): string {
  const parts = Object.entries(shares)
    .filter(([, share]) => share >= 0.005)
    .toSorted(([, a], [, b]) => b - a)
    .map(([reason, share]) => `${formatShare(share)} ${WAIT_WORDS[reason] ?? `for ${reason}`}`);
  return parts.length > 0 ? `An average task waited, of its own time: ${parts.join(' · ')}` : '';
}

/** A run of a few seconds has nothing to gain. */
const WORTH_RAISING_MS = 5_000;

function boundLine({ bound_by: bound, duration_ms: durationMs }: Summary): string {
  if (!bound || durationMs < WORTH_RAISING_MS) return '';
  return `What binds: ${boundSentence(printableLine(bound.lane), boundOf(bound))}`;
}

function boundOf(bound: SummaryBound): Bound {
  const { reason, share, limit, paused_by: pausedBy, keeping_share: keepingShare } = bound;
  return {
    reason,
    share,
    limit: limit
      ? { amount: limit.amount, spanMs: limit.span_ms ?? undefined, source: limit.source }
      : undefined,
    ...(pausedBy !== undefined && { pausedBy }),
    ...(keepingShare !== undefined && { keepingShare }),
  };
}

const WAIT_WORDS: Readonly<Record<string, string>> = {
  concurrency: 'for a free slot',
  pause: 'in pauses',
  retry: 'between retries',
  needs: 'for needed tasks',
};

function notStartedLine(summary: Summary): string {
  const { not_started: notStarted, left_out: leftOut = 0, stopped_by: stoppedBy } = summary;
  if (!stoppedBy) return '';
  const count = notStarted - leftOut;
  const tasks = count > 0 ? `, ${counted(count, 'task')} not started` : '';
  return `Stopped: ${STOP_WORDS[stoppedBy]}${tasks}`;
}

const STOP_WORDS: Readonly<Record<NonNullable<Summary['stopped_by']>, string>> = {
  fail_fast: 'after the first failure, as `fail_fast` asks',
  provider: 'a provider takes no more requests',
  budget: 'the budget is used up',
  timeout: 'the time limit of the run was reached',
  interrupted: 'interrupted',
  unwritable: 'results could not be written',
};
