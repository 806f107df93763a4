import type { CacheLifetime, CacheSetting } from '../manifest/manifest.ts';
import { LIFETIME_MS, type CacheRules } from './cache-rules.ts';
import type { LeadingPart } from './prefix.ts';

/** What a provider is asked to cache. This changes the bill, not the answer. */
export interface CacheMarks {
  /** In order, at most four. The lifetime of each is at most that of the one before. */
  readonly breakpoints: readonly Breakpoint[];
  /** Equal for all requests that share the shortest prefix. */
  readonly key: string;
  /** Set for a warm-up call: no answer is requested. */
  readonly isOnlyWritten?: true;
  /** Asks why the prefix that this response wrote was not read. `undefined` when writing it. */
  readonly comparedWith?: { readonly responseId: string | undefined };
}

export interface Breakpoint {
  readonly after: LeadingPart;
  /** Undefined for the provider's default. */
  readonly lifetime: CacheLifetime | undefined;
}

/** The breakpoint at the end of a part, if any. */
export function breakpointAfter(
  marks: CacheMarks | undefined,
  part: LeadingPart,
): Breakpoint | undefined {
  return marks?.breakpoints.find(({ after }) => after === part);
}

/** Both vendors accept at most four breakpoints per request. */
export const MOST_BREAKPOINTS = 4;

/**
 * The cheapest lifetime for a prefix with this many uses and this time between uses; undefined for
 * the provider's default. A setting in the manifest wins if the provider offers it.
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

/** Whether a task may write entries with a long lifetime, which costs more. */
export function mayKeepLong(
  { lifetimes }: CacheRules,
  { setting, gapMs }: { readonly setting: CacheSetting; readonly gapMs: number },
): boolean {
  const [usual, long] = lifetimes;
  if (usual === undefined || long === undefined) return false;
  return setting === long || (setting === 'auto' && gapMs >= LIFETIME_MS[usual]);
}

/** Whether writing a prefix once and then reading it costs less than not caching it. */
export function paysOff({ rates }: CacheRules, uses: number, lifetime?: CacheLifetime): boolean {
  const write = lifetime === undefined ? rates.write : rates.writeLong;
  return uses >= 2 && write + (uses - 1) * rates.read < uses;
}

/** Whether `params` already control caching. */
export function steersCaching(params: Readonly<Record<string, unknown>> = {}): boolean {
  return STEERING.some((name) => name in params);
}

const STEERING = [
  'cache_control',
  'prompt_cache_key',
  'prompt_cache_options',
  'prompt_cache_retention',
];
