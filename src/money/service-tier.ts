import type { Parameters } from '../manifest/manifest.ts';
import { isObject, textAt } from '../ports/json-shape.ts';
import { factorOf, type Price, type Service } from '../manifest/price-rates.ts';

/**
 * The service that these parameters request, if it changes the price; undefined if its price is
 * unknown. Batches are not requested with parameters.
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

/** The service that an answer reports; undefined if the report says nothing about the price. */
export function servedAs(tier: string | undefined, price: Price | undefined): Service | undefined {
  if (tier === undefined) return undefined;
  const service = serviceOf({ params: { service_tier: tier } });
  return service && price && factorOf(price, service) === undefined ? undefined : service;
}

/**
 * Parameters that add costs which token prices do not cover, or input that the manifest does not
 * show: searches, hosted tools, stored conversations. A request with any of them has no worst case.
 */
export function unboundedParams({ params = {} }: Parameters): readonly string[] {
  return Object.keys(params).filter((name) => UNBOUNDED.has(name));
}

/** A note about parameters that may add to the bill, if there are any: costs count only tokens. */
export function unpricedNote(all: Iterable<Parameters>): string | undefined {
  const names = new Set([...all].flatMap(({ params = {} }) => unpricedParams(params)));
  const [name] = names;
  if (name === undefined) return undefined;
  return `the cost counts only tokens at the model's price: \`${name}\` in \`params\` may add to it`;
}

function unpricedParams(params: NonNullable<Parameters['params']>): readonly string[] {
  const { tools } = params;
  const hasHostedTool = Array.isArray(tools) && tools.some((tool) => !isFunction(tool));
  return [...(hasHostedTool ? ['tools'] : []), ...UNPRICED.filter((name) => name in params)];
}

/** Functions are the caller's own; the provider only describes them to the model. */
function isFunction(tool: unknown): boolean {
  return textAt(tool, 'type') === 'function' || (isObject(tool) && 'input_schema' in tool);
}

const UNPRICED = [
  'fallbacks',
  'inference_geo',
  'models',
  'plugins',
  'provider',
  'search_parameters',
  'web_search_options',
];

/** A request with `auto` may be served faster, but only at a price agreed on in advance. */
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
