import type { CostInterval } from './cost-interval.ts';
import type { BoundBy } from './lane-time.ts';

/** What a volley would send, cost and take: `schemas/plan.schema.json`. Keys as they are printed. */
export interface PlanReport {
  readonly v: 1;
  /** The file as the user named it. */
  readonly manifest: string;
  /** One per provider and model, in order of first use, those that are only a fallback last. */
  readonly models: readonly PlannedModel[];
  readonly total: PlannedTotals;
  /** What the same tasks are expected to cost and take in each mode. */
  readonly modes: PlannedModes;
  /** Tasks whose result is kept from an earlier run; not among the others. */
  readonly already_done: number;
  /** Tasks whose answer is in the response cache; not among the others. Absent when there are none. */
  readonly cached?: number;
  /** `YYYY-MM-DD`: the oldest of the price lists that were used; null when none was. */
  readonly prices_as_of: string | null;
  readonly warnings: readonly string[];
}

/** US dollars and milliseconds; null where a model has no such mode, or its price is unknown. */
export interface PlannedModes {
  readonly realtime_usd: number | null;
  readonly realtime_ms: number;
  readonly flex_usd: number | null;
  readonly flex_ms: PlannedSpan | null;
  readonly batch_usd: number | null;
  readonly batch_ms: PlannedSpan | null;
}

/** Milliseconds. */
export interface PlannedSpan {
  readonly low: number;
  readonly high: number;
}

export interface PlannedModel extends PlannedTotals {
  /** `provider/model`. */
  readonly model: string;
}

export interface PlannedTotals {
  /** To send. */
  readonly tasks: number;
  readonly input_tokens: number;
  /** `ceiling` is null where nothing bounds the answers. */
  readonly output_tokens: { readonly expected: number; readonly ceiling: number | null };
  /**
   * US dollars; null where a price is unknown. `ceiling`: every task paid once at every model of its
   * list, without retries; null where there is none.
   */
  readonly cost_usd: PlannedCost | null;
  /** US dollars as expected if nothing were cached; null where a price is unknown. */
  readonly uncached_cost_usd: number | null;
  /** Wall-clock milliseconds. */
  readonly duration_ms: number;
  /** What the run waits for most; `latency`: for nothing but the answers; null: nothing to send. */
  readonly bound_by: BoundBy | null;
}

export interface PlannedCost {
  readonly low: number;
  readonly expected: number;
  readonly ceiling: number | null;
}

/** How long earlier answers of one entry of the manifest by one model were, in tokens. */
export interface LearnedLength {
  readonly task: string;
  readonly model: string;
  readonly answers: number;
  readonly mean: number;
  /** Standard deviation; 0 for a single answer. */
  readonly spread: number;
}

/** The report, with what people want to know besides. */
export interface VolleyPlan {
  readonly report: PlanReport;
  /** One change worth making; undefined when none is. */
  readonly advice: string | undefined;
  /** What every retry of every task would add at most, in US dollars; null where it is not known. */
  readonly retriesUsd: number | null;
  /** What answers to a sample tell of the cost; undefined without one. */
  readonly interval: CostInterval | undefined;
  /** How many requests providers were asked to count just now; undefined when none should be. */
  readonly counted: { readonly asked: number } | undefined;
  /** Whether tasks may move to other models. */
  readonly hasFallbacks: boolean;
  /** Whether the run would be above its budget even as expected. */
  readonly isAboveBudget: boolean;
  /** Lengths of answers that were learned from the results file. */
  readonly learned: readonly LearnedLength[];
  /** Tasks go in batches: the time is that of realtime. */
  readonly isBatch: boolean;
  /** Whether the time is based on assumed latencies. */
  readonly isLatencyAssumed: boolean;
}
