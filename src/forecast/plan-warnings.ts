import type { Manifest } from '../manifest/manifest.ts';
import { formatUsd } from '../money/cost.ts';
import { counted, formatDuration, formatShare } from '../report/format-numbers.ts';
import { unboundedParams, unpricedNote } from '../money/service-tier.ts';
import { declaredBuckets } from '../pace/bucket.ts';
import type { PlannedTotals } from './plan-report.ts';
import type { Totals } from './plan-totals.ts';
import { stalePrices } from '../run/run-prices.ts';
import { tooLarge } from '../schedule/too-large.ts';
import type { ExactCounts } from './exact-counts.ts';
import type { LaneForecast, TemplateForecast } from './lane-forecast.ts';

interface Facts {
  readonly lanes: readonly LaneForecast[];
  readonly total: PlannedTotals;
  /** The cost at the prices that the budget uses. */
  readonly budgetTotals: Totals;
  readonly epochMs: number;
  readonly spentUsd: number;
  readonly counts: ExactCounts | undefined;
}

/** What the user should know before sending. */
export function planWarnings(manifest: Manifest, facts: Facts): readonly string[] {
  const { lanes, epochMs } = facts;
  const used = lanes.filter(({ totals, isFallback }) => totals.tasks > 0 || isFallback);
  const prices = used.map(({ price }) => price);
  const stale = stalePrices(manifest, prices, epochMs);
  return [
    ...budgetWarnings(manifest, facts),
    ...used.flatMap(laneWarnings),
    ...used.flatMap(({ templates }) => templates.flatMap(answerWarnings)),
    ...timeoutWarning(manifest, facts.total),
    ...sampleWarnings(used),
    ...countWarnings(facts.counts),
    ...(stale === undefined ? [] : [stale]),
  ];
}

function budgetWarnings(
  { budget }: Manifest,
  { budgetTotals: { expectedUsd, ceilingUsd }, spentUsd }: Facts,
): readonly string[] {
  const { maxCostUsd } = budget ?? {};
  if (maxCostUsd === undefined || expectedUsd === null) return [];
  const spent = spentUsd > 0 ? ` with the ${formatUsd(spentUsd)} from earlier runs` : '';
  const bound = `the budget of ${formatUsd(maxCostUsd)}`;
  if (spentUsd + expectedUsd > maxCostUsd) {
    return [`the expected cost of ${formatUsd(expectedUsd)}${spent} is above ${bound}`];
  }
  if (ceilingUsd !== null && spentUsd + ceilingUsd > maxCostUsd) {
    return [
      `the cost may reach ${formatUsd(ceilingUsd)}${spent}, above ${bound}: the run would then stop`,
    ];
  }
  return [];
}

function laneWarnings({ name, price, limits, totals, templates }: LaneForecast): readonly string[] {
  const declared = declaredBuckets(limits);
  const unfitTasks = templates.reduce((sum, { estimates, tasks, sampled }) => {
    const unfit = estimates.filter(({ reservedInput }) => tooLarge(declared, reservedInput));
    return sum + Math.round((unfit.length * tasks) / Math.max(1, sampled));
  }, 0);
  const { expectedUsd, ceilingUsd } = totals;
  const parameters = templates.map(({ template }) => template.parameters);
  const [unbounded] = parameters.flatMap(unboundedParams);
  return [
    price !== undefined && (unpricedNote(parameters) ?? false),
    price === undefined &&
      `no price is known for \`${name}\`: set one with \`prices:\` or \`--prices FILE\``,
    price !== undefined &&
      expectedUsd === null &&
      `the price of \`${name}\` is not known for the service that \`params\` asks for`,
    price !== undefined &&
      expectedUsd !== null &&
      ceilingUsd === null &&
      (unbounded === undefined
        ? `without \`max_tokens\` the cost of \`${name}\` has no ceiling`
        : `with \`${unbounded}\` in \`params\` the cost of \`${name}\` has no ceiling`),
    unfitTasks > 0 &&
      `${counted(unfitTasks, 'task')} for \`${name}\` would fail: larger than a declared limit allows`,
  ].filter((warning) => warning !== false);
}

/** Warns of answers that would be lost but charged. */
function answerWarnings({ template, answers }: TemplateForecast): readonly string[] {
  const { output, missingUsage } = answers;
  const { id, timeoutMs } = template;
  const latencyMs = answers.draw(() => 0.5).latencyMs;
  return [
    output.basis === 'records' &&
      output.ceiling !== undefined &&
      output.p95 >= output.ceiling &&
      `answers to \`${id}\` reach its \`max_tokens\` of ${output.ceiling}: some would be cut off, and these failures are paid for`,
    missingUsage > 0 &&
      `${formatShare(missingUsage)} of the answers to \`${id}\` have no usage: their cost is estimated, and a budget counts each at its worst case`,
    latencyMs > timeoutMs &&
      `answers to \`${id}\` may take ${formatDuration(latencyMs)}, longer than its timeout of ${formatDuration(timeoutMs)}`,
  ].filter((warning) => warning !== false);
}

function timeoutWarning({ run }: Manifest, total: PlannedTotals): readonly string[] {
  if (run.timeoutMs === undefined || total.duration_ms <= run.timeoutMs) return [];
  return [
    `the run would take ${formatDuration(total.duration_ms)}, longer than its timeout of ${formatDuration(run.timeoutMs)}`,
  ];
}

function sampleWarnings(lanes: readonly LaneForecast[]): readonly string[] {
  const templates = lanes.flatMap((lane) => lane.templates);
  const sum = (of: (template: TemplateForecast) => number): number =>
    templates.reduce((total, template) => total + of(template), 0);
  const tasks = sum((each) => each.tasks);
  const sampled = sum((each) => each.sampled);
  const unrendered = sampled - sum(({ estimates }) => estimates.length);
  const of =
    sampled < tasks ? `${unrendered} of ${sampled} checked tasks` : counted(unrendered, 'task');
  return [
    sampled < tasks &&
      `tokens are extrapolated from ${sampled} of ${tasks} tasks, chosen at random`,
    unrendered > 0 && `${of} cannot be rendered and would fail`,
  ].filter((warning) => warning !== false);
}

function countWarnings(counts: ExactCounts | undefined): readonly string[] {
  if (!counts?.failed) return [];
  const { requests, message } = counts.failed;
  return [
    `${counted(requests, 'request')} could not be counted, and ${requests === 1 ? 'is' : 'are'} estimated: ${message}`,
  ];
}
