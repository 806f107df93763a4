import { printableLine } from '../errors/escape-invisible.ts';
import { unfinishedWords, type Summary, type SummaryBound } from '../results/summary.ts';
import type { Bound } from '../outcome/lane-bound.ts';
import { failureText, type FailureGroup, type FailureLog } from './failure-log.ts';
import { counted, countTexts, formatCount, formatDuration, formatShare } from './format-numbers.ts';
import { formatUsd } from '../money/cost.ts';
import { boundSentence } from './limited-by-text.ts';
import type { RunFacts } from './progress-tree.ts';
import type { Style } from './style.ts';
import { padEnd, wrapWords } from './text-width.ts';

export interface EndOptions {
  readonly failures: FailureLog;
  readonly style: Style;
  /** The width of the terminal. If undefined, lines are not wrapped, as in a log. */
  readonly columns?: number | undefined;
  readonly run?: Pick<RunFacts, 'maxCostUsd' | 'spentBeforeUsd'> | undefined;
  /** Where the results are, as the user would write it. */
  readonly resultsIn?: string | undefined;
}

/** The end of a run: its result, why tasks failed, and a block of aligned facts. */
export function endBlock(summary: Summary, options: EndOptions): string {
  return joined([
    ...headlineRows(summary, options),
    ...failureLines(options),
    ...labeled(
      [
        ['Cost', costText(summary, options)],
        ['Tokens', tokenText(summary)],
        ['Batches', batchText(summary)],
        ['Cache', cacheText(summary)],
        ['Retries', retryText(summary)],
        ['Waited', waitingText(summary)],
        ['Limited', boundText(summary)],
        ['Stopped', notStartedText(summary)],
        ['Results', options.resultsIn ?? ''],
      ],
      options,
    ),
  ]);
}

/** For `--quiet`: empty if all went well, otherwise the result and why tasks failed. */
export function problemBlock(summary: Summary, options: EndOptions): string {
  if (!hasProblem(summary)) return '';
  return joined([...headlineRows(summary, options), ...failureLines(options)]);
}

/** `  Cost      $0.42`. Text that is wider than the terminal is wrapped and indented. */
function labeled(
  facts: ReadonlyArray<readonly [label: string, text: string]>,
  { style, columns }: Pick<EndOptions, 'style' | 'columns'>,
): readonly string[] {
  const indent = ' '.repeat(LABEL_WIDTH);
  return facts.flatMap(([label, text]) => {
    if (text === '') return [];
    const [first = '', ...rest] = wrapWords(text, (columns ?? Infinity) - LABEL_WIDTH - 1);
    return [
      `${style('dim', padEnd(`  ${label}`, LABEL_WIDTH))}${first}`,
      ...rest.map((row) => indent + row),
    ];
  });
}

const LABEL_WIDTH = 12;
const MAX_LISTED = 10;

