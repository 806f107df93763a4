import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { AttemptFailure, AttemptOutcome, Provider } from '../../src/providers/provider.ts';
import type { Wire as NetworkWire } from '../../src/providers/transport.ts';
import { undiciWire } from '../../src/providers/undici-wire.ts';
import { startServer } from '../support/server.ts';
import type { Behaviour, TestServer } from '../support/server.ts';
import type { Wire } from '../support/wires.ts';
import { failureOf, KEY, loadClients, promptRequest, providerFor, sendOptions } from './setup.ts';

interface Row {
  readonly name: string;
  readonly behaviour: Behaviour;
  /** Whole reaction, fields that do not matter left out. */
  readonly reaction: Partial<AttemptFailure>;
  readonly timeoutMs?: number;
  /** Cut in the middle of a stream's JSON it looks like something else: see the tests of streams. */
  readonly onlyWhole?: true;
}

const json = { 'content-type': 'application/json' };
const html = { 'content-type': 'text/html; charset=utf-8' };

function reply(
  status: number,
  body: string | Uint8Array = '',
  headers: Record<string, string> = json,
): Behaviour {
  return { kind: 'reply', status, body, headers };
}

const retry = { retryable: true, reach: 'task' } as const;
const final = { retryable: false, reach: 'task' } as const;
const stop = { retryable: false, reach: 'provider', possiblyPaid: false } as const;
const lane = { retryable: true, reach: 'lane' } as const;
const twice = { code: 'BAD_RESPONSE', ...retry, maxRetries: 2, possiblyPaid: true } as const;

