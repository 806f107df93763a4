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
import {
  booleanOf,
  choiceOf,
  countOf,
  durationOf,
  namedEntries,
  numberOf,
  rangeOf,
  stringOf,
  type ReadContext,
} from './read-values.ts';
import { shown } from './secrets.ts';
import { child, entry, type MapEntry, type SourceNode } from './source-node.ts';

const PROVIDER_TYPES = ['anthropic', 'openai', 'mock'] as const satisfies readonly ProviderType[];

/** Reads and checks `providers`. Whether Volley may call a host is checked elsewhere. */
export function buildProviders(
  node: SourceNode | undefined,
  context: ReadContext,
): ReadonlyMap<string, ProviderSettings> {
  const providers = new Map<string, ProviderSettings>();
  for (const each of namedEntries(node)) {
    if (each.value.kind === 'map') providers.set(each.key, buildProvider(each, context));
  }
  return providers;
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

function buildProvider(each: MapEntry, context: ReadContext): ProviderSettings {
  const { key: name, value: node } = each;
  const { source } = context;
  checkName(each, context);
  checkBaseUrl(child(node, 'base_url'), context);
  const cloud = buildCloud(node, context);
  return {
    name,
    place: source.keyPlace(each),
    type: cloud?.wire ?? choiceOf(child(node, 'type'), PROVIDER_TYPES),
    ...(cloud && { cloud: cloud.cloud }),
    baseUrl: stringOf(child(node, 'base_url')),
    baseUrlEnv: stringOf(child(node, 'base_url_env')),
    apiKeyEnv: stringOf(child(node, 'api_key_env')),
    api: choiceOf(child(node, 'api'), ['responses', 'chat']),
    apiVersion: stringOf(child(node, 'api_version')),
    auth: choiceOf(child(node, 'auth'), AUTH_SCHEMES),
    ...buildHeaders(node, context),
    maxTokensField: stringOf(child(node, 'max_tokens_field')),
    stream: choiceOf(child(node, 'stream'), ['auto', 'always', 'never']),
    structuredOutput: choiceOf(child(node, 'structured_output'), ['native', 'prompt']),
    attachments: choiceOf(child(node, 'attachments'), ['none', 'images', 'all']),
    limits: buildLimits(child(node, 'limits'), context),
    models: new Map(
      namedEntries(child(node, 'models')).map((model) => [
        model.key,
        {
          limits: buildLimits(child(model.value, 'limits'), context),
          maxTokens: countOf(child(model.value, 'max_tokens'), context),
        },
      ]),
    ),
    mock: buildMock(child(node, 'mock'), context),
    batch: booleanOf(child(node, 'batch')),
    flex: booleanOf(child(node, 'flex')),
  };
}

function checkName(each: MapEntry, { source, report }: ReadContext): void {
  const { key: name, value: node } = each;
  if (!/^[^/\s]+$/.test(name)) {
    report.error(source.keyPlace(each), {
      code: 'BAD_VALUE',
      message: `\`${shown(name)}\` cannot be the name of a provider`,
      hint: 'use a word without `/` and spaces: models are named `provider/model`',
    });
    return;
  }
  const known = knownProviders.get(name);
  const isMock = (stringOf(child(node, 'type')) ?? known?.type) === 'mock';
  const isCloud = choiceOf(child(node, 'type'), CLOUDS) !== undefined;
  const mock = entry(node, 'mock');
  if (mock && !isMock) {
    report.error(source.keyPlace(mock), {
      code: 'BAD_VALUE',
      message: `\`mock\` has no effect on the provider \`${shown(name)}\``,
      hint: 'add `type: mock`, or delete it',
    });
  }
  if (known) return;
  if (!entry(node, 'type')) {
    const near = suggest(name, knownProviders.keys());
    report.error(source.keyPlace(each), {
      code: 'MISSING_KEY',
      message: `the provider \`${shown(name)}\` has no \`type\``,
      hint:
        near === undefined
          ? 'add `type: openai` for a server that speaks the OpenAI API; the others are `anthropic`, `azure`, `bedrock`, `vertex` and `mock`'
          : `did you mean \`${near}\`? If not, add \`type\`: openai, anthropic or mock`,
    });
  } else if (!isMock && !isCloud && !entry(node, 'base_url') && !entry(node, 'base_url_env')) {
    report.error(source.keyPlace(each), {
      code: 'MISSING_KEY',
      message: `the provider \`${shown(name)}\` has no \`base_url\``,
      hint: 'add the address of its API, such as `base_url: http://127.0.0.1:11434/v1`',
    });
  }
}

function checkBaseUrl(node: SourceNode | undefined, { source, report }: ReadContext): void {
  const text = stringOf(node);
  const problem = text === undefined ? undefined : baseUrlProblem(text);
  if (node && problem) report.error(source.place(node), problem);
}

const COUNTED = ['rpm', 'rpd', 'tpm', 'itpm', 'otpm'] as const;

function buildLimits(node: SourceNode | undefined, context: ReadContext): Limits {
  const limits: { -readonly [Name in keyof Limits]: Limits[Name] } = {};
  for (const name of COUNTED) {
    const count = countOf(child(node, name), context);
    if (count !== undefined) limits[name] = count;
  }
  const rps = numberOf(child(node, 'rps'));
  if (rps !== undefined) limits.rps = rps;
  const concurrency = child(node, 'concurrency');
  const fixed = numberOf(concurrency);
  const start = fixed ?? numberOf(child(concurrency, 'start'));
  const max = fixed ?? numberOf(child(concurrency, 'max'));
  if (concurrency && start !== undefined && max !== undefined) {
    limits.concurrency = { start, max };
    if (start > max) {
      context.report.error(context.source.place(concurrency), {
        code: 'BAD_VALUE',
        message: `\`concurrency\` starts at \`${start}\`, above its \`max\` of \`${max}\``,
        hint: 'make `start` at most `max`',
      });
    }
  }
  return limits;
}

function buildMock(node: SourceNode | undefined, context: ReadContext): MockSettings | undefined {
  if (node?.kind !== 'map') return undefined;
  const errors = child(node, 'errors');
  const batch = child(node, 'batch');
  const mock: MockSettings = {
    seed: numberOf(child(node, 'seed')) ?? DEFAULT_MOCK.seed,
    latencyMs: rangeOf(child(node, 'latency'), durationOf, context) ?? DEFAULT_MOCK.latencyMs,
    outputTokens:
      rangeOf(child(node, 'output_tokens'), countOf, context) ?? DEFAULT_MOCK.outputTokens,
    errors: (errors?.kind === 'list' ? errors.items : []).flatMap((each) => {
      const status = numberOf(child(each, 'status'));
      const rate = numberOf(child(each, 'rate'));
      return status === undefined || rate === undefined ? [] : [{ status, rate }];
    }),
    missingUsage: numberOf(child(node, 'missing_usage')) ?? DEFAULT_MOCK.missingUsage,
    answer: stringOf(child(node, 'answer')),
    ...(batch && {
      batch: {
        durationMs: rangeOf(child(batch, 'duration'), durationOf, context) ?? DEFAULT_BATCH_MS,
        expired: numberOf(child(batch, 'expired')) ?? 0,
      },
    }),
  };
  if (errors && mock.errors.reduce((sum, { rate }) => sum + rate, 0) > 1 + 1e-9) {
    context.report.error(context.source.place(errors), {
      code: 'BAD_VALUE',
      message: 'the rates of `errors` add up to more than 1',
      hint: 'each is a share of all attempts: make them add up to at most 1',
    });
  }
  return mock;
}
