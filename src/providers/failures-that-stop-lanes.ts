import type { Failure, FailureCode } from '../errors/failure.ts';
import type { AttemptFailure } from './provider.ts';

/**
 * Failures of a model or its provider that say nothing about the request, so another model may
 * answer it.
 */
const OF_THE_MODEL: ReadonlySet<FailureCode> = new Set([
  'QUOTA_EXHAUSTED',
  'RATE_LIMITED',
  'OVERLOADED',
  'SERVER_ERROR',
  'REFUSED',
  'CONTENT_FILTERED',
]);

/** Failures that may be the fault of the model, the address or the settings, not of the task. */
const MAY_CONCERN_LANE: ReadonlySet<FailureCode> = new Set([
  'FORBIDDEN',
  'NOT_FOUND',
  'NETWORK',
  'BAD_RESPONSE',
  'BAD_REQUEST',
]);

/** Whether another model may answer the request. */
export function isOfTheModel(failure: Failure | undefined): failure is Failure {
  return failure !== undefined && OF_THE_MODEL.has(failure.code);
}

/**
 * Identifies a failure that other tasks of the lane may run into too; undefined if they will not.
 * Rejected requests count as the same failure only if the server names the same parameter.
 */
function mayConcernLane(failure: Failure | AttemptFailure | undefined): string | undefined {
  if (failure === undefined || !MAY_CONCERN_LANE.has(failure.code)) return undefined;
  const { code } = failure;
  if (code !== 'BAD_REQUEST') return code;
  const parameter = 'parameter' in failure ? failure.parameter : undefined;
  return parameter && `${code} ${parameter}`;
}

/**
 * Watches how a lane's first tasks end, so that the lane can be stopped if all of them fail the
 * same way.
 */
export function createFirstEnds() {
  let count = 0;
  /** The failure of the first task; undefined once another ended differently. */
  let common: string | undefined;
  return {
    /** Undefined is a success. True if at least `needed` tasks ended, all with the same failure. */
    areAlike(failure: Failure | undefined, needed: number): boolean {
      const kind = mayConcernLane(failure);
      if (count === 0) common = kind;
      count += 1;
      if (kind !== common) common = undefined;
      return common !== undefined && count >= needed;
    },
  };
}