/** The fault table, as far as a loopback server can make its rows. */
const rows: readonly Row[] = [
  {
    name: '400',
    behaviour: { kind: 'error', status: 400, type: 'invalid_request_error', message: 'bad field' },
    reaction: { code: 'BAD_REQUEST', httpStatus: 400, ...final, possiblyPaid: false },
  },
  {
    name: "400 with Anthropic's spend limit",
    behaviour: {
      kind: 'error',
      status: 400,
      type: 'invalid_request_error',
      message:
        'You have reached your specified API usage limits. You will regain access on 2026-12-01 at 00:00 UTC.',
    },
    reaction: { code: 'QUOTA_EXHAUSTED', httpStatus: 400, ...stop },
  },
  {
    name: '400 with a prompt that is too long (Anthropic)',
    behaviour: {
      kind: 'error',
      status: 400,
      type: 'invalid_request_error',
      message: 'prompt is too long: 210000 tokens > 200000 maximum',
    },
    reaction: { code: 'CONTEXT_TOO_LONG', ...final },
  },
  {
    name: '400 with a prompt that is too long (OpenAI)',
    behaviour: { kind: 'error', status: 400, code: 'context_length_exceeded', message: 'too long' },
    reaction: { code: 'CONTEXT_TOO_LONG', ...final },
  },
  {
    name: '401',
    behaviour: { kind: 'error', status: 401, type: 'authentication_error', message: 'no' },
    reaction: { code: 'AUTH', httpStatus: 401, ...stop },
  },
  {
    name: '402',
    behaviour: { kind: 'error', status: 402, type: 'billing_error', message: 'no credit' },
    reaction: { code: 'QUOTA_EXHAUSTED', httpStatus: 402, ...stop },
  },
  {
    name: '403',
    behaviour: { kind: 'error', status: 403, type: 'permission_error', message: 'no' },
    reaction: { code: 'FORBIDDEN', httpStatus: 403, ...final, possiblyPaid: false },
  },
  {
    name: '403 for flagged input',
    behaviour: { kind: 'error', status: 403, message: 'Your input was flagged by moderation' },
    reaction: { code: 'CONTENT_FILTERED', httpStatus: 403, ...final },
  },
  {
    name: '404',
    behaviour: { kind: 'error', status: 404, type: 'not_found_error', message: 'model: x' },
    reaction: { code: 'NOT_FOUND', httpStatus: 404, ...final },
  },
  {
    name: '408',
    behaviour: reply(408, '{}'),
    reaction: { code: 'TIMEOUT', httpStatus: 408, ...retry, possiblyPaid: true },
  },
  {
    name: '409',
    behaviour: reply(409, '{}'),
    reaction: { httpStatus: 409, retryable: false },
  },
  {
    name: '409 that should be retried',
    behaviour: reply(409, '{}', { ...json, 'x-should-retry': 'true' }),
    reaction: { httpStatus: 409, ...retry },
  },
  {
    name: '413 in plain text',
    behaviour: reply(413, '<html><title>413 Too Large</title></html>', html),
    reaction: { code: 'TOO_LARGE', httpStatus: 413, ...final },
  },
  {
    name: '422',
    behaviour: reply(422, '{"detail":[{"msg":"field required","loc":["body"]}]}'),
    reaction: { code: 'BAD_REQUEST', httpStatus: 422, ...final },
  },
  {
    name: '425',
    behaviour: reply(425, ''),
    reaction: { code: 'SERVER_ERROR', httpStatus: 425, ...retry },
  },
  {
    name: '429 with retry-after in seconds',
    behaviour: {
      kind: 'error',
      status: 429,
      type: 'rate_limit_error',
      headers: { 'retry-after': '2' },
    },
    reaction: { code: 'RATE_LIMITED', httpStatus: 429, ...lane, retryAfterMs: 2000 },
  },
  {
    name: '429 with retry-after-ms next to seconds',
    behaviour: {
      kind: 'error',
      status: 429,
      headers: { 'retry-after': '2', 'retry-after-ms': '1500' },
    },
    reaction: { code: 'RATE_LIMITED', ...lane, retryAfterMs: 1500 },
  },
  {
    name: '429 for an empty account',
    behaviour: {
      kind: 'error',
      status: 429,
      type: 'insufficient_quota',
      code: 'insufficient_quota',
      headers: { 'retry-after': '2', 'x-should-retry': 'true' },
    },
    reaction: { code: 'QUOTA_EXHAUSTED', httpStatus: 429, ...stop },
  },
  {
    name: '429 at an enforced spend limit',
    behaviour: {
      kind: 'error',
      status: 429,
      type: 'rate_limit_error',
      code: 'enforced_spend_limit_reached',
    },
    reaction: { code: 'QUOTA_EXHAUSTED', ...stop },
  },
  {
    name: '429 that should not be retried',
    behaviour: { kind: 'error', status: 429, headers: { 'x-should-retry': 'false' } },
    reaction: { code: 'RATE_LIMITED', retryable: false },
  },
  {
    name: '500',
    behaviour: { kind: 'error', status: 500, type: 'api_error' },
    reaction: { code: 'SERVER_ERROR', httpStatus: 500, ...retry, possiblyPaid: false },
  },
  {
    name: '502 as a page',
    behaviour: reply(502, '<html><head><title>502 Bad Gateway</title></head></html>', html),
    reaction: { code: 'SERVER_ERROR', httpStatus: 502, ...retry, possiblyPaid: true },
  },
  {
    name: '503',
    behaviour: reply(503, ''),
    reaction: { code: 'OVERLOADED', httpStatus: 503, ...lane },
  },
  {
    name: '504',
    behaviour: reply(504, ''),
    reaction: { code: 'SERVER_ERROR', httpStatus: 504, ...retry, possiblyPaid: true },
  },
  {
    name: '529',
    behaviour: { kind: 'error', status: 529, type: 'overloaded_error' },
    reaction: { code: 'OVERLOADED', httpStatus: 529, ...lane },
  },
  {
    name: 'silence',
    behaviour: { kind: 'hang' },
    timeoutMs: 500,
    reaction: { code: 'TIMEOUT', ...retry, possiblyPaid: true },
  },
  {
    name: 'headers, then silence',
    behaviour: { kind: 'silence' },
    timeoutMs: 500,
    reaction: { code: 'TIMEOUT', ...retry, possiblyPaid: true },
  },
  {
    name: 'half a body, then silence',
    behaviour: { kind: 'silence', part: '{"id":' },
    timeoutMs: 500,
    reaction: { code: 'TIMEOUT', ...retry, possiblyPaid: true },
  },
  {
    name: 'a body that drips',
    behaviour: { kind: 'drip', everyMs: 20 },
    timeoutMs: 500,
    reaction: { code: 'TIMEOUT', ...retry, possiblyPaid: true },
  },
  {
    name: 'an answer after the deadline',
    behaviour: { kind: 'delay', ms: 900, next: { kind: 'answer' } },
    timeoutMs: 500,
    reaction: { code: 'TIMEOUT', ...retry, possiblyPaid: true },
  },
  {
    name: 'a reset before the answer',
    behaviour: { kind: 'reset', when: 'before' },
    reaction: { code: 'NETWORK', ...retry, possiblyPaid: true },
  },
  {
    name: 'a reset in the middle of the body',
    behaviour: { kind: 'reset', when: 'mid-body' },
    reaction: { code: 'NETWORK', ...retry, possiblyPaid: true },
  },
  {
    name: 'half a body, then the end of the connection',
    behaviour: { kind: 'short', part: 0.5 },
    reaction: { code: 'NETWORK', ...retry, possiblyPaid: true },
  },
  {
    name: 'an early close that looks like an end',
    behaviour: { kind: 'early-close' },
    reaction: twice,
    onlyWhole: true,
  },
  {
    name: 'truncated gzip',
    behaviour: { kind: 'truncated-gzip' },
    reaction: twice,
    onlyWhole: true,
  },
  {
    name: 'an encoding that nobody asked for or knows',
    behaviour: reply(200, 'xx', { ...json, 'content-encoding': 'snappy' }),
    reaction: twice,
  },
  {
    name: 'truncated JSON',
    behaviour: reply(200, '{"id": "x", "choi'),
    reaction: { ...twice, partialOutput: '{"id": "x", "choi' },
  },
  {
    name: 'a page that says it is JSON',
    behaviour: reply(200, '<html><title>Oops</title></html>'),
    reaction: twice,
  },
  {
    name: "a proxy's login page",
    behaviour: reply(200, '<html><head><title>Sign in</title></head></html>', html),
    reaction: { code: 'BAD_RESPONSE', ...final },
  },
  {
    name: 'events without an answer in them',
    behaviour: reply(200, 'data: {"x":1}\n\ndata: [DONE]\n\n', {
      'content-type': 'text/event-stream',
    }),
    reaction: { code: 'BAD_RESPONSE', possiblyPaid: true },
  },
  { name: 'an empty body', behaviour: reply(200, ''), reaction: twice },
  { name: 'no content', behaviour: { kind: 'reply', status: 204 }, reaction: twice },
  { name: 'an empty object', behaviour: reply(200, '{}'), reaction: twice },
  { name: 'null', behaviour: reply(200, 'null'), reaction: twice },
  { name: 'a list', behaviour: reply(200, '[]'), reaction: twice },
  { name: 'a text', behaviour: reply(200, '"hello"'), reaction: twice },
  { name: 'no choices', behaviour: reply(200, '{"choices":[]}'), reaction: twice },
  {
    name: 'an error with a status under a 200',
    behaviour: reply(200, '{"error":{"code":502,"message":"upstream"}}'),
    reaction: { code: 'SERVER_ERROR', httpStatus: 200, ...retry, possiblyPaid: true },
  },
  {
    name: 'a 429 under a 200',
    behaviour: reply(200, '{"error":{"code":429,"message":"slow down"}}', {
      ...json,
      'retry-after': '3',
    }),
    reaction: { code: 'RATE_LIMITED', ...lane, retryAfterMs: 3000 },
  },
  {
    name: 'a bare error under a 200',
    behaviour: reply(200, '{"error":"something broke"}'),
    reaction: { code: 'SERVER_ERROR', ...retry, possiblyPaid: true },
  },
  {
    name: 'overload under a 200',
    behaviour: reply(200, '{"type":"error","error":{"type":"overloaded_error","message":"x"}}'),
    reaction: { code: 'OVERLOADED', httpStatus: 200, ...lane },
  },
  {
    name: 'a body over the cap',
    behaviour: { kind: 'huge', bytes: 2 * 1024 * 1024 },
    reaction: { code: 'BAD_RESPONSE', ...final, possiblyPaid: true },
  },
  {
    name: 'a gzip bomb',
    behaviour: { kind: 'gzip-bomb', bytes: 64 * 1024 * 1024 },
    reaction: { code: 'BAD_RESPONSE', ...final, possiblyPaid: true },
  },
  {
    name: 'a header of 100 KB',
    behaviour: { kind: 'big-header', bytes: 100 * 1024 },
    reaction: { code: 'BAD_RESPONSE', ...final },
  },
  ...[301, 302, 303, 307, 308].map((status): Row => ({
    name: `redirect ${status}`,
    behaviour: { kind: 'redirect', status, location: 'https://evil.example/path?secret=1' },
    reaction: {
      code: 'BAD_RESPONSE',
      httpStatus: status,
      ...final,
      possiblyPaid: false,
    },
  })),
  { name: 'blank text', behaviour: { kind: 'answer', text: ' \n' }, reaction: emptyOutput() },
];

