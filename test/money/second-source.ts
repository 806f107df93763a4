import { calcPrice } from '@pydantic/genai-prices';
import type { MatchLogic, ModelPrice } from '@pydantic/genai-prices';
import { ratesFor, type Price } from '../../src/manifest/price-rates.ts';

/** Rates that the two sources give differently: `[shipped, second source]`, by what is priced. */
export type Disagreement = Readonly<Record<string, readonly [number, number]>>;

/** The names that @pydantic/genai-prices uses for the providers that both sources know. */
const PROVIDERS: Readonly<Record<string, string>> = {
  anthropic: 'anthropic',
  openai: 'openai',
  gemini: 'google',
  groq: 'groq',
  mistral: 'mistral',
  deepseek: 'deepseek',
  xai: 'x-ai',
  together: 'together',
  fireworks: 'fireworks',
  cerebras: 'cerebras',
  openrouter: 'openrouter',
};

/** Our name for each price key of the second source. */
const CLASSES = [
  ['input', 'input_mtok', 'input'],
  ['output', 'output_mtok', 'output'],
  ['cache_read', 'cache_read_mtok', 'cacheRead'],
  ['cache_write', 'cache_write_mtok', 'cacheWrite'],
  ['cache_write_1h', 'cache_write_1h_mtok', 'cacheWriteLong'],
] as const;

/** The length of a prompt that is beyond every model's highest tier. */
const LONG_PROMPT = 900_000;

/**
 * Compares a price with the second source, for short and long prompts. Undefined if that source
 * does not have the model under exactly this id.
 */
export function disagreementOn(name: string, price: Price, on: Date): Disagreement | undefined {
  const [provider = '', ...rest] = name.split('/');
  const model = rest.join('/');
  const second = PROVIDERS[provider];
  if (second === undefined) return undefined;
  const found = calcPrice({ input_tokens: 1, output_tokens: 1 }, model, {
    providerId: second,
    timestamp: on,
  });
  if (!found || !namesExactly(found.model.match, model)) return undefined;
  const differing: Record<string, readonly [number, number]> = {};
  for (const [word, key, own] of CLASSES) {
    const theirs = found.model_price[key];
    if (theirs === undefined) continue;
    const [short, long] = shortAndLong(theirs);
    const ours = [ratesFor(price, 1)[own], ratesFor(price, LONG_PROMPT)[own]] as const;
    if (differ(ours[0], short)) differing[word] = [ours[0], short];
    if (differ(ours[1], long)) differing[`long ${word}`] = [ours[1], long];
  }
  const starts = [price.tiers.at(-1)?.above, tierStart(found.model_price['input_mtok'])] as const;
  const [own, theirs] = starts;
  if (own !== undefined && theirs !== undefined && own !== theirs) {
    differing['long above'] = [own, theirs];
  }
  return differing;
}

type Rate = NonNullable<ModelPrice[string]>;

function shortAndLong(rate: Rate): readonly [number, number] {
  if (typeof rate === 'number') return [rate, rate];
  return [rate.base, rate.tiers.at(-1)?.price ?? rate.base];
}

function tierStart(rate: Rate | undefined): number | undefined {
  return typeof rate === 'object' ? rate.tiers.at(-1)?.start : undefined;
}

/** Whether two rates differ by more than rounding explains. */
function differ(one: number, other: number): boolean {
  return Math.abs(one - other) > 1e-4 * other;
}

/**
 * A rule such as "starts with claude-sonnet-5" would also match models that were released later.
 */
function namesExactly(match: MatchLogic, model: string): boolean {
  if ('equals' in match) return match.equals === model;
  if ('or' in match) return match.or.some((each) => namesExactly(each, model));
  return false;
}
