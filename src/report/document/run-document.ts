import { formatUsd } from '../../money/cost.ts';
import { unfinishedWords, type Summary } from '../../results/summary.ts';
import type { FailureGroup } from '../failure-log.ts';
import { counted, formatCount, formatDuration } from '../format.ts';
import { shortened } from './digest-document.ts';
import { foreign, type Block, type Words } from './blocks.ts';

const MOST_GROUPS = 20;

/** How a run went, for a CI system's page about it. */
export function runDocument(
  summary: Summary,
  {
    manifest,
    groups,
    resultsIn,
  }: {
    readonly manifest: string;
    readonly groups: readonly FailureGroup[];
    readonly resultsIn: string | undefined;
  },
): readonly Block[] {
  const { usage, cost_usd: cost } = summary;
  const listed = groups.slice(0, MOST_GROUPS);
  const facts = [
    ...(cost === null ? [] : [`cost ${formatUsd(cost)}`]),
    ...(usage.total_tokens > 0
      ? [
          `${formatCount(usage.total_tokens - usage.output_tokens)} tokens in, ${formatCount(usage.output_tokens)} out`,
        ]
      : []),
    ...(summary.retries > 0 ? [counted(summary.retries, 'retry', 'retries')] : []),
    formatDuration(summary.duration_ms),
  ];
  return [
    { kind: 'heading', text: [foreign(manifest), `: ${countsText(summary)}`] },
    line(facts.join(' · ')),
    ...(summary.stopped_by === null ? [] : [line(`Stopped early: ${STOPS[summary.stopped_by]}.`)]),
    ...(listed.length === 0
      ? []
      : [
          {
            kind: 'table' as const,
            columns: [
              { title: 'why' },
              { title: 'tasks' },
              { title: 'such as', left: true as const },
            ],
            rows: listed.map(({ code, message, count, ids }): readonly Words[] => [
              foreign(shortened(`${code}: ${message}`)),
              count.toLocaleString('en'),
              ids.flatMap((id, at) => [...(at > 0 ? [', '] : []), foreign(id)]),
            ]),
          },
        ]),
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
  timeout: 'its `timeout` was over',
  budget: 'the budget is spent',
  provider: 'a provider stopped answering',
  unwritable: 'the results could not be written',
};

function countsText(summary: Summary): string {
  const { left_out: leftOut = 0, cached = 0 } = summary;
  const parts = [
    [summary.kept, 'from earlier runs'],
    [cached, 'from the cache'],
    [summary.failed, 'failed'],
    [summary.canceled, 'canceled'],
    [summary.skipped, 'skipped'],
    [summary.not_started - leftOut, unfinishedWords(summary)],
    [leftOut, 'left out'],
  ] as const;
  return [
    `${summary.succeeded.toLocaleString('en')} of ${summary.tasks.toLocaleString('en')} succeeded`,
    ...parts.flatMap(([count, words]) =>
      count > 0 ? `${count.toLocaleString('en')} ${words}` : [],
    ),
  ].join(', ');
}

function line(text: Words): Block {
  return { kind: 'line', text };
}
