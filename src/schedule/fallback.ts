import type { Failure, FailureCode } from '../errors/failure.ts';
import type { ModelName } from '../manifest/manifest.ts';
import { modelsOf } from '../manifest/task-models.ts';
import type { TaskAccount } from '../outcome/task-account.ts';
import type { LaneWorker, RunContext } from './run-context.ts';

/** Where a task continues. */
export interface ModelSwitch {
  readonly model: ModelName;
  readonly lane: LaneWorker;
  /** The failure that ended the task with the previous model. */
  readonly failure: Failure;
}

/** Failures that say nothing about the request, so another model may answer it. */
const OF_THE_MODEL: ReadonlySet<FailureCode> = new Set([
  'QUOTA_EXHAUSTED',
  'RATE_LIMITED',
  'OVERLOADED',
  'SERVER_ERROR',
  'REFUSED',
  'CONTENT_FILTERED',
]);

/**
 * The next model for a task that failed for good, or must not be sent, for this reason; undefined
 * if there is none.
 */
export function nextModel(
  { task, model }: TaskAccount,
  failure: Failure | undefined,
  { stops, laneOf }: RunContext,
): ModelSwitch | undefined {
  if (stops.halt.aborted || !isOfTheModel(failure)) return undefined;
  const models = modelsOf(task.template);
  for (const next of models.slice(models.indexOf(model) + 1)) {
    const lane = laneOf(next);
    if (lane && !lane.stoppedBy()) return { model: next, lane, failure };
  }
  return undefined;
}

/** Whether a lane that stopped still passes its tasks on to other models. */
export function stillFeedsFallback(lane: LaneWorker): boolean {
  return lane.config.hasFallbacks === true && isOfTheModel(lane.stoppedBy());
}

/** Whether another model may answer the request. */
function isOfTheModel(failure: Failure | undefined): failure is Failure {
  return failure !== undefined && OF_THE_MODEL.has(failure.code);
}
