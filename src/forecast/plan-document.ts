import { formatUsd } from '../money/cost.ts';
import { foreign, line, table, type Block, type Words } from '../report/document/blocks.ts';
import { countTexts, formatCount, formatDuration } from '../report/format.ts';
import { FLEX_SLOWDOWN } from './mode-times.ts';
import type { PlannedSpan, PlannedTotals, PlanReport } from './plan-report.ts';

/** The cost and duration of a run, for a pull request. */
export function planDocument(
  report: Omit<PlanReport, 'v' | 'manifest'>,
  mode: { readonly isRealtime: boolean },
): readonly Block[] {
  const { models, total, prices_as_of: asOf, warnings } = report;
  const rows = models.map(({ model, ...totals }) => rowOf(foreign(model), totals));
  const columns = ['model', 'tasks', 'input', 'output', 'cost', 'at most', 'time'];
  return [
    line(`${total.tasks.toLocaleString('en')} to send${doneText(report)}`),
    table(columns, models.length > 1 ? [...rows, rowOf('total', total)] : rows),
    ...modesBlocks(report.modes, mode),
    ...warnings.map((warning) => line(['Warning: ', foreign(warning)])),
    ...(asOf === null ? [] : [line(`Prices as of ${asOf}.`)]),
  ];
}

/** Compares the modes, if another one is cheaper than realtime. `isRealtime`: the plan is for realtime. */
export function modesBlocks(
  modes: PlanReport['modes'],
  { isRealtime }: { readonly isRealtime: boolean },
): readonly Block[] {
  const { realtime_usd: realtime, flex_usd: flexUsd, batch_usd: batchUsd } = modes;
  const { flex_ms: flex, batch_ms: batch } = modes;
  if (realtime === null) return [];
  const others = [
    ...(flexUsd !== null && flex ? [['flex', flexUsd, flexTime(flex)] as const] : []),
    ...(batchUsd !== null && batch ? [['batch', batchUsd, batchTime(batch)] as const] : []),
  ];
  const cheaper = others.flatMap(([mode, usd]) => (usd < realtime ? [`--mode ${mode}`] : []));
  if (cheaper.length === 0) return [];
  const rows = [['realtime', realtime, formatDuration(modes.realtime_ms)] as const, ...others];
  return [
    table(
      ['mode', 'cost', { title: 'time', left: true }],
      rows.map(([mode, usd, time]) => [mode, formatUsd(usd), time]),
    ),
    line(isRealtime ? `Cheaper: ${cheaper.join(' or ')}.` : 'The time above is for realtime.'),
  ];
}

function flexTime({ low, high }: PlannedSpan): string {
  return `${formatDuration(low)} to ${formatDuration(high)}, if answers take up to ${FLEX_SLOWDOWN} times as long`;
}

function batchTime({ low, high }: PlannedSpan): string {
  return `usually within ${formatDuration(low)}, at most ${formatDuration(high)} if there is room in the queue`;
}

/** `, 3 done already, 5 in the response cache`. */
export function doneText({
  already_done: done,
  cached = 0,
}: Pick<PlanReport, 'already_done' | 'cached'>): string {
  const counts = countTexts([
    [done, 'done already'],
    [cached, 'in the response cache'],
  ]);
  return counts.map((each) => `, ${each}`).join('');
}

function rowOf(name: Words, totals: PlannedTotals): readonly Words[] {
  const { tasks, input_tokens: input, output_tokens: output, cost_usd: cost } = totals;
  return [
    name,
    tasks.toLocaleString('en'),
    formatCount(input),
    formatCount(output.expected),
    cost === null ? 'unknown' : formatUsd(cost.expected),
    cost === null || cost.ceiling === null ? 'unknown' : formatUsd(cost.ceiling),
    formatDuration(totals.duration_ms),
  ];
}