function joined(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

/** Left-out and intentionally skipped tasks are not problems. */
function hasProblem({ failed, canceled, unexpected = 0, stopped_by: stoppedBy }: Summary): boolean {
  return failed + canceled + unexpected > 0 || stoppedBy !== null;
}

/** `Volley complete: 9/10 succeeded, 1 failed in 45.3s`, wrapped to the width of the terminal. */
function headlineRows(
  summary: Summary,
  { style, columns = Infinity }: EndOptions,
): readonly string[] {
  const { stopped_by: stoppedBy, succeeded } = summary;
  const isBad = stoppedBy !== null || (succeeded === 0 && summary.failed > 0);
  const color = !hasProblem(summary) ? 'green' : isBad ? 'red' : 'yellow';
  const start = stoppedBy ? 'Volley stopped early:' : 'Volley complete:';
  const text = `${start} ${resultText(summary)} in ${formatDuration(summary.duration_ms)}`;
  const [first = '', ...rest] = wrapWords(text, columns - 1);
  const colored = first.startsWith(start)
    ? style(color, start) + first.slice(start.length)
    : style(color, first);
  return [colored, ...rest.map((row) => `  ${row}`)];
}

/** `9/10 succeeded (2 from earlier runs), 1 failed`. */
export function resultText(summary: Summary): string {
  const { succeeded, tasks, kept, unexpected = 0, cached = 0, left_out: leftOut = 0 } = summary;
  const unsent = countTexts([
    [kept, 'from earlier runs'],
    [cached, 'from the cache'],
  ]);
  const others = countTexts([
    [unexpected, 'not as expected'],
    [summary.failed, 'failed'],
    [summary.canceled, 'canceled'],
    [summary.skipped, 'skipped'],
    [summary.not_started - leftOut, unfinishedWords(summary)],
    [leftOut, 'left out'],
  ]);
  const before = unsent.length > 0 ? ` (${unsent.join(', ')})` : '';
  return [`${succeeded}/${tasks} succeeded${before}`, ...others].join(', ');
}

function failureLines({ failures, style, columns }: EndOptions): readonly string[] {
  const groups = failures.groups();
  const listed = groups.slice(0, MAX_LISTED);
  const inListed = listed.reduce((sum, { count }) => sum + count, 0);
  const more = failures.count() - inListed;
  return [
    ...listed.flatMap((group) => groupLines(group, { style, columns })),
    ...(more > 0 ? [`  … and ${more} more`] : []),
  ];
}

function groupLines(
  group: FailureGroup,
  { style, columns = Infinity }: Pick<EndOptions, 'style' | 'columns'>,
): readonly string[] {
  const [first = '', ...rest] = wrapWords(failureText(group), columns - 5);
  const hint = group.hint === undefined ? [] : wrapWords(printableLine(group.hint), columns - 5);
  const symbol = group.kind === 'skipped' ? style('yellow', '↓') : style('red', '✗');
  return [
    `  ${symbol} ${first}`,
    ...rest.map((row) => `    ${row}`),
    ...hint.map((row) => style('dim', `    ${row}`)),
  ];
}

function tokenText({ usage, usage_estimated: estimated = 0 }: Summary): string {
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
  const note =
    estimated > 0 ? ` · estimated for ${counted(estimated, 'task')}: no usage was reported` : '';
  return `${parts.join(' · ')}${reasoning}${note}`;
}

/** `$0.42 of $5.00 · $0.61 for all runs into this file`. */
function costText(summary: Summary, { run }: EndOptions): string {
  const { cost_usd: cost, possibly_paid_usd: feared = 0 } = summary;
  if (cost === null) {
    const isPaid = summary.usage.total_tokens > 0 || summary.possibly_paid_attempts > 0;
    return isPaid ? 'unknown: add `prices` to the manifest or pass `--prices FILE`' : '';
  }
  const limit = run?.maxCostUsd ?? null;
  const before = run?.spentBeforeUsd ?? 0;
  const all = `${formatUsd(before + cost)} for all runs into this file`;
  const { usage_estimated: estimated = 0, possibly_paid_attempts: unanswered } = summary;
  const lacking = estimated === 0 ? 'an answer' : unanswered === 0 ? 'usage' : 'an answer or usage';
  const parts = [
    limit === null || before > 0 ? formatUsd(cost) : `${formatUsd(cost)} of ${formatUsd(limit)}`,
    ...(before > 0 ? [limit === null ? all : `${all}, of ${formatUsd(limit)}`] : []),
    ...(feared > 0 ? [`up to ${formatUsd(feared)} more for attempts without ${lacking}`] : []),
  ];
  return parts.join(' · ');
}

/** `97% of shared tokens read · saved $4.10`. */
function cacheText(summary: Summary): string {
  const { shared_tokens: shared = 0, shared_tokens_read: read = 0 } = summary;
  const { cache_saved_usd: saved, caching_stopped: stopped = [], warm_ups: calls = 0 } = summary;
  const parts = [
    ...(shared > 0 ? [`${formatShare(read / shared)} of shared tokens read`] : []),
    ...(saved !== null && saved > 0 ? [`saved ${formatUsd(saved)}`] : []),
    ...(saved !== null && saved < 0 ? [`cost ${formatUsd(-saved)} more than without caching`] : []),
    ...(calls > 0 ? [counted(calls, 'warm-up call')] : []),
    ...stopped.map(({ model, reason, diagnosis }) => {
      const said = diagnosis === undefined ? '' : ` (diagnosis: ${printableLine(diagnosis)})`;
      return `${printableLine(model)}: ${GIVEN_UP[reason]}${said}`;
    }),
  ];
  return parts.join(' · ');
}

const GIVEN_UP: Readonly<
  Record<NonNullable<Summary['caching_stopped']>[number]['reason'], string>
> = {
  never_read: 'nothing was read from the cache, so the rest was not cached',
  not_written: 'the server does not cache, so caching was stopped',
  not_reported: 'answers do not say what was cached, so caching was stopped',
};

function batchText({ batches_pending: pending = 0, batch_saved_usd: saved = 0 }: Summary): string {
  return [
    ...(pending > 0 ? [`${counted(pending, 'batch', 'batches')} not collected yet`] : []),
    ...(saved > 0 ? [`saved ${formatUsd(saved)}`] : []),
  ].join(' · ');
}

function retryText(summary: Summary): string {
  const { retries, rate_limited: rateLimited, possibly_paid_attempts: paid } = summary;
  const parts = [
    ...(retries > 0 || rateLimited > 0 || paid > 0 ? [String(retries)] : []),
    ...(rateLimited > 0 ? [`429: ${rateLimited}`] : []),
    ...(paid > 0 ? [`${counted(paid, 'attempt')} possibly paid without an answer`] : []),
  ];
  return parts.join(' · ');
}

/** Shares of an average task's time: `31% for rpm · 12% between retries`. */
function waitingText({ waiting_share: shares }: Summary): string {
  const parts = Object.entries(shares)
    .filter(([, share]) => share >= 0.005)
    .toSorted(([, a], [, b]) => b - a)
    .map(([reason, share]) => `${formatShare(share)} ${WAIT_WORDS[reason] ?? `for ${reason}`}`);
  return parts.length > 0 ? `${parts.join(' · ')} (of an average task's time)` : '';
}

/** Shorter runs do not report their bottleneck. */
const WORTH_RAISING_MS = 5_000;

function boundText({ bound_by: bound, duration_ms: durationMs }: Summary): string {
  if (!bound || durationMs < WORTH_RAISING_MS) return '';
  return boundSentence(printableLine(bound.lane), boundOf(bound));
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

function notStartedText(summary: Summary): string {
  const { not_started: notStarted, left_out: leftOut = 0, stopped_by: stoppedBy } = summary;
  if (!stoppedBy) return '';
  const count = notStarted - leftOut;
  const tasks = count > 0 ? `, ${counted(count, 'task')} ${unfinishedWords(summary)}` : '';
  return `${STOP_WORDS[stoppedBy]}${tasks}`;
}

export const STOP_WORDS: Readonly<Record<NonNullable<Summary['stopped_by']>, string>> = {
  fail_fast: 'after the first failure (`fail_fast`)',
  provider: 'a provider accepts no more requests',
  budget: 'the next request could exceed the budget',
  timeout: 'the time limit of the run was reached',
  interrupted: 'interrupted',
  detached: 'batches are still running',
  unwritable: 'results could not be written',
};
