import type { ScheduleEvent } from '../schedule/events.ts';
import type { ResultRecord } from './record.ts';
import type { Summary } from './summary.ts';

/**
 * What a run tells, in order: `run_started` first, `run_finished` last. Reporters and library users read
 * these. With `--progress json` the command adds its own notes among them: see `cli/notes.ts`. While its
 * reader does not read, it leaves out events, and `{"type":"events_dropped","count":N}` stands for them.
 */
export type RunEvent =
  | {
      readonly type: 'run_started';
      readonly name: string | undefined;
      /** Of the plan, kept ones included. */
      readonly tasks: number;
      /** Tasks whose record an earlier run left: nothing is sent for them. */
      readonly kept: number;
      /** Tasks to send. */
      readonly lanes: ReadonlyArray<{ readonly lane: string; readonly tasks: number }>;
      /** The same tasks by entry of the manifest, in its order. */
      readonly entries: readonly StartedEntry[];
      /** US dollars; null without a budget. */
      readonly maxCostUsd: number | null;
      /** US dollars that earlier runs into the same results file cost. */
      readonly spentBeforeUsd: number;
    }
  | ScheduleEvent
  | { readonly type: 'task_finished'; readonly lane: string; readonly record: ResultRecord }
  /** A task that was to be sent turns out to need no sending: an earlier run did it, or it is left alone. */
  | { readonly type: 'task_not_sent'; readonly lane: string; readonly id: string }
  /** The caller asked to stop: nothing new is sent, what is in flight finishes. */
  | { readonly type: 'draining'; readonly reason: string }
  | { readonly type: 'run_finished'; readonly summary: Summary };

export interface StartedEntry {
  /** Id of the entry. */
  readonly task: string;
  /** Tasks to send. */
  readonly tasks: number;
  /** Ids of the entries that it needs. */
  readonly needs: readonly string[];
}
