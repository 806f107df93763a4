import { formatUsd } from '../money/cost.ts';
import { foreign, line, table, type Block, type Words } from '../report/document/blocks.ts';
import { countTexts, formatCount, formatDuration } from '../report/format.ts';
import type { PlannedTotals, PlanReport } from './plan-report.ts';

/** The cost and duration of a run, for a pull request. */
export function planDocument(report: Omit<PlanReport, 'v' | 'manifest'>): readonly Block[] {
  const { models, total, prices_as_of: asOf, warnings } = report;
  const rows = models.map(({ model, ...totals }) => rowOf(foreign(model), totals));
  const columns = ['model', 'tasks', 'input', 'output', 'cost', 'at most', 'time'];
  return [
    line(`${total.tasks.toLocaleString('en')} to send${doneText(report)}`),
    table(columns, models.length > 1 ? [...rows, rowOf('total', total)] : rows),
    ...warnings.map((warning) => line(['Warning: ', foreign(warning)])),
    ...(asOf === null ? [] : [line(`Prices as of ${asOf}.`)]),
  ];
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
