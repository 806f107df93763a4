import type { Parameters } from '../manifest/manifest.ts';
import { factorOf, type Price, type Service } from '../manifest/price.ts';

/**
 * How a request with these parameters is served, as far as it changes the price; undefined when the
 * parameters ask for something of which no price is known. Batches are asked for elsewhere.
 */
export function serviceOf({ params = {} }: Parameters): Service | undefined {
  const tier = params['service_tier'] ?? 'default';
  const speed = params['speed'] ?? 'standard';
  if (speed === 'fast') return STANDARD_TIERS.has(tier) ? 'fast' : undefined;
  if (speed !== 'standard') return undefined;
  if (STANDARD_TIERS.has(tier)) return 'standard';
  if (tier === 'flex') return 'flex';
  return tier === 'fast' || tier === 'priority' ? 'fast' : undefined;
}

/** How a request was served, by what its answer says; undefined where that says nothing about the price. */
export function servedAs(tier: string | undefined, price: Price | undefined): Service | undefined {
  if (tier === undefined) return undefined;
  const service = serviceOf({ params: { service_tier: tier } });
  return service && price && factorOf(price, service) === undefined ? undefined : service;
}

/**
 * The names of parameters that add to the bill what no price per token covers, or input that the
 * manifest does not show: searches, tools that run at the provider, stored conversations. With any
 * of them the worst case cannot be known.
 */
export function unboundedParams({ params = {} }: Parameters): readonly string[] {
  return Object.keys(params).filter((name) => UNBOUNDED.has(name));
}

/** `auto` may be served faster, but only at a price agreed in advance. */
const STANDARD_TIERS: ReadonlySet<unknown> = new Set([
  'auto',
  'default',
  'standard',
  'standard_only',
  'on_demand',
]);

const UNBOUNDED: ReadonlySet<string> = new Set([
  'container',
  'context_management',
  'conversation',
  'fallbacks',
  'inference_geo',
  'mcp_servers',
  'models',
  'plugins',
  'previous_response_id',
  'prompt',
  'provider',
  'search_parameters',
  'tools',
  'transforms',
  'web_search_options',
]);
