import type { CacheLifetime } from '../manifest/manifest.ts';
import type { CacheMarks } from './marks.ts';
import type { Prefix } from './prefix.ts';
import type { Shared } from './shared-prefixes.ts';

/** What a request does for the cache, fixed when it is sent. */
export interface Pass {
  readonly shared: Shared;
  /** Undefined: nothing is marked. */
  readonly marks: CacheMarks | undefined;
  readonly roles: readonly Role[];
  readonly startedMs: number;
  /** Tokens that it is expected to read from the cache. */
  readonly expectedRead: number;
  readonly isAgain: boolean;
}

/** `lead`: writes the entry. `probe`: the first to read it. `none`: the prefix is not cached any more. */
export type Role = 'lead' | 'probe' | 'follow' | 'none';

/** Whether other requests wait for what comes of this one. */
export function isAwaitedByOthers(pass: Pass | undefined): boolean {
  return pass?.roles.some((role) => role === 'lead' || role === 'probe') === true;
}

/** The marks of prefixes, the shortest first, each with the lifetime of its entry. */
export function marksOf(
  marked: ReadonlyArray<{
    readonly prefix: Prefix;
    readonly lifetime: CacheLifetime | undefined;
  }>,
): CacheMarks | undefined {
  const [first] = marked;
  if (!first) return undefined;
  // A longer lifetime has to come first: what a prefix holds lives at least as long as the prefix.
  let longest: CacheLifetime | undefined;
  const breakpoints = marked.toReversed().map(({ prefix, lifetime }) => {
    longest = lifetime ?? longest;
    return { after: prefix.end, lifetime: longest };
  });
  return { breakpoints: breakpoints.toReversed(), key: first.prefix.key };
}
