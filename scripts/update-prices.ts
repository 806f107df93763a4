/**
 * Writes `src/generated/shipped-prices.ts` from the model data of @earendil-works/pi-ai, which is
 * fetched into a temporary folder and not kept. `node scripts/update-prices.ts [version]`.
 * `npm test` then compares the result with a second source; see `price-disagreements.json`.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WrittenPrice, WrittenRates } from '../src/manifest/price-rates.ts';

const SOURCE = '@earendil-works/pi-ai';
const TARGET = new URL('../src/generated/shipped-prices.ts', import.meta.url);
const ADDITIONS = new URL('price-additions.json', import.meta.url);

/** A provider in the table: its file in the source, and what the source does not say. */
interface ProviderRules {
  readonly file: string;
  /** Matches the models to include. All are included if this is absent. */
  readonly only?: RegExp;
  /**
   * Price of a long-lived cache write as a multiple of input, for models that charge for writes.
   */
  readonly longWrite?: number;
  /** Multiples of the standard price, with the models that are offered at that price. */
  readonly factors?: ReadonlyArray<readonly ['batch' | 'flex' | 'fast', number, RegExp]>;
  /** Corrects the number of tokens above which a tier applies. */
  readonly tierStart?: (above: number, id: string) => number;
}

const PROVIDERS: Readonly<Record<string, ProviderRules>> = {
  anthropic: {
    file: 'anthropic.json',
    longWrite: 2,
    factors: [
      ['batch', 0.5, /./],
      ['fast', 2, /^claude-opus-(?:4-8|5|5-5)$/],
    ],
  },
  openai: {
    file: 'openai.json',
    longWrite: 2.5,
    factors: [
      ['batch', 0.5, /^(?!.*(?:latest|codex|cyber))/],
      ['flex', 0.5, /^(?:o3|o4-mini|gpt-5(?:-mini|-nano)?|gpt-5\.[1245](?:-mini|-nano)?)$/],
      ['flex', 0.5, /^gpt-(?:5\.6|6|6\.\d)-(?:sol|terra|luna|astra)$/],
      ['fast', 2, /^gpt-(?:5\.6|6|6\.\d)-(?:sol|terra|luna|astra)$/],
    ],
  },
  gemini: {
    file: 'google.json',
    factors: [
      ['batch', 0.5, /^gemini-(?!.*(?:latest|customtools|robotics|computer-use))/],
      ['flex', 0.5, /^gemini-[34](?!.*(?:customtools|robotics))/],
    ],
  },
  groq: {
    file: 'groq.json',
    factors: [
      ['batch', 0.5, /./],
      ['flex', 1, /./],
    ],
  },
  mistral: { file: 'mistral.json', factors: [['batch', 0.5, /./]] },
  deepseek: { file: 'deepseek.json' },
  // xAI bills the higher rates at 200,000 tokens and above, the others only above their threshold.
  xai: { file: 'xai.json', tierStart: (above) => above - 1 },
  together: { file: 'together.json' },
  fireworks: { file: 'fireworks.json', only: /\/models\// },
  cerebras: { file: 'cerebras.json' },
  // Open models are left out: their price depends on who happens to serve them.
  openrouter: {
    file: 'openrouter.json',
    only: /^(?:anthropic\/claude|openai\/gpt-[56]|google\/gemini-[34]|x-ai\/grok)[^:]*$/,
    longWrite: 2,
    tierStart: (above, id) => (id.startsWith('x-ai/') ? above - 1 : above),
  },
};

interface SourceModel {
  readonly id: string;
  readonly type: string;
  readonly cost: SourceRates & {
    readonly tiers?: ReadonlyArray<SourceRates & { readonly inputTokensAbove: number }>;
  };
}
interface SourceRates {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
}

const scratch = mkdtempSync(join(tmpdir(), 'volley-prices-'));
try {
  const version = process.argv[2] ?? 'latest';
  const folder = fetchSource(version);
  const prices = { ...collect(folder), ...additions() };
  const text = render(prices, folder);
  writeFileSync(TARGET, text);
  process.stderr.write(`${Object.keys(prices).length} prices, ${text.length} bytes\n`);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

function fetchSource(version: string): string {
  execFileSync('npm', ['pack', '--silent', `${SOURCE}@${version}`], { cwd: scratch });
  const archive = readdirSync(scratch).find((name) => name.endsWith('.tgz'));
  if (archive === undefined) throw new Error('npm pack left no archive');
  execFileSync('tar', ['xzf', archive], { cwd: scratch });
  return join(scratch, 'package');
}

function collect(folder: string): Record<string, WrittenPrice> {
  const prices: Record<string, WrittenPrice> = {};
  for (const [provider, rules] of Object.entries(PROVIDERS)) {
    const byApi: Record<string, Record<string, SourceModel>> = readJson(
      join(folder, 'dist/providers/data', rules.file),
    );
    const models = Object.values(byApi)
      .flatMap((each) => Object.values(each))
      .filter(({ id, type }) => type === 'chat' && (rules.only?.test(id) ?? true))
      .sort((one, other) => (one.id < other.id ? -1 : 1));
    for (const { id, cost } of models) {
      // The source writes 0 for both "free" and "unknown", so a price of 0 is not shipped.
      if (cost.input === 0 || cost.output === 0) continue;
      prices[`${provider}/${id}`] = written(id, cost, rules);
    }
  }
  return prices;
}

function written(id: string, cost: SourceModel['cost'], rules: ProviderRules): WrittenPrice {
  const rates = fullRates(cost, rules);
  const above = Object.fromEntries(
    (cost.tiers ?? []).map((tier) => [
      String(rules.tierStart?.(tier.inputTokensAbove, id) ?? tier.inputTokensAbove),
      tierDifference(rates, fullRates(tier, rules)),
    ]),
  );
  return {
    ...withoutDefaults(rates),
    ...Object.fromEntries(
      (rules.factors ?? [])
        .filter(([, , models]) => models.test(id))
        .map(([service, factor]) => [service, factor]),
    ),
    ...(cost.tiers && { above }),
  };
}

/** In the source, 0 means that reading has no discount, or that writing has no charge. */
function fullRates(cost: SourceRates, { longWrite }: ProviderRules): Required<WrittenRates> {
  const write = cost.cacheWrite || cost.input;
  return {
    input: cost.input,
    output: cost.output,
    cache_read: cost.cacheRead || cost.input,
    cache_write: write,
    cache_write_1h: cost.cacheWrite && longWrite ? tidy(longWrite * cost.input) : write,
  };
}

function withoutDefaults(rates: Required<WrittenRates>): WrittenRates {
  const { input, output, cache_read, cache_write, cache_write_1h } = rates;
  const longDefault = cache_write > input ? Math.max(2 * input, cache_write) : cache_write;
  return {
    input,
    output,
    ...(cache_read !== input && { cache_read }),
    ...(cache_write !== tidy(1.25 * input) && { cache_write }),
    ...(cache_write_1h !== longDefault && { cache_write_1h }),
  };
}

/** The rates of a tier, without those that follow from its input rate. */
function tierDifference(
  base: Required<WrittenRates>,
  tier: Required<WrittenRates>,
): Partial<WrittenRates> {
  const growth = tier.input / base.input;
  const follows = (key: 'cache_read' | 'cache_write' | 'cache_write_1h'): boolean =>
    tidy(base[key] * growth) === tidy(tier[key]);
  return {
    input: tier.input,
    output: tier.output,
    ...(!follows('cache_read') && { cache_read: tier.cache_read }),
    ...(!follows('cache_write') && { cache_write: tier.cache_write }),
    ...(!follows('cache_write_1h') && { cache_write_1h: tier.cache_write_1h }),
  };
}

function additions(): Record<string, WrittenPrice> {
  const added: Record<string, { price: WrittenPrice }> = readJson(ADDITIONS);
  return Object.fromEntries(Object.entries(added).map(([name, { price }]) => [name, price]));
}

function render(prices: Record<string, WrittenPrice>, folder: string): string {
  const { version }: { version: string } = readJson(join(folder, 'package.json'));
  const { generatedAt }: { generatedAt: string } = readJson(
    join(folder, 'dist/providers/data/.manifest.json'),
  );
  const lines = Object.entries(prices)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, price]) => `    '${name}': ${literal(price)},`);
  return [
    '// Written by scripts/update-prices.ts. Do not edit.',
    "import type { WrittenPrice } from '../manifest/price-rates.ts';",
    '',
    '/** US dollars per million tokens, by `provider/model`. */',
    'export const shipped: {',
    '  readonly as_of: string;',
    '  readonly source: string;',
    '  readonly prices: Readonly<Record<string, WrittenPrice>>;',
    '} = {',
    `  as_of: '${generatedAt.slice(0, 10)}',`,
    `  source: '${SOURCE} ${version}',`,
    '  prices: {',
    ...lines,
    '  },',
    '};',
    '',
  ].join('\n');
}

function literal(value: object): string {
  const entries = Object.entries(value).map(
    ([key, each]) => `${key}: ${typeof each === 'object' ? literal(each) : String(each)}`,
  );
  return `{ ${entries.join(', ')} }`;
}

/** Does not check the shape: a changed source shows in the diff and in the tests. */
function readJson(path: string | URL): ReturnType<typeof JSON.parse> {
  return JSON.parse(readFileSync(path, 'utf8'));
}

function tidy(rate: number): number {
  return Number(rate.toPrecision(12));
}
