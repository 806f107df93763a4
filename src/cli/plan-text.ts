import { printable } from '../errors/escape-invisible.ts';
import { FLEX_SLOWDOWN } from '../forecast/mode-times.ts';
import type {
  PlannedCost,
  PlannedSpan,
  PlannedTotals,
  VolleyPlan,
} from '../forecast/plan-report.ts';
import { doneText } from '../forecast/plan-document.ts';
import { formatUsd } from '../money/cost.ts';
import { counted, formatCount, formatDuration } from '../report/format.ts';
import { displayWidth, padEnd, stackedRow, wrapWords } from '../report/width.ts';

/** The plan for people, at most 80 columns wide except for long names and warnings. Narrower on a narrower terminal. */
export function planText(plan: VolleyPlan, columns = Infinity): string {
  const { manifest, models, total, warnings } = plan.report;
  const rows = models.map(({ model, ...totals }) => rowOf(model, totals));
  if (models.length > 1) rows.push(rowOf('total', total));
  const lines = [
    `${manifest}: ${taskCount(total.tasks)} to send${doneText(plan.report)}`,
    '',
    ...table(rows, columns),
    '',
    ...notes(plan),
    ...(plan.advice === undefined ? [] : [`Tip: ${plan.advice}.`]),
    ...warnings.map((warning) => `Warning: ${warning}.`),
  ];
  return lines
    .flatMap((line) => {
      const text = printable(line.trimEnd());
      return displayWidth(text) < columns ? text : wrapWords(text, columns - 1);
    })
    .map((line) => `${line}\n`)
    .join('');
}

function taskCount(tasks: number): string {
  return tasks === 1 ? '1 task' : `${tasks.toLocaleString('en')} tasks`;
}

interface Row {
  readonly name: string;
  readonly expected: readonly string[];
  readonly bounds: readonly string[];
}

const TITLES = ['tasks', 'input', 'output', 'cost', 'time'];

function rowOf(name: string, totals: PlannedTotals): Row {
  const { tasks, input_tokens: input, output_tokens: output, cost_usd: cost } = totals;
  const most = output.ceiling === null ? 'no limit' : `≤ ${formatCount(output.ceiling)}`;
  return {
    name,
    expected: [
      tasks.toLocaleString('en'),
      formatCount(input),
      formatCount(output.expected),
      cost === null ? 'unknown' : formatUsd(cost.expected),
      formatDuration(totals.duration_ms),
    ],
    bounds: ['', '', output.ceiling === 0 ? '' : most, rangeOf(cost), totals.bound_by ?? ''],
  };
}

function rangeOf(cost: PlannedCost | null): string {
  if (cost === null || cost.ceiling === 0) return '';
  if (cost.ceiling === null) return `≥ ${formatUsd(cost.low)}`;
  return `${formatUsd(cost.low)}–${formatUsd(cost.ceiling)}`;
}

const LINE_WIDTH = 80;
const GAP = '  ';

/** Each row takes two lines. A name that leaves no room for the figures gets a line of its own. */
function table(rows: readonly Row[], columns: number): readonly string[] {
  const widths = TITLES.map((title, at) =>
    Math.max(
      title.length,
      ...rows.flatMap(({ expected, bounds }) =>
        [expected[at] ?? '', bounds[at] ?? ''].map(displayWidth),
      ),
    ),
  );
  const room = LINE_WIDTH - widths.reduce((sum, width) => sum + width + GAP.length, 0);
  const widest = Math.max('model'.length, ...rows.map(({ name }) => displayWidth(name)));
  const nameWidth = Math.max('model'.length, Math.min(room, widest));
  if (columns < LINE_WIDTH && nameWidth + LINE_WIDTH - room >= columns) {
    return rows.flatMap(({ name, expected, bounds }) => {
      const cells = TITLES.map((title, at) => {
        const bound = bounds[at] ? ` (${bounds[at]})` : '';
        return [title, `${expected[at]}${bound}`] as const;
      });
      return stackedRow(name, cells, columns);
    });
  }
  const line = (name: string, cells: readonly string[]): string =>
    [padEnd(name, nameWidth), ...cells.map((cell, at) => padStart(cell, widths[at] ?? 0))].join(
      GAP,
    );
  return [
    line('model', TITLES),
    ...rows.flatMap(({ name, expected, bounds }) => [
      ...(displayWidth(name) > nameWidth ? [name, line('', expected)] : [line(name, expected)]),
      ...(bounds.some((bound) => bound !== '') ? [line('', bounds)] : []),
    ]),
  ];
}

