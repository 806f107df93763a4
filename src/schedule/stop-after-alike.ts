import type { Failure, FailureCode } from '../errors/failure.ts';
import type { AttemptFailure } from '../providers/provider.ts';

/** A lane stops once this many tasks have ended, all with the same failure. */
export const MOST_ALIKE = 3;

/** Failures that may be the fault of the model, the address or the settings, not of the task. */
const MAY_CONCERN_LANE: ReadonlySet<FailureCode> = new Set([
  'FORBIDDEN',
  'NOT_FOUND',
  'NETWORK',
  'BAD_RESPONSE',
  'BAD_REQUEST',
]);

/**
 * Watches how a lane's first tasks end, so that the lane can be stopped if all of them fail the
 * same way.
 */
export function createFirstEnds() {
  let count = 0;
  /** The failure of the first task; undefined once another ended differently. */
  let common: string | undefined;
  return {
    /** Adds an end; undefined is a success. True if at least `needed` tasks ended, all with the same failure. */
    areAlike(failure: Failure | AttemptFailure | undefined, needed: number): boolean {
      const kind = failure && kindOf(failure);
      if (count === 0) common = kind;
      count += 1;
      if (kind !== common) common = undefined;
      return common !== undefined && count >= needed;
    },
  };
}

/** Rejected requests count as the same failure only if the server names the same parameter. */
function kindOf(failure: Failure | AttemptFailure): string | undefined {
  const { code } = failure;
  if (!MAY_CONCERN_LANE.has(code)) return undefined;
  if (code !== 'BAD_REQUEST') return code;
  const parameter = 'parameter' in failure ? failure.parameter : undefined;
  return parameter && `${code} ${parameter}`;
}
