import type { ResultRecord } from '../../src/results/record.ts';
import type { Summary } from '../../src/results/summary.ts';
import { usageOf } from './attempt-rules.ts';
import type { EndedLife } from './end-oracle.ts';
import type { LifeEnd } from './life.ts';
import { priceUsd } from './manifest.ts';
import type { Call, Watch } from './watch.ts';

/** Compares the summary with what the servers did, and with the records. */
export function checkSums(ended: EndedLife): void {
  const { end, watch } = ended;
  if (end.summary) checkWork(end.summary, watch);
  if (end.kind === 'ended') checkSummary(ended, end);
}

/** Everything that was sent to the servers counts, whatever happened to the records. */
function checkWork(summary: Summary, watch: Watch): void {
  const { calls } = watch;
  const usages = calls.flatMap(({ outcome }) => (outcome && usageOf(outcome)) ?? []);
  const input = usages.reduce((sum, { inputTokens }) => sum + inputTokens, 0);
  const output = usages.reduce((sum, { outputTokens }) => sum + outputTokens, 0);
  const usd = usages.reduce((sum, usage) => sum + priceUsd(usage), 0);
  checkCounts(
    [
      ['attempts', summary.attempts, calls.length],
      ['rate_limited', summary.rate_limited, calls.filter(isRefusal).length],
      ['input tokens', summary.usage.input_tokens, input],
      ['output tokens', summary.usage.output_tokens, output],
      ['USD', summary.cost_usd ?? 0, usd],
    ],
    watch,
  );
}

type Count = readonly [name: string, told: number, is: number];

function checkCounts(counts: readonly Count[], watch: Watch): void {
  for (const [name, told, is] of counts) {
    if (!(Math.abs(told - is) < 1e-9)) {
      watch.report('sum', `the summary says ${told} ${name}, it is ${is}`);
    }
  }
}

function checkSummary(
  { life, watch, file, keptIds }: EndedLife,
  { summary, finished, notRewritten }: Extract<LifeEnd, { kind: 'ended' }>,
): void {
  if (!summary) return;
  const count = (status: ResultRecord['status']): number =>
    finished.filter((record) => record.status === status).length;
  const sumOf = (amount: (record: ResultRecord) => number | undefined): number =>
    finished.reduce((sum, record) => sum + (amount(record) ?? 0), 0);
  const expected: readonly Count[] = [
    ['tasks', summary.tasks, life.tasks.length],
    ['kept', summary.kept, keptIds.size],
    ['succeeded', summary.succeeded, count('succeeded') + keptIds.size],
    ['failed', summary.failed, count('failed')],
    ['canceled', summary.canceled, count('canceled')],
    ['skipped', summary.skipped, count('skipped')],
    ['not_started', summary.not_started, life.tasks.length - finished.length - keptIds.size],
    ['retries', summary.retries, sumOf(({ retries }) => retries)],
    ['possibly paid', summary.possibly_paid_attempts, sumOf((it) => it.possibly_paid_attempts)],
    ['USD possibly paid', summary.possibly_paid_usd ?? 0, sumOf((it) => it.possibly_paid_usd)],
  ];
  checkCounts(expected, watch);
  if (life.isLast && summary.stopped_by === null && summary.not_started > 0) {
    watch.report('needs', `${summary.not_started} tasks were not started, for no reason`);
  }
  const parts =
    summary.succeeded + summary.failed + summary.canceled + summary.skipped + summary.not_started;
  if (parts !== summary.tasks) watch.report('sum', `${parts} of ${summary.tasks} add up`);
  const costUsd = finished.reduce((sum, { cost_usd }) => sum + (cost_usd ?? NaN), 0);
  checkCounts([['USD in its records', summary.cost_usd ?? 0, costUsd]], watch);
  // Renamed tasks get their new id when the file is rewritten.
  if (notRewritten !== undefined) return;
  const inFile = new Set(file.own.map(({ id }) => id));
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
