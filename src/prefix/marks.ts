import type { CacheLifetime, CacheSetting } from '../manifest/manifest.ts';
import { LIFETIME_MS, type CacheRules } from './cache-rules.ts';
import type { LeadingPart } from './prefix.ts';

/** What a request tells its provider to keep. It shapes the bill, not the answer. */
export interface CacheMarks {
  /** The first one first: at most four, none with a longer lifetime than the one before. */
  readonly breakpoints: readonly Breakpoint[];
  /** The same for all requests that share the shortest of the prefixes. */
  readonly key: string;
  /** It is a warm-up call: no answer is asked for. */
  readonly isOnlyWritten?: true;
  /** The provider is asked why a prefix is not read that this response wrote; undefined there: it writes one itself. */
  readonly comparedWith?: { readonly responseId: string | undefined };
}

export interface Breakpoint {
  readonly after: LeadingPart;
  /** Undefined: the provider's default. */
  readonly lifetime: CacheLifetime | undefined;
}

/** The breakpoint at the end of a part, if there is one. */
export function breakpointAfter(
  marks: CacheMarks | undefined,
  part: LeadingPart,
): Breakpoint | undefined {
  return marks?.breakpoints.find(({ after }) => after === part);
}

/** Both vendors write at most four breakpoints of a request. */
export const MOST_BREAKPOINTS = 4;

/**
 * The lifetime that is cheapest for a prefix that is used so often, with so much time between two uses; undefined:
 * the provider's default. A setting of the manifest wins where the provider offers it.
 */
export function lifetimeFor(
  { lifetimes, rates }: CacheRules,
  use: { readonly uses: number; readonly gapMs: number; readonly setting: CacheSetting },
): CacheLifetime | undefined {
  const { setting, uses, gapMs } = use;
  const [usual, long] = lifetimes;
  const chosen = lifetimes.find((offered) => offered === setting);
  if (chosen !== undefined) return chosen === usual ? undefined : chosen;
  if (usual === undefined || long === undefined) return undefined;
  if (gapMs < LIFETIME_MS[usual] || gapMs >= LIFETIME_MS[long]) return undefined;
  return rates.writeLong + (uses - 1) * rates.read < uses ? long : undefined;
}

/** Whether a task may write entries that are kept for long, which costs more. */
export function mayKeepLong(
  { lifetimes }: CacheRules,
  { setting, gapMs }: { readonly setting: CacheSetting; readonly gapMs: number },
): boolean {
  const [usual, long] = lifetimes;
  if (usual === undefined || long === undefined) return false;
  return setting === long || (setting === 'auto' && gapMs >= LIFETIME_MS[usual]);
}

/** Whether writing a prefix once and reading it the other times costs less than never caching it. */
export function paysOff({ rates }: CacheRules, uses: number, lifetime?: CacheLifetime): boolean {
  const write = lifetime === undefined ? rates.write : rates.writeLong;
  return uses >= 2 && write + (uses - 1) * rates.read < uses;
}

/** Whether `params` say themselves what is to be cached. */
export function steersCaching(params: Readonly<Record<string, unknown>> = {}): boolean {
  return STEERING.some((name) => name in params);
}

const STEERING = [
  'cache_control',
  'prompt_cache_key',
  'prompt_cache_options',
  'prompt_cache_retention',
];
