import type { Failure } from '../errors/failure.ts';
import { mayConcernLane } from '../providers/failure-scope.ts';

/** A lane stops once this many tasks have ended, all with the same failure. */
export const MOST_ALIKE = 3;

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
    areAlike(failure: Failure | undefined, needed: number): boolean {
      const kind = mayConcernLane(failure);
      if (count === 0) common = kind;
      count += 1;
      if (kind !== common) common = undefined;
      return common !== undefined && count >= needed;
    },
  };
}
