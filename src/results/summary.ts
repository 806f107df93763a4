import type { RecordUsage } from './record.ts';
import type { StopReason, WaitReason } from '../schedule/events.ts';

/** Totals of a run. `succeeded + failed + canceled + skipped + not_started = tasks`, always. */
export interface Summary {
  readonly v: 1;
  readonly tasks: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly canceled: number;
  readonly skipped: number;
  readonly not_started: number;
  readonly duration_ms: number;
  readonly usage: RecordUsage;
  /** Share of input tokens that came from a cache, 0 to 1; null when no input was counted. */
  readonly cache_hit_share: number | null;
  readonly cost_usd: number | null;
  readonly attempts: number;
  readonly retries: number;
  readonly possibly_paid_attempts: number;
  /** Answers with status 429. */
  readonly rate_limited: number;
  readonly highest_concurrency: number;
  /** Share of all task time spent waiting, by reason, 0 to 1. */
  readonly waiting_share: Readonly<Partial<Record<WaitReason, number>>>;
  readonly stopped_by: StopReason['kind'] | null;
}
