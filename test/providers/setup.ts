import { onTestFinished } from 'vitest';
import type { PromptRequest } from '../../src/plan/task.ts';
import type { Dialect } from '../../src/providers/dialect.ts';
import { verdictOn } from '../../src/providers/judge-answer.ts';
import type { Verdict } from '../../src/providers/judge-answer.ts';
import type { JsonObject } from '../../src/ports/json-shape.ts';
import type { Parameters } from '../../src/manifest/manifest.ts';
import { systemClock } from '../../src/ports/system-clock.ts';
import type {
  AttemptFailure,
  AttemptOutcome,
  Provider,
  SendOptions,
} from '../../src/providers/provider.ts';
import { createProvider } from '../../src/providers/create-provider.ts';
import type { ProviderParts } from '../../src/providers/create-provider.ts';
import type { ResolvedProvider } from '../../src/providers/resolve-providers.ts';
import { undiciWire } from '../../src/providers/undici-wire.ts';
import {
  startServer,
  type Behaviour,
  type ServerOptions,
  type TestServer,
} from '../support/server.ts';
import type { Wire } from '../support/wires.ts';

export const KEY = 'sk-canary-4f9a81c2d7e6';

/** An endpoint of a wire at a base URL, with a key. */
export function endpointAt(
  wire: Wire,
  baseUrl: string,
  overrides: Partial<ResolvedProvider> = {},
): ResolvedProvider {
  const url = new URL(baseUrl);
  return {
    name: 'local',
    type: wire === 'anthropic' ? 'anthropic' : 'openai',
    baseUrl,
    origin: url.origin,
    host: url.host,
    key: KEY,
    keyVariable: 'LOCAL_KEY',
    withheldVariable: undefined,
    api: wire === 'responses' ? 'responses' : 'chat',
    apiVersion: undefined,
    mock: undefined,
    ...overrides,
  };
}

interface Overrides {
  readonly endpoint?: Partial<ResolvedProvider>;
  readonly parts?: Partial<ProviderParts>;
}

/** A provider in this wire format that talks to the test server over real sockets. */
export function providerFor(wire: Wire, server: TestServer, options: Overrides = {}): Provider {
  const baseUrl = wire === 'anthropic' ? server.origin : server.openaiUrl;
  return createProvider(endpointAt(wire, baseUrl, options.endpoint), {
    wire: undiciWire(),
    clock: systemClock,
    ...options.parts,
  });
}

/** A server and a provider that talks to it, both closed after the test. */
export async function served(
  wire: Wire,
  serving: Behaviour | ServerOptions = {},
  options: Overrides = {},
) {
  const server = await startServer('kind' in serving ? { respond: () => serving } : serving);
  const provider = providerFor(wire, server, options);
  onTestFinished(async () => void (await Promise.all([server.close(), provider.close()])));
  const send = (
    request: PromptRequest = promptRequest(),
    how: Partial<SendOptions> = {},
  ): Promise<AttemptOutcome> => provider.send(request, sendOptions(how));
  return { server, provider, send };
}

/**
 * Loads in advance what the first request would load, so that short deadlines include only the
 * network.
 */
export async function loadClients(): Promise<void> {
  await Promise.all([import('undici'), import('openai'), import('@anthropic-ai/sdk')]);
}

/** The options for writing an ordinary request. */
export const PLAIN = {
  continuation: undefined,
  form: {
    maxTokensField: 'max_tokens',
    forbidsStorage: true,
    asksForUsage: true,
    marksCache: true,
    asksForDiagnosis: true,
    streams: false,
  },
} as const;

export function promptRequest(overrides: Partial<PromptRequest> = {}): PromptRequest {
  return {
    model: { provider: 'local', model: 'test-model' },
    context: undefined,
    system: undefined,
    prompt: 'ping',
    parameters: {},
    ...overrides,
  };
}

export function withParameters(parameters: Parameters): PromptRequest {
  return promptRequest({ parameters });
}

export function sendOptions(overrides: Partial<SendOptions> = {}): SendOptions {
  return { timeoutMs: 10_000, signal: new AbortController().signal, ...overrides };
}

/** The verdict of a wire format on the body of a 200. */
export function verdictOf(
  dialect: Dialect,
  body: JsonObject,
  request: PromptRequest = promptRequest(),
): Verdict {
  const decoded = dialect.decode(body, undefined);
  if (decoded.kind === 'misshapen') throw new Error(decoded.message);
  return verdictOn(decoded, request);
}

export function failureOf(outcome: AttemptOutcome): AttemptFailure {
  if (outcome.kind !== 'failed') throw new Error(`expected a failure: ${JSON.stringify(outcome)}`);
  return outcome.failure;
}

/** The body of a good answer. */
export function bodyWith(wire: Wire, text: string): unknown {
  switch (wire) {
    case 'anthropic':
      return { type: 'message', content: [{ type: 'text', text }], stop_reason: 'end_turn' };
    case 'responses':
      return {
        status: 'completed',
        output: [{ type: 'message', content: [{ type: 'output_text', text }] }],
      };
    case 'chat':
      return { choices: [{ message: { content: text }, finish_reason: 'stop' }] };
  }
}
