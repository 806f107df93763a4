import { LIMIT_NAMES } from '../manifest/declared-limits.ts';
import type { Limits } from '../manifest/manifest.ts';
import type { Learned } from '../outcome/learned-limits.ts';

/** The declared limits, lowered to those that earlier runs met. */
export function withLearned(declared: Limits, learned: Learned | undefined): Limits {
  const { announced = {}, found = {} } = learned ?? {};
  const met: Limits = {
    ...announced,
    ...(found.rpm !== undefined && { rpm: Math.min(found.rpm, announced.rpm ?? Infinity) }),
  };
  const lower = LIMIT_NAMES.flatMap((name) => {
    const limits = [declared[name], met[name]].filter((limit) => limit !== undefined);
    return limits.length === 0 ? [] : [[name, Math.min(...limits)] as const];
  });
  const { taken, refused } = found.concurrency ?? {};
  const most = Math.min(declared.concurrency?.max ?? Infinity, taken ?? Infinity);
  return {
    ...declared,
    ...Object.fromEntries(lower),
    ...(refused !== undefined && { concurrency: { start: most, max: most } }),
  };
}
