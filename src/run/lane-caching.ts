import { LIMIT_NAMES, LIMITS } from '../manifest/declared-limits.ts';
import type { Limits, ModelName } from '../manifest/manifest.ts';
import { cacheRules, type CacheRules } from '../prefix/cache-rules.ts';
import { countUses, isOnlyFallback } from '../prefix/prefix-uses.ts';
import type { WarmUpOptions } from '../prefix/warm-up.ts';
import type { PreparedLane, PreparedRun } from './prepare-run.ts';
import type { Resumption } from './resume.ts';
import { laneName } from './task-content.ts';

/** How each lane caches prefixes that its requests share; undefined if it does not. */
export async function lanesCaching(
  { plan, lanes }: PreparedRun,
  {
    resumption,
    signal,
  }: { readonly resumption: Resumption | undefined; readonly signal?: AbortSignal },
): Promise<(lane: PreparedLane) => WarmUpOptions | undefined> {
  const rules = new Map(lanes.map((lane) => [laneName(lane.planned), rulesOf(lane)]));
  const ruleOf = (model: ModelName): CacheRules | undefined => rules.get(laneName(model));
  const usesIn = await countUses(plan, {
    rulesOf: ruleOf,
    sends: resumption && ((task) => resumption.sends(task)),
    signal,
  });
  return ({ planned, limits }) => {
    const found = ruleOf(planned);
    if (!found) return undefined;
    return {
      rules: found,
      uses: usesIn(planned),
      isFallback: isOnlyFallback(plan, planned),
      gapMs: gapOf(limits),
    };
  };
}

/** The cache rules of a lane; undefined if nothing is cached. */
export function rulesOf({ planned, provider, price }: PreparedLane): CacheRules | undefined {
  const { type, host, api } = provider;
  return cacheRules({ type, api, host, provider: provider.name, model: planned.model }, price);
}

/** The shortest time between two requests, in milliseconds, under the declared request limits. */
function gapOf(limits: Limits): number {
  const gaps = LIMIT_NAMES.flatMap((name) => {
    const amount = limits[name];
    return amount === undefined || LIMITS[name].kind !== 'requests'
      ? []
      : LIMITS[name].spanMs / amount;
  });
  return Math.max(0, ...gaps);
}