function emptyOutput(): Partial<AttemptFailure> {
  return { code: 'EMPTY_OUTPUT', ...retry, maxRetries: 1, possiblyPaid: true };
}

/** What every wire must do, against a real server over real sockets. */
export function describeContract(
  wire: Wire,
  over: {
    readonly name: string;
    readonly open: () => NetworkWire;
    readonly stream?: 'always';
  } = { name: 'undici', open: undiciWire },
): void {
  describe(`contract of ${wire} over ${over.name}`, () => {
    const open: Array<{ close(): Promise<void> }> = [];
    beforeAll(loadClients);
    afterEach(async () => {
      await Promise.all(open.splice(0).map((one) => one.close()));
    });

    async function start(
      behaviour: Behaviour,
    ): Promise<{ server: TestServer; provider: Provider }> {
      const server = await startServer({ respond: () => behaviour });
      const provider = providerFor(wire, server, {
        endpoint: { stream: over.stream },
        parts: { maxBodyBytes: 1024 * 1024, wire: over.open() },
      });
      open.push(server, provider);
      return { server, provider };
    }

    async function attempt(
      behaviour: Behaviour,
      timeoutMs = 10_000,
    ): Promise<{ outcome: AttemptOutcome; server: TestServer }> {
      const { server, provider } = await start(behaviour);
      const outcome = await provider.send(promptRequest(), sendOptions({ timeoutMs }));
      return { outcome, server };
    }

    test('a good answer is one request, with text, usage, id and announced limits', async () => {
      const { outcome, server } = await attempt({
        kind: 'answer',
        headers: { 'x-ratelimit-remaining-requests': '41' },
      });
      expect(outcome).toMatchObject({
        kind: 'answered',
        answer: {
          text: 'echo: ping',
          finishReason: 'stop',
          requestId: 'req_0',
          usage: {
            inputTokens: 1,
            outputTokens: 3,
            cacheReadTokens: 0,
            cacheWriteTokens: 0,
            cacheWriteLongTokens: 0,
            reasoningTokens: 0,
          },
        },
        announced: [{ kind: 'requests', limit: undefined, remaining: 41 }],
      });
      expect(server.requests).toHaveLength(1);
    });

    const fitting = rows.filter(({ onlyWhole }) => onlyWhole !== true || over.stream === undefined);
    for (const { name, behaviour, reaction, timeoutMs } of fitting) {
      test(`${name}: ${reaction.code ?? 'failure'}, one request`, async () => {
        const { outcome, server } = await attempt(behaviour, timeoutMs);
        const failure = failureOf(outcome);
        expect(failure).toMatchObject(reaction);
        expect(failure.message).toMatch(/^[^\n]{1,600}$/u);
        if (!('retryAfterMs' in reaction)) expect(failure).not.toHaveProperty('retryAfterMs');
        expect(server.requests).toHaveLength(1);
      });
    }

    test('a redirect names only the origin of its target', async () => {
      const { outcome, server } = await attempt({
        kind: 'redirect',
        status: 307,
        location: 'https://evil.example/path?secret=1',
      });
      const host = new URL(server.origin).host;
      expect(failureOf(outcome).message).toBe(
        `${host} answered 307, a redirect to https://evil.example`,
      );
    });

    test('the title of a page is in the message', async () => {
      const { outcome, server } = await attempt(
        reply(200, '<html><head><title>Sign in to ACME</title></head></html>', html),
      );
      expect(failureOf(outcome).message).toBe(
        `${new URL(server.origin).host} sent a web page titled \`Sign in to ACME\` instead of an answer`,
      );
    });

    test("the server's own message is in one clean line", async () => {
      const { outcome, server } = await attempt({
        kind: 'error',
        status: 400,
        message: 'bad\n::error::field \u001b[31mred\u001b[0m \u202Eevil',
      });
      expect(failureOf(outcome).message).toBe(
        `${new URL(server.origin).host} answered 400: bad ::error::field [31mred [0m evil`,
      );
    });

    test.each([
      ['a good answer that says it is text', { 'content-type': 'text/plain' }],
      ['a good answer that says it is a page', { 'content-type': 'text/html' }],
      ['a good answer that says nothing', {}],
    ])('%s is accepted', async (_name, headers) => {
      const { outcome } = await attempt({ kind: 'answer', headers });
      expect(outcome.kind).toBe('answered');
    });

    test('a compressed answer is read although Volley did not request it', async () => {
      const { outcome, server } = await attempt({ kind: 'gzip' });
      expect(outcome.kind).toBe('answered');
      expect(server.requests[0]?.headers['accept-encoding']).toBe('identity');
    });

    test('invalid UTF-8 in an answer is replaced', async () => {
      const { provider, server } = await start({ kind: 'answer', text: 'caf@@' });
      const good = await provider.send(promptRequest(), sendOptions());
      expect(good.kind).toBe('answered');
      await server.close();
      const body = Buffer.from(
        JSON.stringify(bodyWith(wire, 'caf@@')).replace('@@', '\u00ff'),
        'latin1',
      );
      const { outcome } = await attempt(reply(200, body));
      expect(outcome).toMatchObject({ kind: 'answered', answer: { text: 'caf\uFFFD' } });
    });

    test('a complete answer counts even if its announced length is wrong', async () => {
      const { outcome } = await attempt({ kind: 'short' });
      expect(outcome).toMatchObject({ kind: 'answered', answer: { text: 'echo: ping' } });
    });

    test('half of a surrogate pair is sent as U+FFFD, in any field', async () => {
      const { provider, server } = await start({ kind: 'answer' });
      const half = 'x\ud83d';
      const request = promptRequest({ prompt: half, system: half, context: half });
      const outcome = await provider.send(request, sendOptions());
      expect(outcome.kind).toBe('answered');
      expect(server.requests[0]?.text).not.toMatch(/\\ud[89a-f]/iu);
      expect(server.requests[0]?.text.match(/x\uFFFD/gu)).toHaveLength(3);
    });

    test('cut gzip is noticed by the encoding, even if the text looks complete', async () => {
      if (over.stream) return;
      const { outcome, server } = await attempt({ kind: 'truncated-gzip' });
      // Plain fetch hands the text out as if it were whole: there the JSON gives it away.
      const what = over.name !== 'fetch' ? 'cannot be read as `gzip`' : 'is not complete JSON';
      expect(failureOf(outcome).message).toBe(
        `${new URL(server.origin).host} sent a body that ${what}`,
      );
    });

    test('an answer without usage counts as estimated, and says so', async () => {
      const { outcome } = await attempt({ kind: 'answer', usage: null });
      expect(outcome).toMatchObject({
        kind: 'answered',
        answer: { usage: { inputTokens: 1, outputTokens: 3, isEstimated: true } },
      });
    });

    test("an answer with an unknown finish reason counts, and keeps the vendor's word", async () => {
      const { outcome } = await attempt({ kind: 'answer', stopReason: 'bored' });
      expect(outcome).toMatchObject({
        kind: 'answered',
        answer: { text: 'echo: ping', finishReason: 'bored' },
      });
    });

    test('an answer without a finish reason counts', async () => {
      const { outcome } = await attempt({ kind: 'answer', stopReason: null });
      expect(outcome).toMatchObject({
        kind: 'answered',
        answer: { text: 'echo: ping', finishReason: undefined },
      });
    });

    test('aborting gives CANCELED immediately and closes the connection', async () => {
      const { provider, server } = await start({ kind: 'hang' });
      const controller = new AbortController();
      const sending = provider.send(promptRequest(), sendOptions({ signal: controller.signal }));
      await until(() => server.requests.length === 1);
      controller.abort();
      expect(failureOf(await sending)).toMatchObject({
        code: 'CANCELED',
        retryable: false,
        possiblyPaid: true,
      });
      await until(() => server.openSockets() === 0);
    });

    test('a signal that is already aborted sends nothing', async () => {
      const { provider, server } = await start({ kind: 'answer' });
      const outcome = await provider.send(
        promptRequest(),
        sendOptions({ signal: AbortSignal.abort() }),
      );
      expect(failureOf(outcome)).toMatchObject({ code: 'CANCELED', possiblyPaid: false });
      expect(server.requests).toHaveLength(0);
    });

    test.each([
      ['silence', { kind: 'silence', part: '{' }],
      ['a drip', { kind: 'drip', everyMs: 10 }],
    ] satisfies Array<[string, Behaviour]>)(
      'after the deadline of %s the connection is closed',
      async (_name, behaviour) => {
        const { provider, server } = await start(behaviour);
        await provider.send(promptRequest(), sendOptions({ timeoutMs: 100 }));
        await until(() => server.openSockets() === 0);
      },
    );

    test('a server that does not listen: NETWORK', async () => {
      const server = await startServer();
      const provider = providerFor(wire, server);
      open.push(provider);
      await server.close();
      const failure = failureOf(await provider.send(promptRequest(), sendOptions()));
      expect(failure).toMatchObject({
        code: 'NETWORK',
        message: `nothing listens at \`${new URL(server.origin).host}\``,
        retryable: true,
        reach: 'task',
        possiblyPaid: false,
      });
    });

    test('a hundred concurrent requests are a hundred requests', async () => {
      const server = await startServer({ latencyMs: 20 });
      const provider = providerFor(wire, server);
      open.push(server, provider);
      const outcomes = await Promise.all(
        Array.from({ length: 100 }, (_, index) =>
          provider.send(promptRequest({ prompt: `ping ${index}` }), sendOptions()),
        ),
      );
      expect(
        outcomes.map((outcome) => (outcome.kind === 'answered' ? outcome.answer.text : outcome)),
      ).toEqual(Array.from({ length: 100 }, (_, index) => `echo: ping ${index}`));
      expect(server.requests).toHaveLength(100);
    });

    test.each([
      ['raw in an error', reply(401, JSON.stringify({ error: { message: `bad key ${KEY}` } }))],
      ['in base64', reply(401, JSON.stringify({ error: { message: btoa(`Bearer ${KEY}`) } }))],
      [
        'cut by the bound',
        reply(400, JSON.stringify({ error: { message: `${'x'.repeat(480)} ${KEY}` } })),
      ],
      ['in broken JSON', reply(200, `{"you sent": "${KEY}`)],
      ["in a page's title", reply(200, `<title>${KEY}</title>`, html)],
      [
        'in headers',
        reply(429, '{}', {
          ...json,
          'x-echo': `Bearer ${KEY}`,
          'request-id': KEY,
          'x-request-id': KEY,
        }),
      ],
      ['in a location', reply(302, '', { location: `https://${KEY}.example/` })],
      ['as an encoding', reply(200, 'x', { ...json, 'content-encoding': KEY })],
      ['as the end', { kind: 'answer', stopReason: KEY }],
      ['as the answer', { kind: 'answer', text: `your key is ${KEY}` }],
    ] satisfies Array<[string, Behaviour]>)(
      'a key echoed %s is redacted',
      async (_name, behaviour) => {
        const { outcome } = await attempt(behaviour);
        const text = JSON.stringify(outcome);
        expect(text).not.toContain(KEY);
        expect(text).not.toContain(KEY.slice(0, 12));
        expect(text).not.toContain(btoa(`Bearer ${KEY}`).slice(12, 24));
      },
    );
  });
}

function bodyWith(wire: Wire, text: string): unknown {
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
    default: {
      const unknown: never = wire;
      throw new Error(`unknown wire ${String(unknown)}`);
    }
  }
}

/** Waits for something that another process or the event loop will bring about. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
