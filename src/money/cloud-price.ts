import type { Cloud } from '../manifest/cloud.ts';
import type { Price, Rates } from '../manifest/price-rates.ts';

/**
 * Starting with Claude 4.5, both clouds charge the vendor's own price if the request may go to any
 * region, and 10% more if it must stay in specific regions (platform.claude.com, Pricing, seen
 * 2026-11-30). Earlier models cost the vendor's price everywhere, so the result is never too low.
 */
const REGIONAL_FACTOR = 1.1;

/** Bedrock profiles that keep a request in one geography. GovCloud's have other prices. */
const BEDROCK_ID =
  /^(?:(global|us|eu|apac|jp|au|ca)\.)?anthropic\.(claude-[a-z0-9-]+?)(?:-v\d+(?::\d+)?)?$/;
const VERTEX_ID = /^(claude-[a-z0-9-]+?)(?:@(\d{8}|default))?$/;

/**
 * The price of Claude on a cloud, based on the vendor's price list. Undefined for other ids: the
 * name of a deployment on Azure says nothing about its model, and OpenAI's models have different
 * prices on Bedrock.
 */
export function cloudPrice(
  { name, region }: Cloud,
  model: string,
  lookUp: (vendorsModel: string) => Price | undefined,
): Price | undefined {
  const known = name === 'bedrock' ? bedrockModel(model) : vertexModel(name, model, region);
  const price = known && lookUp(`anthropic/${known.model}`);
  return price && (known.isGlobal ? price : times(price, REGIONAL_FACTOR));
}

interface KnownModel {
  readonly model: string;
  readonly isGlobal: boolean;
}

function bedrockModel(id: string): KnownModel | undefined {
  const [, profile, model] = BEDROCK_ID.exec(id) ?? [];
  return model === undefined ? undefined : { model, isGlobal: profile === 'global' };
}

function vertexModel(name: string, id: string, region: string | undefined): KnownModel | undefined {
  const [, model, date] = (name === 'vertex' && VERTEX_ID.exec(id)) || [];
  if (model === undefined) return undefined;
  const dated = date === undefined || date === 'default' ? model : `${model}-${date}`;
  return { model: dated, isGlobal: region === 'global' };
}

/**
 * The rates times a factor, without batches or other tiers, because Volley does not support those
 * on clouds.
 */
function times({ base, tiers }: Price, factor: number): Price {
  const more = (rates: Rates): Rates => ({
    input: rates.input * factor,
    output: rates.output * factor,
    cacheRead: rates.cacheRead * factor,
    cacheWrite: rates.cacheWrite * factor,
    cacheWriteLong: rates.cacheWriteLong * factor,
  });
  return {
    base: more(base),
    tiers: tiers.map(({ above, rates }) => ({ above, rates: more(rates) })),
    factors: {},
  };
}
