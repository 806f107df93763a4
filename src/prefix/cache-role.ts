import type { CacheLifetime } from '../manifest/manifest.ts';
import type { CacheMarks } from './cache-marks.ts';
import type { Prefix } from './prefix.ts';
import type { Shared } from './shared-prefixes.ts';

/** What a request does for the cache, decided when it is sent. */
export interface Pass {
  readonly shared: Shared;
  /** Undefined if nothing is marked. */
  readonly marks: CacheMarks | undefined;
  readonly roles: readonly Role[];
  readonly startedMs: number;
  /** Tokens expected to be read from the cache. */
  readonly expectedRead: number;
  readonly isAgain: boolean;
}

/** `lead`: writes the entry. `probe`: the first to read it. `none`: the prefix is not cached. */
export type Role = 'lead' | 'probe' | 'follow' | 'none';

/** Whether other requests wait for the outcome of this one. */
export function isAwaitedByOthers(pass: Pass | undefined): boolean {
  return pass?.roles.some((role) => role === 'lead' || role === 'probe') === true;
}

/** The marks of prefixes, shortest first, each with the lifetime of its entry. */
export function marksOf(
  marked: ReadonlyArray<{
    readonly prefix: Prefix;
    readonly lifetime: CacheLifetime | undefined;
  }>,
): CacheMarks | undefined {
  const [first] = marked;
  if (!first) return undefined;
  // Lifetimes must not increase: a prefix lives at least as long as a longer one that contains it.
  let longest: CacheLifetime | undefined;
  const breakpoints = marked.toReversed().map(({ prefix, lifetime }) => {
    longest = lifetime ?? longest;
    return { after: prefix.end, lifetime: longest };
  });
  return { breakpoints: breakpoints.toReversed(), key: first.prefix.key };
}
