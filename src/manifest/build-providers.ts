import { suggest } from '../errors/suggest.ts';
import { baseUrlProblem } from './base-url.ts';
import { buildHeaders } from './build-headers.ts';
import { buildCloud, CLOUDS } from './cloud.ts';
import { knownProviders } from './known-providers.ts';
import {
  AUTH_SCHEMES,
  type Limits,
  type MockSettings,
  type ProviderSettings,
  type ProviderType,
} from './manifest.ts';
import { shown } from './recognize-secrets.ts';
import type { Written } from './written-value.ts';

const PROVIDER_TYPES = ['anthropic', 'openai', 'mock'] as const satisfies readonly ProviderType[];

/** Reads and checks `providers`. Whether Volley may call a host is checked elsewhere. */
export function buildProviders(providers: Written): ReadonlyMap<string, ProviderSettings> {
  const maps = providers.named.filter(({ isMap }) => isMap);
  return new Map(maps.map((each) => [each.key, buildProvider(each)]));
}

/** The wire format of a provider, from its own entry or the built-in one. */
export function providerType(
  name: string,
  providers: ReadonlyMap<string, ProviderSettings>,
): ProviderType | undefined {
  return providers.get(name)?.type ?? knownProviders.get(name)?.type;
}

/** Fast enough for a demonstration, slow enough to watch. */
export const DEFAULT_MOCK: MockSettings = {
  seed: 1,
  latencyMs: { min: 200, max: 800 },
  outputTokens: { min: 20, max: 80 },
  errors: [],
  missingUsage: 0,
  answer: undefined,
};

export const DEFAULT_BATCH_MS = { min: 1_000, max: 3_000 };

function buildProvider(each: Written): ProviderSettings {
  checkName(each);
  const baseUrl = each.get('base_url');
  const problem = baseUrl.string === undefined ? undefined : baseUrlProblem(baseUrl.string);
  if (problem) baseUrl.error(problem);
  const cloud = buildCloud(each);
  return {
    name: each.key,
    place: each.keyPlace,
    type: cloud?.wire ?? each.get('type').choice(PROVIDER_TYPES),
    ...(cloud && { cloud: cloud.cloud }),
    baseUrl: baseUrl.string,
    baseUrlEnv: each.get('base_url_env').string,
    apiKeyEnv: each.get('api_key_env').string,
    api: each.get('api').choice(['responses', 'chat']),
    apiVersion: each.get('api_version').string,
    auth: each.get('auth').choice(AUTH_SCHEMES),
    ...buildHeaders(each),
    maxTokensField: each.get('max_tokens_field').string,
    stream: each.get('stream').choice(['auto', 'always', 'never']),
    structuredOutput: each.get('structured_output').choice(['native', 'prompt']),
    attachments: each.get('attachments').choice(['none', 'images', 'all']),
    limits: buildLimits(each.get('limits')),
    models: new Map(
      each
        .get('models')
        .named.map((model) => [
          model.key,
          { limits: buildLimits(model.get('limits')), maxTokens: model.get('max_tokens').count },
        ]),
    ),
    mock: buildMock(each.get('mock')),
    batch: each.get('batch').boolean,
    flex: each.get('flex').boolean,
  };
}

function checkName(each: Written): void {
  const { key: name } = each;
  if (!/^[^/\s]+$/.test(name)) {
    each.keyError({
      message: `\`${shown(name)}\` is not a valid provider name`,
      hint: 'use a word without `/` and spaces: models are named `provider/model`',
    });
    return;
  }
  const known = knownProviders.get(name);
  const type = each.get('type');
  const isMock = (type.string ?? known?.type) === 'mock';
  const mock = each.get('mock');
  if (mock.isGiven && !isMock) {
    mock.keyError({
      message: `\`mock\` has no effect on the provider \`${shown(name)}\``,
      hint: 'add `type: mock`, or delete it',
    });
  }
  if (known) return;
  const hasUrl = each.get('base_url').isGiven || each.get('base_url_env').isGiven;
  if (!type.isGiven) {
    const near = suggest(name, knownProviders.keys());
    each.keyError({
      code: 'MISSING_KEY',
      message: `the provider \`${shown(name)}\` has no \`type\``,
      hint:
        near === undefined
          ? 'add `type: openai` for a server that speaks the OpenAI API; the others are `anthropic`, `azure`, `bedrock`, `vertex` and `mock`'
          : `did you mean \`${near}\`? If not, add \`type\`: openai, anthropic or mock`,
    });
  } else if (!isMock && !type.choice(CLOUDS) && !hasUrl) {
    each.keyError({
      code: 'MISSING_KEY',
      message: `the provider \`${shown(name)}\` has no \`base_url\``,
      hint: 'add the address of its API, such as `base_url: http://127.0.0.1:11434/v1`',
    });
  }
}

const COUNTED = ['rpm', 'rpd', 'tpm', 'itpm', 'otpm'] as const;

function buildLimits(written: Written): Limits {
  const limits: { -readonly [Name in keyof Limits]: Limits[Name] } = {};
  for (const name of COUNTED) {
    const { count } = written.get(name);
    if (count !== undefined) limits[name] = count;
  }
  const { number: rps } = written.get('rps');
  if (rps !== undefined) limits.rps = rps;
  const concurrency = written.get('concurrency');
  const start = concurrency.number ?? concurrency.get('start').number;
  const max = concurrency.number ?? concurrency.get('max').number;
  if (start === undefined || max === undefined) return limits;
  if (start > max) {
    concurrency.error({
      message: `\`concurrency\` starts at \`${start}\`, above its \`max\` of \`${max}\``,
      hint: 'make `start` at most `max`',
    });
  }
  return { ...limits, concurrency: { start, max } };
}

function buildMock(written: Written): MockSettings | undefined {
  if (!written.isMap) return undefined;
  const errors = written.get('errors');
  const batch = written.get('batch');
  const mock: MockSettings = {
    seed: written.get('seed').number ?? DEFAULT_MOCK.seed,
    latencyMs: written.get('latency').range(({ duration }) => duration) ?? DEFAULT_MOCK.latencyMs,
    outputTokens:
      written.get('output_tokens').range(({ count }) => count) ?? DEFAULT_MOCK.outputTokens,
    errors: errors.items.flatMap((each) => {
      const status = each.get('status').number;
      const rate = each.get('rate').number;
      return status === undefined || rate === undefined ? [] : [{ status, rate }];
    }),
    missingUsage: written.get('missing_usage').number ?? DEFAULT_MOCK.missingUsage,
    answer: written.get('answer').string,
    ...(batch.isGiven && {
      batch: {
        durationMs: batch.get('duration').range(({ duration }) => duration) ?? DEFAULT_BATCH_MS,
        expired: batch.get('expired').number ?? 0,
      },
    }),
  };
  if (mock.errors.reduce((sum, { rate }) => sum + rate, 0) > 1 + 1e-9) {
    errors.error({
      message: 'the rates of `errors` add up to more than 1',
      hint: 'each is a share of all attempts: make them add up to at most 1',
    });
  }
  return mock;
}
