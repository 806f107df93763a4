import type { ScheduleEvent } from '../outcome/schedule-events.ts';
import type { ResultRecord } from './record.ts';
import type { Summary } from './summary.ts';

/**
 * The events of a run in order, from `run_started` to `run_finished`, for reporters and library
 * users. `--progress json` adds the command's own notes: see `cli/print-notes.ts`. If the reader
 * stops reading, events are dropped, and `{"type":"events_dropped","count":N}` replaces them.
 */
export type RunEvent =
  | {
      readonly type: 'run_started';
      readonly name: string | undefined;
      /** Tasks of the plan, including kept ones. */
      readonly tasks: number;
      /** Tasks with a record from an earlier run, which are not sent. */
      readonly kept: number;
      /** Tasks to send. */
      readonly lanes: ReadonlyArray<{ readonly lane: string; readonly tasks: number }>;
      /** The same tasks per manifest entry, in manifest order. */
      readonly entries: readonly StartedEntry[];
      /** US dollars; null without a budget. */
      readonly maxCostUsd: number | null;
      /** Cost in US dollars of earlier runs into the same results file. */
      readonly spentBeforeUsd: number;
    }
  | ScheduleEvent
  | { readonly type: 'task_finished'; readonly lane: string; readonly record: ResultRecord }
  /** A task turned out not to need sending: an earlier run did it, or this run leaves it alone. */
  | { readonly type: 'task_not_sent'; readonly lane: string; readonly id: string }
  /** The caller asked to stop: no new requests are sent, and those in flight finish. */
  | { readonly type: 'draining'; readonly reason: string }
  | { readonly type: 'run_finished'; readonly summary: Summary };

export interface StartedEntry {
  readonly task: string;
  /** Tasks to send. */
  readonly tasks: number;
  /** Ids of needed entries. */
  readonly needs: readonly string[];
}
