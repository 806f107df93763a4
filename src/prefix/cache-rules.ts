import { markingOf, offeredLifetimes, type CachedModel } from '../manifest/cache-lifetimes.ts';
import type { CacheLifetime } from '../manifest/manifest.ts';
import type { Price } from '../manifest/price-rates.ts';
import type { SettingsPlace } from './prefix.ts';

export const LIFETIME_MS: Readonly<Record<CacheLifetime, number>> = {
  '5m': 300_000,
  '30m': 1_800_000,
  '1h': 3_600_000,
  '12h': 43_200_000,
};

/** How a provider caches the prefixes of one model: the parts that matter for scheduling. */
export interface CacheRules {
  /**
   * `breakpoints`: everything up to each mark is cached; without a mark, nothing is. `automatic`:
   * the provider decides, and does not accept marks.
   */
  readonly kind: 'breakpoints' | 'automatic';
  /** Shorter prefixes are not cached. */
  readonly minTokens: number;
  /** The available lifetimes, the default first; empty if they cannot be chosen. */
  readonly lifetimes: readonly CacheLifetime[];
  /** How long an entry with the default lifetime exists after its last use. */
  readonly lifetimeMs: number;
  /** The cost of a token that is written, written for long or read, relative to an uncached one. */
  readonly rates: CacheRates;
  readonly settings: SettingsPlace;
  /** How long an entry has to rest after the answer that wrote it, if this is known in advance. */
  readonly restMs: number;
  /**
   * Whether a separate call can write a prefix without an answer being generated: see
   * `warm-up-request.ts`.
   */
  readonly hasWarmUpCall: boolean;
  /** Whether the provider says why a prefix was not read. */
  readonly hasDiagnostics: boolean;
  /**
   * The lifetime with which a batch writes a prefix so that the next batch can read it; absent if
   * this is unknown.
   */
  readonly batchLifetime?: CacheLifetime;
}

export interface CacheRates {
  readonly write: number;
  readonly writeLong: number;
  readonly read: number;
}

/** Undefined if the model is not known to cache prefixes, or if caching saves nothing. */
export function cacheRules(cached: CachedModel, price: Price | undefined): CacheRules | undefined {
  const marking = markingOf(cached);
  const known = price && ratesOf(price);
  if (price && known === undefined) return undefined;
  // If marks can be sent, a price without a discount for reads is incomplete.
  const isDiscounted = known !== undefined && known.read < 1;
  const rates = isDiscounted ? known : marking && USUAL_RATES;
  if (rates === undefined) return undefined;
  const lifetimes = offeredLifetimes(cached);
  if (marking === undefined) {
    return {
      kind: 'automatic',
      minTokens: cached.type === 'mock' ? 1 : MINIMUM_ELSEWHERE,
      lifetimes,
      lifetimeMs: LIFETIME_MS['5m'],
      rates: { ...rates, write: 1, writeLong: 1 },
      settings: 'first',
      restMs: 0,
      hasWarmUpCall: false,
      hasDiagnostics: false,
    };
  }
  const isAnthropics = marking === 'anthropic';
  const isResponses = !isAnthropics && cached.api === 'responses';
  return {
    kind: 'breakpoints',
    minTokens: isAnthropics ? minimumOfClaude(cached.model) : MINIMUM_ELSEWHERE,
    lifetimes,
    lifetimeMs: LIFETIME_MS[lifetimes[0] ?? '5m'],
    rates,
    settings: isAnthropics && cached.type === 'anthropic' ? 'before_messages' : 'first',
    restMs: cached.host === ANTHROPICS_HOST ? ANTHROPICS_REST_MS : 0,
    hasWarmUpCall: cached.type === 'anthropic' || isResponses,
    hasDiagnostics: cached.host === ANTHROPICS_HOST || (isResponses && isOpenais(cached.host)),
    ...(cached.type === 'anthropic' && { batchLifetime: '1h' }),
  };
}

/**
 * When requests were sent back to back, about 40% of them did not read what the previous one had
 * written. After a rest of two seconds, none missed (April 2026):
 * https://github.com/anthropics/anthropic-sdk-python/issues/1451
 */
const ANTHROPICS_HOST = 'api.anthropic.com';
const ANTHROPICS_REST_MS = 2_000;

function isOpenais(host = ''): boolean {
  return /(?:^|\.)api\.openai\.com$/.test(host);
}

/** The minimum of OpenAI and of most other providers. */
const MINIMUM_ELSEWHERE = 1_024;

/** Used for providers that accept marks, whatever the model costs. */
const USUAL_RATES: CacheRates = { write: 1.25, writeLong: 2, read: 0.1 };

/**
 * The shortest prefix that Anthropic caches, as documented on 2026-10-04; trying a shorter one
 * costs nothing. Models that are not listed count as recent; answers correct the value.
 */
const MINIMUM_OF_CLAUDE: ReadonlyArray<readonly [RegExp, number]> = [
  [/^claude-(?:opus-5|sonnet-5-5|fable-5|mythos-5)/, 512],
  [/^claude-(?:opus-4-7|mythos-preview|haiku-3-5|3-5-haiku)/, 2_048],
  [/^claude-(?:opus-4-[56]|haiku-4-5)/, 4_096],
];
const USUAL_MINIMUM = 1_024;

function minimumOfClaude(model: string): number {
  const name = model.replace(/^(?:(?:[a-z]+\.)?anthropic\.|anthropic\/)/, '').replaceAll('.', '-');
  return MINIMUM_OF_CLAUDE.find(([pattern]) => pattern.test(name))?.[1] ?? USUAL_MINIMUM;
}

/** Undefined if the model is free, so nothing can be saved. */
function ratesOf({ base }: Price): CacheRates | undefined {
  const { input, cacheRead, cacheWrite, cacheWriteLong } = base;
  if (input <= 0) return undefined;
  return { write: cacheWrite / input, writeLong: cacheWriteLong / input, read: cacheRead / input };
}
