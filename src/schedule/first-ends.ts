import type { Failure, FailureCode } from '../errors/failure.ts';
import type { AttemptFailure } from '../providers/provider.ts';

/** How the first tasks of a lane ended, as far as it may speak for the others. */
export interface FirstEnds {
  /** Enters how a task ended; undefined is a success. True once the first `needed` all ended alike. */
  agree(failure: Failure | AttemptFailure | undefined, needed: number): boolean;
}

/** Failures that may lie with the model, the address or the settings as well as with one task. */
const MAY_BE_THE_LANES: ReadonlySet<FailureCode> = new Set([
  'FORBIDDEN',
  'NOT_FOUND',
  'NETWORK',
  'BAD_RESPONSE',
  'BAD_REQUEST',
]);

export function createFirstEnds(): FirstEnds {
  let count = 0;
  /** What the first one met; undefined once another met something else. */
  let common: string | undefined;
  return {
    agree(failure, needed) {
      const kind = failure && kindOf(failure);
      if (count === 0) common = kind;
      count += 1;
      if (kind !== common) common = undefined;
      return common !== undefined && count >= needed;
    },
  };
}

/** A refused request is the lane's only where it is always the same part that is refused. */
function kindOf(failure: Failure | AttemptFailure): string | undefined {
  const { code } = failure;
  if (!MAY_BE_THE_LANES.has(code)) return undefined;
  if (code !== 'BAD_REQUEST') return code;
  const parameter = 'parameter' in failure ? failure.parameter : undefined;
  return parameter && `${code} ${parameter}`;
}