function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - displayWidth(text))) + text;
}

/** Smaller amounts would not show on a bill. */
const WORTH_NAMING = 0.005;

function cachingNote({ cost_usd: cost, uncached_cost_usd: uncached }: PlannedTotals) {
  if (cost === null || uncached === null) return [];
  const savedUsd = uncached - cost.expected;
  if (savedUsd <= 0 || savedUsd < WORTH_NAMING * uncached) return [];
  return [
    `Caching what tasks share saves ${formatUsd(savedUsd)}: without it, ${formatUsd(uncached)}.`,
  ];
}

/** Compares the modes, if another one is cheaper than realtime. */
function modesNote({ modes }: VolleyPlan['report'], isRealtime: boolean): readonly string[] {
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
  const widest = Math.max(...rows.map(([, usd]) => formatUsd(usd).length));
  return [
    ...rows.map(
      ([mode, usd, time]) => `${mode.padEnd(8)}  ${formatUsd(usd).padStart(widest)}  ${time}`,
    ),
    isRealtime ? `Cheaper: ${cheaper.join(' or ')}.` : 'The time above is for realtime.',
  ];
}

function flexTime({ low, high }: PlannedSpan): string {
  return `${formatDuration(low)} to ${formatDuration(high)}, if answers take up to ${FLEX_SLOWDOWN} times as long`;
}

function batchTime({ low, high }: PlannedSpan): string {
  return `usually within ${formatDuration(low)}, at most ${formatDuration(high)} if there is room in the queue`;
}

const MOST_LEARNED = 4;

/** Explains the source of the expected output tokens, once there are answers. */
function learnedNotes(learned: VolleyPlan['learned']): readonly string[] {
  const shown = learned.slice(0, MOST_LEARNED).map(({ task, model, answers, mean, spread }) => {
    const length = `${formatCount(mean)} ± ${formatCount(spread)} tokens`;
    return `Output of \`${task}\` on ${model}: ${length}, learned from ${counted(answers, 'answer')}.`;
  });
  const more = learned.length - shown.length;
  return more > 0 ? [...shown, `… and ${more} more learned from earlier answers.`] : shown;
}

function notes({ report, retriesUsd, interval, ...plan }: VolleyPlan): readonly string[] {
  const { total, prices_as_of: asOf } = report;
  return [
    ...(interval
      ? [
          `Based on ${counted(interval.answers, 'answer')}: ${formatUsd(interval.lowUsd)} to ${formatUsd(interval.highUsd)} in total (95% sure if they are typical).`,
        ]
      : []),
    ...modesNote(report, plan.isRealtime),
    ...cachingNote(total),
    ...(retriesUsd !== null && retriesUsd > 0
      ? [`If every retry were needed and paid, up to ${formatUsd(retriesUsd)} more.`]
      : []),
    ...(plan.hasFallbacks && total.tasks > 0
      ? ['Upper bounds include every model of a list, paid for every task.']
      : []),
    ...learnedNotes(plan.learned),
    ...(total.tasks > 0 && plan.isLatencyAssumed
      ? ['The time assumes 0.6 s plus 12 ms per token for each answer.']
      : []),
    ...(asOf === null ? [] : [`Prices as of ${asOf}.`]),
  ];
}
