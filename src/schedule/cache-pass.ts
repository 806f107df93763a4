import type { Usage } from '../providers/provider.ts';
import type { LaneWorker } from './context.ts';
import type { ReadyTask, TaskState } from './task-state.ts';

/** Waits until a request that is sent again, or moved here, may go out as far as the lane's cache goes. */
export async function takePass(
  task: ReadyTask,
  { prefixes, stopped }: LaneWorker,
  options: { readonly isAgain: boolean },
): Promise<void> {
  const { template } = task.task;
  const shared = prefixes?.shared(task.sending, template);
  // The one that others wait for may itself be waiting for the money that is set aside here.
  const how = { ...options, cannotWait: task.reservation !== undefined, stop: stopped };
  task.pass = shared && (await prefixes?.enter(shared, how));
}

/** Tells the lane's cache what came of the request; `usage`: undefined where nothing was answered. */
export function reportPass(
  task: TaskState,
  { prefixes }: LaneWorker,
  usage: Usage | undefined,
): void {
  const { pass } = task;
  task.pass = undefined;
  if (pass) prefixes?.answered(pass, usage);
}

/** The request was not sent after all. */
export function returnPass(task: TaskState, { prefixes }: LaneWorker): void {
  const { pass } = task;
  task.pass = undefined;
  if (pass) prefixes?.left(pass);
}
