import type { Failure, FailureCode } from '../errors/failure.ts';
import type { AttemptFailure } from './provider.ts';

/** Failures of an account. They stop all lanes of its provider, because no request can succeed. */
const STOPS_PROVIDER: ReadonlySet<FailureCode> = new Set(['AUTH', 'QUOTA_EXHAUSTED']);

/** A lane stops once this many tasks have ended, all with the same failure. */
const MOST_ALIKE = 3;

/** Failures that may be the fault of the model, the address or the settings, not of the task. */
const MAY_CONCERN_LANE: ReadonlySet<FailureCode> = new Set([
  'FORBIDDEN',
  'NOT_FOUND',
  'NETWORK',
  'BAD_RESPONSE',
  'BAD_REQUEST',
]);

/** Whether nothing more is sent to the provider after this failure. */
export function stopsProvider(code: FailureCode): boolean {
  return STOPS_PROVIDER.has(code);
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
    /**
     * Adds an end; undefined is a success. True if at least three tasks ended, or as many as may
     * run at once, all with the same failure.
     */
    areAlike(failure: Failure | undefined, mostAtOnce: number): boolean {
      const kind = mayConcernLane(failure);
      if (count === 0) common = kind;
      count += 1;
      if (kind !== common) common = undefined;
      return common !== undefined && count >= Math.min(MOST_ALIKE, mostAtOnce);
    },
  };
}
