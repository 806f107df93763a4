import type { ScheduleEvent } from '../outcome/schedule-events.ts';
import { printableLine } from '../errors/escape-invisible.ts';
import { counted, formatDuration } from './format-numbers.ts';

/** A batch that has not been collected yet. */
export interface BatchProgress {
  readonly id: string;
  readonly lane: string;
  readonly rows: number;
  /** Processed rows; null if the provider does not report it. */
  readonly done: number | null;
  readonly ageMs: number;
  readonly isCanceled: boolean;
}

type BatchEvent = Extract<ScheduleEvent, { type: 'batch' }>;

/** The open batches of a run, derived from its events. */
export interface OpenBatches {
  apply(event: BatchEvent, nowMs: number): void;
  /** Oldest first. */
  at(nowMs: number): readonly BatchProgress[];
}

export function createOpenBatches(): OpenBatches {
  const open = new Map<string, Omit<BatchProgress, 'ageMs'> & { readonly sinceMs: number }>();
  return {
    apply({ step, batchId: id, lane, rows, done, ageMs }, nowMs) {
      if (id === null || step === 'doubtful') return;
      if (step === 'collected' || step === 'refused') {
        open.delete(id);
        return;
      }
      const isCanceled = step === 'canceled' || (open.get(id)?.isCanceled ?? false);
      open.set(id, { id, lane, rows, done, isCanceled, sinceMs: nowMs - ageMs });
    },
    at: (nowMs) =>
      [...open.values()].map(({ sinceMs, ...batch }) => ({ ...batch, ageMs: nowMs - sinceMs })),
  };
}

/** `batch of anthropic/x: 120/200 rows, 5m old, usually ends within an hour (msgbatch_1)`. */
export function batchTitle({ id, lane, rows, done, ageMs, isCanceled }: BatchProgress): string {
  const progress = done === null ? counted(rows, 'row') : `${done}/${counted(rows, 'row')}`;
  const facts = [progress, `${formatDuration(ageMs)} old`, expected(ageMs, isCanceled)];
  return `batch of ${printableLine(lane)}: ${facts.join(', ')} (${printableLine(id)})`;
}

const HOUR_MS = 3_600_000;

function expected(ageMs: number, isCanceled: boolean): string {
  if (isCanceled) return 'being canceled, which may take ten minutes';
  return ageMs < HOUR_MS ? 'usually ends within an hour' : 'ends within a day of its start';
}
