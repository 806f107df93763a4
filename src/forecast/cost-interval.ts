import type { LaneForecast, TemplateForecast } from './lane-forecast.ts';

/** The expected cost in US dollars of the tasks to send, if earlier answers are typical. */
export interface CostInterval {
  readonly lowUsd: number;
  readonly expectedUsd: number;
  readonly highUsd: number;
  /** The number of answers that it is based on. */
  readonly answers: number;
}

/** Covers 95% of a normal distribution. */
const DEVIATIONS = 1.96;

/** Undefined if a template has no answers or prices. */
export function costInterval(lanes: readonly LaneForecast[]): CostInterval | undefined {
  const templates = lanes.flatMap((lane) => lane.templates).filter(({ tasks }) => tasks > 0);
  const parts = templates.flatMap((template) => partOf(template) ?? []);
  if (parts.length === 0 || parts.length < templates.length) return undefined;
  const sum = (of: (part: Part) => number): number =>
    parts.reduce((all, part) => all + of(part), 0);
  const expectedUsd = sum((part) => part.expectedUsd);
  const marginUsd = DEVIATIONS * Math.sqrt(sum(({ variance }) => variance));
  return {
    lowUsd: Math.max(0, expectedUsd - marginUsd),
    expectedUsd,
    highUsd: expectedUsd + marginUsd,
    answers: sum(({ answers }) => answers),
  };
}

interface Part {
  readonly expectedUsd: number;
  readonly variance: number;
  readonly answers: number;
}

/** The variance of the mean plus that of the tasks to send. */
function partOf({ tasks, known }: TemplateForecast): Part | undefined {
  const { count, mean, standardError } = known?.costs ?? { count: 0, mean: 0, standardError: 0 };
  // The cost of every task is known.
  if (count >= tasks) return { expectedUsd: tasks * mean, variance: 0, answers: count };
  if (count < 2) return undefined;
  const ofOne = standardError ** 2 * count;
  return {
    expectedUsd: tasks * mean,
    variance: (tasks * standardError) ** 2 + tasks * ofOne,
    answers: count,
  };
}
