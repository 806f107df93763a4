import type { Random } from '../ports/random.ts';

const CAP_MS = 60_000;
const MAX_JITTER_MS = 1_000;

/**
 * `baseMs`·2ⁿ, at most a minute, plus jitter of up to a second (up to `baseMs` where that is less),
 * so that those who failed together do not come back together.
 */
export function backoffMs(options: {
  readonly baseMs: number;
  readonly exponent: number;
  readonly random: Random;
}): number {
  const { baseMs, exponent, random } = options;
  return Math.min(CAP_MS, baseMs * 2 ** exponent) + Math.min(MAX_JITTER_MS, baseMs) * random();
}
