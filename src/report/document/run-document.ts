import { formatUsd } from '../../money/cost.ts';
import { unfinishedWords, type Summary } from '../../results/summary.ts';
import type { FailureGroup } from '../failure-log.ts';
import { counted, countTexts, formatCount, formatDuration } from '../format.ts';
import { shortened } from './digest-document.ts';
import { foreign, heading, line, table, type Block, type Words } from './blocks.ts';

const MOST_GROUPS = 20;

interface RunDocumentFacts {
  readonly manifest: string;
  readonly groups: readonly FailureGroup[];
  readonly resultsIn: string | undefined;
}

/** The result of a run, for a CI system's job summary. */
export function runDocument(
  summary: Summary,
  { manifest, groups, resultsIn }: RunDocumentFacts,
): readonly Block[] {
  const { usage, cost_usd: cost } = summary;
  const listed = groups.slice(0, MOST_GROUPS);
  const inputTokens = usage.total_tokens - usage.output_tokens;
  const facts = [
    cost !== null && `cost ${formatUsd(cost)}`,
    usage.total_tokens > 0 &&
      `${formatCount(inputTokens)} tokens in, ${formatCount(usage.output_tokens)} out`,
    summary.retries > 0 && counted(summary.retries, 'retry', 'retries'),
    formatDuration(summary.duration_ms),
  ].filter((fact) => fact !== false);
  const rows = listed.map(({ code, message, count, ids }): readonly Words[] => [
    foreign(shortened(`${code}: ${message}`)),
    count.toLocaleString('en'),
    ids.flatMap((id, at) => [...(at > 0 ? [', '] : []), foreign(id)]),
  ]);
  return [
    heading([foreign(manifest), `: ${countsText(summary)}`]),
    line(facts.join(' · ')),
    ...(summary.stopped_by === null ? [] : [line(`Stopped early: ${STOPS[summary.stopped_by]}.`)]),
    ...(rows.length > 0 ? [table(['why', 'tasks', { title: 'such as', left: true }], rows)] : []),
    ...(groups.length > listed.length
      ? [line(`… and ${groups.length - listed.length} more reasons`)]
      : []),
    ...(resultsIn === undefined ? [] : [line(['Results: ', foreign(resultsIn)])]),
  ];
}

const STOPS: Readonly<Record<NonNullable<Summary['stopped_by']>, string>> = {
  interrupted: 'it was interrupted',
  detached: 'its batches are still running',
  fail_fast: 'a task failed, and `--fail-fast` is set',
  timeout: 'its `timeout` passed',
  budget: 'the budget is spent',
  provider: 'a provider stopped answering',
  unwritable: 'the results could not be written',
};

function countsText(summary: Summary): string {
  const { left_out: leftOut = 0, cached = 0 } = summary;
  const parts = countTexts([
    [summary.kept, 'from earlier runs'],
    [cached, 'from the cache'],
    [summary.failed, 'failed'],
    [summary.canceled, 'canceled'],
    [summary.skipped, 'skipped'],
    [summary.not_started - leftOut, unfinishedWords(summary)],
    [leftOut, 'left out'],
  ]);
  const all = summary.tasks.toLocaleString('en');
  return [`${summary.succeeded.toLocaleString('en')} of ${all} succeeded`, ...parts].join(', ');
}
