import { createRedactor, type Redactor } from '../errors/redact.ts';
import type { ProviderType } from '../manifest/manifest.ts';
import type { Clock } from '../ports/clock.ts';
import { createAnthropicBatches } from './anthropic-batches.ts';
import { openAnthropic } from './anthropic-sdk.ts';
import { anthropicDialect } from './anthropic.ts';
import type { BatchApi } from './batch-api.ts';
import { createCalls, type Call } from './other-endpoints.ts';
import { claudeRequest } from './cloud-request.ts';
import { createSigning, type Signing } from './cloud-signing.ts';
import type { BodyForms } from './refused-fields.ts';
import { countDialect } from './count-tokens.ts';
import type { Dialect } from './dialect.ts';
import { createHttpProvider } from './http-provider.ts';
import { createMockProvider } from './mock.ts';
import { chatDialect } from './openai-chat.ts';
import { createOpenaiBatches } from './openai-batches.ts';
import { responsesDialect } from './openai-responses.ts';
import { listModels, type ModelList } from './model-list.ts';
import { openOpenai } from './openai-sdk.ts';
import type { Provider } from './provider.ts';
import type { ResolvedProvider } from './resolve-providers.ts';
import { createTransport, type Transport, type Wire } from './transport.ts';

export interface ProviderParts {
  /** Providers may share a wire: closing any of them closes it. */
  readonly wire: Wire;
  readonly clock: Clock;
  /** Removes secrets from every text of an outcome. Default: the provider's own key. */
  readonly redact?: Redactor;
  /** Limit for one decompressed answer in bytes. Default: 32 MiB. */
  readonly maxBodyBytes?: number;
}

/** Creates a provider. Nothing is loaded or sent before its first request. */
export function createProvider(endpoint: ResolvedProvider, parts: ProviderParts): Provider {
  return MAKERS[endpoint.type](endpoint, parts);
}

/**
 * Creates a provider that counts the tokens of requests, for free; undefined if the vendor does not
 * offer that. The usage has all input tokens, as if nothing were cached.
 */
export function createTokenCounter(
  endpoint: ResolvedProvider,
  parts: ProviderParts,
): Provider | undefined {
  if (endpoint.cloud) return undefined;
  if (endpoint.type === 'anthropic') {
    return overHttp(endpoint, parts, {
      dialect: countDialect(anthropicDialect),
      path: '/v1/messages/count_tokens',
    });
  }
  if (endpoint.type !== 'openai' || endpoint.api !== 'responses') return undefined;
  return overHttp(endpoint, parts, {
    dialect: countDialect(responsesDialect),
    path: '/responses/input_tokens',
  });
}

/**
 * Asks a server for its models, which is free and checks connection and key. Undefined for a mock,
 * and for clouds, whose lists have other addresses and names.
 */
export async function askForModels(
  endpoint: ResolvedProvider,
  parts: Pick<ProviderParts, 'wire' | 'clock'> & { readonly timeoutMs: number },
): Promise<ModelList | undefined> {
  if (endpoint.cloud || endpoint.type === 'mock') return undefined;
  const transport = createTransport(parts);
  const open = (): Promise<Call> => openCalls(endpoint, transport);
  const redact = createRedactor(endpoint.secrets ?? []);
  const request = {
    anthropic: { path: '/v1/models', query: { limit: '1000' } },
    openai: { path: '/models' },
  }[endpoint.type];
  const calls = createCalls({ ...parts, endpoint, open, transport, redact });
  return listModels(calls, request, parts.clock);
}

const MAKERS: Readonly<
  Record<ProviderType, (endpoint: ResolvedProvider, parts: ProviderParts) => Provider>
> = {
  anthropic: (endpoint, parts) =>
    overHttp(endpoint, parts, { dialect: claudeDialect(endpoint), path: '/v1/messages' }),
  openai: (endpoint, parts) =>
    overHttp(endpoint, parts, {
      dialect: openaiDialect(endpoint),
      path: endpoint.api === 'responses' ? '/responses' : '/chat/completions',
    }),
  mock: ({ name, mock, hasBatches }, { clock, redact }) =>
    createMockProvider({ name, settings: mock, clock, hasBatches, redact }),
};

function claudeDialect({ cloud }: ResolvedProvider): Dialect {
  if (cloud?.name !== 'bedrock') return anthropicDialect;
  return { ...anthropicDialect, requestIdHeader: 'x-amzn-requestid' };
}

function openaiDialect({ api }: ResolvedProvider): Dialect {
  return api === 'responses' ? responsesDialect : chatDialect;
}

function overHttp(
  endpoint: ResolvedProvider,
  parts: ProviderParts,
  { dialect, path }: { readonly dialect: Dialect; readonly path: string },
): Provider {
  const { wire, clock, maxBodyBytes } = parts;
  const signing = signingOf(endpoint, clock);
  const transport = createTransport({
    wire,
    clock,
    sign: signing?.sign,
    ...(maxBodyBytes === undefined ? {} : { maxBodyBytes }),
  });
  const redactKnown =
    parts.redact ??
    createRedactor(endpoint.secrets ?? (endpoint.key === undefined ? [] : [endpoint.key]));
  const redact: Redactor = signing
    ? (text) => createRedactor(signing.secrets())(redactKnown(text))
    : redactKnown;
  return createHttpProvider({
    endpoint,
    dialect,
    async open() {
      const call = await openCalls(endpoint, transport);
      const { cloud } = endpoint;
      const isClaude = cloud !== undefined && endpoint.type === 'anthropic';
      return (body, options) => {
        const sent = isClaude ? claudeRequest(cloud, body) : { path, body };
        return call({ method: 'post', ...sent }, options);
      };
    },
    transport,
    clock,
    redact,
    batches:
      endpoint.hasBatches === true
        ? (forms) => batchesOf(endpoint, { ...parts, redact }, forms)
        : undefined,
  });
}

function openCalls(endpoint: ResolvedProvider, transport: Transport): Promise<Call> {
  const open = endpoint.type === 'anthropic' ? openAnthropic : openOpenai;
  return open(endpoint, transport);
}

/** Undefined if requests need no signature. */
function signingOf({ cloud, host }: ResolvedProvider, clock: Clock): Signing | undefined {
  if (cloud?.credential === undefined) return undefined;
  const service = host.startsWith('bedrock-mantle.') ? 'bedrock-mantle' : 'bedrock';
  return createSigning(cloud.credential, { region: cloud.region, service, clock });
}

/** All rows of a batch arrive in one body. */
const MOST_RESULT_BYTES = 400 * 1024 * 1024;

function batchesOf(
  endpoint: ResolvedProvider,
  { wire, clock, redact }: ProviderParts & { readonly redact: Redactor },
  forms: BodyForms,
): BatchApi {
  const transport = createTransport({ wire, clock, maxBodyBytes: MOST_RESULT_BYTES });
  const open = (): Promise<Call> => openCalls(endpoint, transport);
  const calls = createCalls({ endpoint, open, transport, clock, redact });
  return endpoint.type === 'anthropic'
    ? createAnthropicBatches({ calls, dialect: anthropicDialect, forms })
    : createOpenaiBatches({ calls, dialect: openaiDialect(endpoint), forms, api: endpoint.api });
}
