import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../../src/ports/system-clock.ts';
import { fetchWire } from '../../src/providers/callers-fetch.ts';
import type { Provider } from '../../src/providers/provider.ts';
import { createProvider } from '../../src/providers/create-provider.ts';
import type { ResolvedProvider } from '../../src/providers/resolve-providers.ts';
import type { Wire } from '../support/wires.ts';
import { endpointAt, failureOf, KEY, promptRequest, sendOptions } from './setup.ts';

interface Sent {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

const network = setupServer();
const sent: Sent[] = [];

beforeAll(() => network.listen({ onUnhandledFrame: 'error' }));
afterEach(() => {
  network.resetHandlers();
  vi.unstubAllEnvs();
  sent.length = 0;
});
afterAll(() => network.close());

const ANTHROPIC = 'https://api.anthropic.com';
const OPENAI = 'https://api.openai.com/v1';

const request = promptRequest({
  model: { provider: 'local', model: 'some-model' },
  context: 'You review code.',
  system: 'Be brief.',
  prompt: 'Review this.',
});

describe('Anthropic', () => {
  test('gets the context as a cached block, the bearer key and the current version', async () => {
    answer(`${ANTHROPIC}/v1/messages`, {
      type: 'message',
      content: [
        { type: 'thinking', thinking: 'hm' },
        { type: 'text', text: 'Looks ' },
        { type: 'text', text: 'good.' },
      ],
      stop_reason: 'end_turn',
      usage: {
        input_tokens: 12,
        cache_creation_input_tokens: 300,
        cache_read_input_tokens: 2048,
        cache_creation: { ephemeral_5m_input_tokens: 100, ephemeral_1h_input_tokens: 200 },
        output_tokens: 50,
        output_tokens_details: { thinking_tokens: 20 },
      },
    });
    const outcome = await over('anthropic', ANTHROPIC).send(request, {
      ...sendOptions(),
      marks: { breakpoints: [{ after: 'context', lifetime: undefined }], key: 'k' },
    });
    expect(sent).toEqual([
      {
        url: 'https://api.anthropic.com/v1/messages',
        headers: {
          accept: 'application/json',
          'accept-encoding': 'identity',
          'anthropic-version': '2026-10-21',
          authorization: `Bearer ${KEY}`,
          'content-type': 'application/json',
          'user-agent': 'volley',
        },
        body: {
          model: 'some-model',
          max_tokens: 4096,
          system: [
            { type: 'text', text: 'You review code.', cache_control: { type: 'ephemeral' } },
            { type: 'text', text: 'Be brief.' },
          ],
          messages: [{ role: 'user', content: 'Review this.' }],
        },
      },
    ]);
    expect(outcome).toMatchObject({
      kind: 'answered',
      answer: {
        text: 'Looks good.',
        usage: {
          inputTokens: 12,
          outputTokens: 50,
          cacheReadTokens: 2048,
          cacheWriteTokens: 300,
          cacheWriteLongTokens: 200,
          reasoningTokens: 20,
        },
      },
    });
  });

  test('an older version gets the key as x-api-key', async () => {
    answer(`${ANTHROPIC}/v1/messages`, {});
    await over('anthropic', ANTHROPIC, { apiVersion: '2023-06-01' }).send(request, sendOptions());
    expect(sent[0]?.headers).toMatchObject({
      'anthropic-version': '2023-06-01',
      'x-api-key': KEY,
    });
    expect(sent[0]?.headers).not.toHaveProperty('authorization');
  });

  test('an address with a trailing /v1 is the same address', async () => {
    answer(`${ANTHROPIC}/v1/messages`, {});
    await over('anthropic', `${ANTHROPIC}/v1`).send(request, sendOptions());
    expect(sent[0]?.url).toBe('https://api.anthropic.com/v1/messages');
  });

  test('a long output and an old model are sent without console output', async () => {
    const warn = vi.spyOn(console, 'warn');
    answer(`${ANTHROPIC}/v1/messages`, {});
    await over('anthropic', ANTHROPIC).send(
      promptRequest({
        model: { provider: 'local', model: 'claude-sonnet-4-5-20250929' },
        parameters: { maxTokens: 64_000 },
      }),
      sendOptions(),
    );
    expect(sent[0]?.body).toMatchObject({ max_tokens: 64_000 });
    expect(warn).not.toHaveBeenCalled();
  });
});

describe('OpenAI', () => {
  test('Responses gets instructions with the context first, and cached tokens are subtracted from the input', async () => {
    answer(`${OPENAI}/responses`, {
      object: 'response',
      status: 'completed',
      error: null,
      output: [
        { type: 'reasoning', summary: [] },
        { type: 'message', content: [{ type: 'output_text', text: 'Good.' }] },
      ],
      usage: {
        input_tokens: 1000,
        input_tokens_details: {
          cached_tokens: 600,
          cache_write_tokens: 300,
          cache_write_tokens_details: { ttl_30m_tokens: 200, ttl_12h_tokens: 100 },
        },
        output_tokens: 80,
        output_tokens_details: { reasoning_tokens: 30 },
        total_tokens: 1080,
      },
    });
    const outcome = await over('responses', OPENAI).send(request, sendOptions());
    expect(sent).toEqual([
      {
        url: 'https://api.openai.com/v1/responses',
        headers: {
          accept: 'application/json',
          'accept-encoding': 'identity',
          authorization: `Bearer ${KEY}`,
          'content-type': 'application/json',
          'user-agent': 'volley',
        },
        body: {
          model: 'some-model',
          instructions: 'You review code.\n\nBe brief.',
          input: 'Review this.',
          store: false,
        },
      },
    ]);
    expect(outcome).toMatchObject({
      kind: 'answered',
      answer: {
        text: 'Good.',
        usage: {
          inputTokens: 100,
          outputTokens: 80,
          cacheReadTokens: 600,
          cacheWriteTokens: 300,
          cacheWriteLongTokens: 100,
          reasoningTokens: 30,
        },
      },
    });
  });

  test('Chat Completions on OpenAI limits the output with max_completion_tokens', async () => {
    answer(`${OPENAI}/chat/completions`, {});
    await over('chat', OPENAI).send(promptRequest({ parameters: { maxTokens: 9 } }), sendOptions());
    expect(sent[0]?.body).toEqual({
      model: 'test-model',
      messages: [{ role: 'user', content: 'ping' }],
      max_completion_tokens: 9,
    });
  });
});

test.each(['anthropic', 'responses', 'chat'] as const)(
  'the environment does not affect %s requests, and nothing is printed',
  async (wire) => {
    const evil = 'https://evil.example';
    for (const [name, value] of Object.entries({
      OPENAI_BASE_URL: evil,
      OPENAI_API_KEY: 'canary-key',
      OPENAI_ADMIN_KEY: 'canary-admin',
      OPENAI_ORG_ID: 'canary-org',
      OPENAI_PROJECT_ID: 'canary-project',
      OPENAI_CUSTOM_HEADERS:
        'x-evil: canary\nauthorization: canary\nuser-agent: canary\nx-api-key: canary',
      OPENAI_LOG: 'debug',
      ANTHROPIC_BASE_URL: evil,
      ANTHROPIC_API_KEY: 'canary-key',
      ANTHROPIC_AUTH_TOKEN: 'canary-token',
      ANTHROPIC_PROFILE: 'canary-profile',
      ANTHROPIC_CUSTOM_HEADERS:
        'x-evil: canary\nAuthorization: canary\nanthropic-version: canary\nx-api-key: canary',
      ANTHROPIC_LOG: 'debug',
    })) {
      vi.stubEnv(name, value);
    }
    const spies = (['log', 'info', 'warn', 'error', 'debug'] as const).map((name) =>
      vi.spyOn(console, name),
    );
    const base = wire === 'anthropic' ? ANTHROPIC : OPENAI;
    const path = { anthropic: '/v1/messages', responses: '/responses', chat: '/chat/completions' }[
      wire
    ];
    answer(base + path, {});
    await over(wire, base, { key: undefined, keyVariable: undefined }).send(request, sendOptions());
    await over(wire, base).send(request, sendOptions());
    expect(sent).toHaveLength(2);
    expect(JSON.stringify(sent)).not.toContain('canary-key');
    expect(JSON.stringify(sent).replaceAll(KEY, '')).not.toContain('canary');
    expect(sent[0]?.headers).not.toHaveProperty('authorization');
    expect(sent[0]?.headers).not.toHaveProperty('x-api-key');
    expect(sent[1]?.headers['authorization']).toBe(`Bearer ${KEY}`);
    for (const spy of spies) expect(spy).not.toHaveBeenCalled();
  },
);

test("a failure of the caller's fetch is a NETWORK failure", async () => {
  network.use(http.post(`${OPENAI}/responses`, () => HttpResponse.error()));
  const failure = failureOf(await over('responses', OPENAI).send(request, sendOptions()));
  expect(failure).toMatchObject({ code: 'NETWORK', retryable: true, possiblyPaid: true });
});

test("redirects are not followed with the caller's fetch either", async () => {
  network.use(
    http.post(`${OPENAI}/responses`, () =>
      HttpResponse.text(null, { status: 307, headers: { location: 'https://evil.example/x' } }),
    ),
  );
  const failure = failureOf(await over('responses', OPENAI).send(request, sendOptions()));
  expect(failure.message).toBe('api.openai.com answered 307, a redirect to https://evil.example');
});

/** The headers that Node's `fetch` adds by itself. */
const FETCH_OWN = new Set([
  'accept-language',
  'connection',
  'content-length',
  'host',
  'sec-fetch-mode',
]);

function answer(url: string, body: Record<string, unknown>): void {
  network.use(
    http.post(url, async ({ request: seen }) => {
      sent.push({
        url: seen.url,
        headers: Object.fromEntries([...seen.headers].filter(([name]) => !FETCH_OWN.has(name))),
        body: await seen.json(),
      });
      return HttpResponse.json(body);
    }),
  );
}

function over(wire: Wire, baseUrl: string, overrides: Partial<ResolvedProvider> = {}): Provider {
  return createProvider(endpointAt(wire, baseUrl, overrides), {
    // Looked up on each call, because msw replaces it.
    wire: fetchWire((input, init) => globalThis.fetch(input, init)),
    clock: systemClock,
  });
}
