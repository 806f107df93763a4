import { formatUsd } from '../../money/cost.ts';
import type { Summary } from '../../results/summary.ts';
import { resultText, STOP_WORDS } from '../closing-summary.ts';
import type { FailureGroup } from '../failure-log.ts';
import { counted, formatCount, formatDuration } from '../format-numbers.ts';
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
    heading([foreign(manifest), `: ${resultText(summary)}`]),
    line(facts.join(' · ')),
    ...(summary.stopped_by === null
      ? []
      : [line(`Stopped early: ${STOP_WORDS[summary.stopped_by]}.`)]),
    ...(rows.length > 0 ? [table(['why', 'tasks', { title: 'such as', left: true }], rows)] : []),
    ...(groups.length > listed.length
      ? [line(`… and ${groups.length - listed.length} more reasons`)]
      : []),
    ...(resultsIn === undefined ? [] : [line(['Results: ', foreign(resultsIn)])]),
  ];
}
