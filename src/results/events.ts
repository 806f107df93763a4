import type { ScheduleEvent } from '../schedule/events.ts';
import type { ResultRecord } from './record.ts';
import type { Summary } from './summary.ts';

/** What a run tells, in order: `run_started` first, `run_finished` last. Reporters and library users read these. */
export type RunEvent =
  | {
      readonly type: 'run_started';
      readonly name: string | undefined;
      readonly tasks: number;
      readonly lanes: ReadonlyArray<{ readonly lane: string; readonly tasks: number }>;
    }
  | ScheduleEvent
  | { readonly type: 'task_finished'; readonly lane: string; readonly record: ResultRecord }
  /** New work is no longer sent: a signal, fail-fast, the run's timeout. */
  | { readonly type: 'draining'; readonly reason: string; readonly inFlight: number }
  | { readonly type: 'run_finished'; readonly summary: Summary };
