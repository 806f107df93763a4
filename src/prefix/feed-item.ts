import type { ModelName } from '../manifest/manifest.ts';
import type { RenderedTask, Task } from '../plan/task.ts';
import type { Pass } from './pass.ts';

/** What a lane's feed gives. */
export type FeedItem = FedTask | typeof NOTHING_READY;

/** A task that is ready, with its texts or the reason not to send it. */
export interface FedTask {
  readonly task: Task;
  readonly rendered: RenderedTask;
  /** What it does for the lane's cache; absent: nothing. */
  readonly pass?: Pass;
  /** The same texts for a fallback model; required where the task names one. */
  readonly renderFor?: (model: ModelName) => Promise<RenderedTask>;
}

/** In place of a task: until what the lane's tasks need has ended, there is nothing to give. */
export const NOTHING_READY = 'nothing_ready';
