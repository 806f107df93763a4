import type { CostInterval } from './cost-interval.ts';
import type { BoundBy } from './lane-time.ts';

/** The printed plan, as in `schemas/plan.schema.json`. */
export interface PlanReport {
  readonly v: 1;
  readonly manifest: string;
  /** One per provider and model, in order of first use, with those that are only fallbacks last. */
  readonly models: readonly PlannedModel[];
  readonly total: PlannedTotals;
  /** The expected cost and duration of the same tasks in each mode. */
  readonly modes: PlannedModes;
  /** Tasks with a result from an earlier run; not counted elsewhere. */
  readonly already_done: number;
  /**
   * Tasks with an answer in the response cache; not counted elsewhere. Absent if there are none.
   */
  readonly cached?: number;
  /** `YYYY-MM-DD` of the oldest price list used; null if none was. */
  readonly prices_as_of: string | null;
  readonly warnings: readonly string[];
}

/** US dollars and milliseconds; null if a model lacks the mode or a price. */
export interface PlannedModes {
  readonly realtime_usd: number | null;
  readonly realtime_ms: number;
  readonly flex_usd: number | null;
  readonly flex_ms: PlannedSpan | null;
  readonly batch_usd: number | null;
  readonly batch_ms: PlannedSpan | null;
}

export interface PlannedSpan {
  readonly low: number;
  readonly high: number;
}

export interface PlannedModel extends PlannedTotals {
  readonly model: string;
}

export interface PlannedTotals {
  /** Tasks to send. */
  readonly tasks: number;
  readonly input_tokens: number;
  /** `ceiling` is null if the length of answers is not limited. */
  readonly output_tokens: { readonly expected: number; readonly ceiling: number | null };
  /**
   * US dollars; null if a price is unknown. `ceiling`: every task is paid for once with every model
   * in its list, without retries; null if unlimited.
   */
  readonly cost_usd: PlannedCost | null;
  /** Expected cost in US dollars without any cache; null if a price is unknown. */
  readonly uncached_cost_usd: number | null;
  /** Wall-clock time. */
  readonly duration_ms: number;
  /** What the run mostly waits for; `latency`: only for answers; null: nothing to send. */
  readonly bound_by: BoundBy | null;
}

export interface PlannedCost {
  readonly low: number;
  readonly expected: number;
  readonly ceiling: number | null;
}

/** Length in tokens of earlier answers to one entry by one model. */
export interface LearnedLength {
  readonly task: string;
  readonly model: string;
  readonly answers: number;
  readonly mean: number;
  /** Standard deviation; 0 for a single answer. */
  readonly spread: number;
}

/** The report with additional information for people. */
export interface VolleyPlan {
  readonly report: PlanReport;
  /** The highest cost of all retries of all tasks, in US dollars; null if unknown. */
  readonly retriesUsd: number | null;
  /** The cost expected from answers to a sample. */
  readonly interval: CostInterval | undefined;
  /** Token counts requested from providers; undefined if not asked for. */
  readonly counted: { readonly asked: number } | undefined;
  /** Whether tasks have fallback models. */
  readonly hasFallbacks: boolean;
  /** Whether even the expected cost exceeds the budget. */
  readonly isAboveBudget: boolean;
  /** Answer lengths learned from the results file. */
  readonly learned: readonly LearnedLength[];
  /**
   * Whether some tasks are sent in realtime, at full price. The duration is always that of
   * realtime.
   */
  readonly isRealtime: boolean;
  /** Whether the time is based on assumed latencies. */
  readonly isLatencyAssumed: boolean;
}
