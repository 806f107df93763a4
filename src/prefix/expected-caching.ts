import type { CacheRules } from './cache-rules.ts';
import { lifetimeFor, paysOff } from './cache-marks.ts';
import type { Shared, SharedPrefix } from './shared-prefixes.ts';
import { isCallCheap } from './warm-up-request.ts';

/** What each of many requests reads and writes on average, in estimated tokens. */
export interface ExpectedCaching {
  readonly readTokens: number;
  /** Written by a warm-up call or by the request itself. */
  readonly writtenTokens: number;
  /** How many of these have a long lifetime. */
  readonly writtenLongTokens: number;
  /** Tokens of warm-up calls, in addition to the request's own. */
  readonly calledTokens: number;
}

/**
 * Each prefix is written once, and all other requests read it. If a separate call writes it, all
 * requests read it.
 */
export function expectedCaching(
  { template: { promptCache: setting = 'auto' }, prefixes }: Shared,
  { rules, gapMs = 0 }: { readonly rules: CacheRules; readonly gapMs?: number },
): ExpectedCaching {
  let readTokens = 0;
  let writtenTokens = 0;
  let writtenLongTokens = 0;
  let calledTokens = 0;
  let before = 0;
  for (const { tokens, uses } of prefixes) {
    const lifetime = lifetimeFor(rules, { uses, gapMs, setting });
    if (tokens < rules.minTokens || !paysOff(rules, uses, lifetime)) continue;
    const own = tokens - before;
    before = tokens;
    const first = own / uses;
    const isCalled = rules.hasWarmUpCall && isCallCheap(rules, uses);
    readTokens += isCalled ? own : own - first;
    if (isCalled) calledTokens += first;
    if (rules.kind === 'automatic') continue;
    writtenTokens += first;
    if (lifetime !== undefined) writtenLongTokens += first;
  }
  return { readTokens, writtenTokens, writtenLongTokens, calledTokens };
}

/**
 * The prefixes that a lane marks in its batches: those with a long lifetime that enough other rows
 * share to fill a batch.
 */
export function batchPrefixes(
  { template: { promptCache: setting = 'auto' }, prefixes }: Shared,
  { rules, minRows }: { readonly rules: CacheRules; readonly minRows: number },
): readonly SharedPrefix[] {
  const { batchLifetime: lifetime } = rules;
  if (lifetime === undefined || (setting !== 'auto' && setting !== lifetime)) return [];
  return prefixes.filter(({ uses }) => uses > minRows && paysOff(rules, uses, lifetime));
}

/** The same for batches: the request that goes first writes each prefix, and all others read it. */
export function expectedBatchCaching(
  shared: Shared,
  lane: { readonly rules: CacheRules; readonly minRows: number },
): ExpectedCaching {
  let [readTokens, writtenTokens, before] = [0, 0, 0];
  for (const { tokens, uses } of batchPrefixes(shared, lane)) {
    const own = tokens - before;
    before = tokens;
    writtenTokens += own / uses;
    readTokens += own - own / uses;
  }
  return { readTokens, writtenTokens, writtenLongTokens: writtenTokens, calledTokens: 0 };
}
