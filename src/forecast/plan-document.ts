import { formatUsd } from '../money/cost.ts';
import {
  foreign,
  heading,
  line,
  table,
  type Block,
  type Words,
} from '../report/document/blocks.ts';
import { counted, countTexts, formatCount, formatDuration } from '../report/format-numbers.ts';
import { FLEX_SLOWDOWN } from './mode-times.ts';
import type { PlannedCost, PlannedSpan, PlannedTotals, VolleyPlan } from './plan-report.ts';

/** The tokens, cost and duration of a run, with their bounds. */
export function planDocument(plan: VolleyPlan): readonly Block[] {
  const { manifest, models, total, warnings } = plan.report;
  const rows = models.flatMap(({ model, ...totals }) => rowsOf(foreign(model), totals));
  if (models.length > 1) rows.push(...rowsOf('total', total));
  return [
    heading([foreign(manifest), `: ${taskCount(total.tasks)} to send${doneText(plan.report)}`]),
    table(['model', 'tasks', 'input', 'output', 'cost', 'time'], rows),
    ...modesBlocks(plan.report.modes, { isRealtime: plan.isRealtime }),
    ...notes(plan).map(line),
    ...warnings.map((warning) => line(['Warning: ', foreign(warning), '.'])),
  ];
}

function taskCount(tasks: number): string {
  return tasks === 1 ? '1 task' : `${tasks.toLocaleString('en')} tasks`;
}

/** A row of figures, and a row with their bounds. */
function rowsOf(name: Words, totals: PlannedTotals): ReadonlyArray<readonly Words[]> {
  const { tasks, input_tokens: input, output_tokens: output, cost_usd: cost } = totals;
  const most = output.ceiling === null ? 'no limit' : `≤ ${formatCount(output.ceiling)}`;
  const bounds = [output.ceiling === 0 ? '' : most, rangeOf(cost), totals.bound_by ?? ''];
  return [
    [
      name,
      tasks.toLocaleString('en'),
      formatCount(input),
      formatCount(output.expected),
      cost === null ? 'unknown' : formatUsd(cost.expected),
      formatDuration(totals.duration_ms),
    ],
    ...(bounds.some((bound) => bound !== '') ? [['', '', '', ...bounds]] : []),
  ];
}

function rangeOf(cost: PlannedCost | null): string {
  if (cost === null || cost.ceiling === 0) return '';
  if (cost.ceiling === null) return `≥ ${formatUsd(cost.low)}`;
  return `${formatUsd(cost.low)}–${formatUsd(cost.ceiling)}`;
}

/** Nobody would notice a smaller share of a bill. */
const WORTH_NAMING = 0.005;

function cachingNote({ cost_usd: cost, uncached_cost_usd: uncached }: PlannedTotals) {
  if (cost === null || uncached === null) return [];
  const savedUsd = uncached - cost.expected;
  if (savedUsd <= 0 || savedUsd < WORTH_NAMING * uncached) return [];
  return [
    `Caching what tasks share saves ${formatUsd(savedUsd)}: without it, ${formatUsd(uncached)}.`,
  ];
}

const MOST_LEARNED = 4;

/** Explains the source of the expected output tokens, once there are answers. */
function learnedNotes(learned: VolleyPlan['learned']): readonly Words[] {
  const shown = learned.slice(0, MOST_LEARNED).map(({ task, model, answers, mean, spread }) => {
    const length = `${formatCount(mean)} ± ${formatCount(spread)} tokens`;
    const source = `learned from ${counted(answers, 'answer')}`;
    return ['Output of ', foreign(task), ' on ', foreign(model), `: ${length}, ${source}.`];
  });
  const more = learned.length - shown.length;
  return more > 0 ? [...shown, `… and ${more} more learned from earlier answers.`] : shown;
}

function notes({ report, retriesUsd, interval, ...plan }: VolleyPlan): readonly Words[] {
  const { total, prices_as_of: asOf } = report;
  return [
    ...(interval
      ? [
          `Based on ${counted(interval.answers, 'answer')}: ${formatUsd(interval.lowUsd)} to ${formatUsd(interval.highUsd)} in total (95% confidence if they are typical).`,
        ]
      : []),
    ...cachingNote(total),
    ...(retriesUsd !== null && retriesUsd > 0
      ? [`If every retry were needed and paid for, up to ${formatUsd(retriesUsd)} more.`]
      : []),
    ...(plan.hasFallbacks && total.tasks > 0
      ? ['Upper bounds assume that every model in a list is paid for every task.']
      : []),
    ...learnedNotes(plan.learned),
    ...(total.tasks > 0 && plan.isLatencyAssumed
      ? ['The time assumes 0.6 s plus 12 ms per token for each answer.']
      : []),
    ...(asOf === null ? [] : [`Prices as of ${asOf}.`]),
  ];
}

/** Compares the modes, if another is cheaper than realtime. `isRealtime`: the plan is realtime. */
function modesBlocks(
  modes: VolleyPlan['report']['modes'],
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
function doneText({
  already_done: done,
  cached = 0,
}: Pick<VolleyPlan['report'], 'already_done' | 'cached'>): string {
  const counts = countTexts([
    [done, 'done already'],
    [cached, 'in the response cache'],
  ]);
  return counts.map((each) => `, ${each}`).join('');
}
