import type { RenderedTask, Task } from '../plan/task.ts';
import type { Limits } from '../manifest/manifest.ts';
import type { Provider } from '../providers/provider.ts';
import type { Clock } from '../ports/clock.ts';
import type { Random } from '../ports/random.ts';
import type { LaneName, ScheduleEvent, TaskOutcome } from './events.ts';

/** One provider and model with its tasks, ready to be worked off. */
export interface Lane {
  readonly name: LaneName;
  readonly provider: Provider;
  /** Declared ones, provider and model merged. */
  readonly limits: Limits;
  readonly tasks: AsyncIterable<Task>;
}

export interface ScheduleOptions {
  readonly lanes: readonly Lane[];
  readonly render: (task: Task) => Promise<RenderedTask>;
  readonly maxConcurrent: number;
  readonly failFast: boolean;
  readonly timeoutMs: number | undefined;
  readonly clock: Clock;
  readonly random: Random;
  /** Aborting it lets requests in flight finish and starts no new one. */
  readonly drain: AbortSignal;
  /** Aborting it abandons requests in flight as well: their tasks end `canceled`. */
  readonly abort: AbortSignal;
  readonly emit: (event: ScheduleEvent) => void;
  /** Called once per task that ended. The task keeps its slot until this resolves; a rejection stops the run. */
  readonly settle: (outcome: TaskOutcome) => Promise<void>;
}
