import type { TaskTemplate } from '../manifest/manifest.ts';
import { roughRequestTokens } from '../plan/estimate-input-tokens.ts';
import type { PromptRequest } from '../plan/task.ts';
import type { CacheRules } from './cache-rules.ts';
import { MOST_BREAKPOINTS, steersCaching } from './cache-marks.ts';
import { prefixesOf, type Measured, type Prefix } from './prefix.ts';
import type { PrefixUses } from './prefix-uses.ts';

/** The prefixes of a request that other requests also have, shortest first. */
export interface Shared {
  readonly request: PromptRequest;
  readonly template: TaskTemplate;
  readonly prefixes: readonly SharedPrefix[];
  /** Estimated tokens of the whole request. */
  readonly promptTokens: number;
}

export interface SharedPrefix extends Prefix {
  /** How many requests of the lane are expected to have this prefix. */
  readonly uses: number;
}

/** A breakpoint has to add at least this many tokens to the previous one. */
const WORTH_MARKING = 64;

/**
 * The prefixes of a request that are worth caching, if any. `keeps` tells whether a prefix is long
 * enough for the model.
 */
export function sharedPrefixes(
  request: PromptRequest,
  template: TaskTemplate,
  lane: {
    readonly rules: CacheRules;
    readonly uses: PrefixUses;
    readonly keeps: (prefix: Prefix) => boolean;
    readonly measured: Measured;
  },
): Shared | undefined {
  const { rules, uses, keeps, measured } = lane;
  if (template.promptCache === 'off' || steersCaching(request.parameters.params)) return undefined;
  const long = prefixesOf(request, rules.settings, measured).filter(keeps);
  const prefixes = worthMarking(
    long.map((prefix) => ({ ...prefix, uses: uses.of(prefix, template) })),
  );
  if (prefixes.length === 0) return undefined;
  return { request, template, prefixes, promptTokens: roughRequestTokens(request) };
}

/** Prefixes that more requests share than the next longer one, at most the allowed marks. */
function worthMarking(prefixes: readonly SharedPrefix[]): readonly SharedPrefix[] {
  const ends = prefixes.filter(({ uses }, at) => uses >= 2 && uses > (prefixes[at + 1]?.uses ?? 0));
  const apart: SharedPrefix[] = [];
  for (const prefix of ends) {
    if (prefix.tokens - (apart.at(-1)?.tokens ?? 0) >= WORTH_MARKING) apart.push(prefix);
  }
  return apart.slice(-MOST_BREAKPOINTS);
}
