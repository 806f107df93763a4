import type { ModelName } from '../manifest/manifest.ts';
import type { RenderedTask, Task } from '../plan/task.ts';
import type { Pass } from './cache-role.ts';

/** An item from a lane's feed. */
export type FeedItem = FedTask | typeof NOTHING_READY;

/** A task that is ready, with its rendered request or the reason not to send it. */
export interface FedTask {
  readonly task: Task;
  readonly rendered: RenderedTask;
  /** What the request does for the lane's cache; absent if it does nothing. */
  readonly pass?: Pass;
  /** Renders the same task for a fallback model; required if the task has fallbacks. */
  readonly renderFor?: (model: ModelName) => Promise<RenderedTask>;
}

/**
 * Takes the place of a task: nothing is ready until tasks that this lane's tasks need have ended.
 */
export const NOTHING_READY = 'nothing_ready';
