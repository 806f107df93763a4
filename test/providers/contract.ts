import { beforeAll, describe, expect, test } from 'vitest';
import type { AttemptFailure, AttemptOutcome } from '../../src/providers/provider.ts';
import type { Wire as NetworkWire } from '../../src/providers/transport.ts';
import { undiciWire } from '../../src/providers/undici-wire.ts';
import type { Behaviour, ServerOptions, TestServer } from '../support/server.ts';
import type { Wire } from '../support/wires.ts';
import { bodyWith, failureOf, KEY, loadClients, promptRequest, served } from './setup.ts';

type Row = readonly [
  name: string,
  behaviour: Behaviour,
  /**
   * The failure, without the fields that do not matter. A status of 400 or more is also the
   * failure's.
   */
  reaction: Partial<AttemptFailure>,
];

const json = { 'content-type': 'application/json' };
const html = { 'content-type': 'text/html; charset=utf-8' };

function reply(
  status: number,
  body: string | Uint8Array = '',
  headers: Record<string, string> = json,
): Behaviour {
  return { kind: 'reply', status, body, headers };
}

type Refusal = Extract<Behaviour, { kind: 'error' }>;

/** An error in the wire's own shape. */
function error(status: number, type?: string, more: Partial<Refusal> = {}): Behaviour {
  return { kind: 'error', status, ...(type !== undefined && { type }), ...more };
}

const retry = { retryable: true, reach: 'task' } as const;
const final = { retryable: false, reach: 'task' } as const;
const stop = { retryable: false, reach: 'provider', possiblyPaid: false } as const;
const lane = { retryable: true, reach: 'lane' } as const;
const unpaid = { ...final, possiblyPaid: false } as const;
const paid = { ...retry, possiblyPaid: true } as const;
const twice = { code: 'BAD_RESPONSE', ...paid, maxRetries: 2 } as const;

const spendLimit =
  'You have reached your specified API usage limits. You will regain access on 2026-12-01 at 00:00 UTC.';
const tooLong = 'prompt is too long: 210000 tokens > 200000 maximum';
const both = { 'retry-after': '2', 'retry-after-ms': '1500' };
const wished = { 'retry-after': '2', 'x-should-retry': 'true' };
const page = (title: string): string => `<html><head><title>${title}</title></head></html>`;

/** The rows of the fault table that a loopback server can produce. */
const rows: readonly Row[] = [
  ['400', error(400, 'invalid_request_error'), { code: 'BAD_REQUEST', ...unpaid }],
  [
    "400 with Anthropic's spend limit",
    error(400, 'invalid_request_error', { message: spendLimit }),
    { code: 'QUOTA_EXHAUSTED', ...stop },
  ],
  [
    '400 with a prompt that is too long (Anthropic)',
    error(400, 'invalid_request_error', { message: tooLong }),
    { code: 'CONTEXT_TOO_LONG', ...final },
  ],
  [
    '400 with a prompt that is too long (OpenAI)',
    error(400, undefined, { code: 'context_length_exceeded', message: 'too long' }),
    { code: 'CONTEXT_TOO_LONG', ...final },
  ],
  ['401', error(401, 'authentication_error'), { code: 'AUTH', ...stop }],
  ['402', error(402, 'billing_error'), { code: 'QUOTA_EXHAUSTED', ...stop }],
  ['403', error(403, 'permission_error'), { code: 'FORBIDDEN', ...unpaid }],
  [
    '403 for flagged input',
    error(403, undefined, { message: 'Your input was flagged by moderation' }),
    { code: 'CONTENT_FILTERED', ...final },
  ],
  ['404', error(404, 'not_found_error', { message: 'model: x' }), { code: 'NOT_FOUND', ...final }],
  ['408', reply(408, '{}'), { code: 'TIMEOUT', ...paid }],
  ['409', reply(409, '{}'), { retryable: false }],
  ['409 that should be retried', reply(409, '{}', { ...json, 'x-should-retry': 'true' }), retry],
  ['413 in plain text', reply(413, page('413 Too Large'), html), { code: 'TOO_LARGE', ...final }],
  [
    '422',
    reply(422, '{"detail":[{"msg":"field required","loc":["body"]}]}'),
    { code: 'BAD_REQUEST', ...final },
  ],
  ['425', reply(425, ''), { code: 'SERVER_ERROR', ...retry }],
  [
    '429 with retry-after in seconds',
    error(429, 'rate_limit_error', { headers: { 'retry-after': '2' } }),
    { code: 'RATE_LIMITED', ...lane, retryAfterMs: 2000 },
  ],
  [
    '429 with retry-after-ms in addition to seconds',
    error(429, undefined, { headers: both }),
    { code: 'RATE_LIMITED', ...lane, retryAfterMs: 1500 },
  ],
  [
    '429 for an empty account',
    error(429, 'insufficient_quota', { code: 'insufficient_quota', headers: wished }),
    { code: 'QUOTA_EXHAUSTED', ...stop },
  ],
  [
    '429 for an enforced spend limit',
    error(429, 'rate_limit_error', { code: 'enforced_spend_limit_reached' }),
    { code: 'QUOTA_EXHAUSTED', ...stop },
  ],
  [
    '429 that should not be retried',
    error(429, undefined, { headers: { 'x-should-retry': 'false' } }),
    { code: 'RATE_LIMITED', retryable: false },
  ],
  ['500', error(500, 'api_error'), { code: 'SERVER_ERROR', ...retry, possiblyPaid: false }],
  ['502 as a page', reply(502, page('502 Bad Gateway'), html), { code: 'SERVER_ERROR', ...paid }],
  ['503', reply(503, ''), { code: 'OVERLOADED', ...lane }],
  ['504', reply(504, ''), { code: 'SERVER_ERROR', ...paid }],
  ['529', error(529, 'overloaded_error'), { code: 'OVERLOADED', ...lane }],
  ['silence', { kind: 'hang' }, { code: 'TIMEOUT', ...paid }],
  ['headers, then silence', { kind: 'silence' }, { code: 'TIMEOUT', ...paid }],
  ['half a body, then silence', { kind: 'silence', part: '{"id":' }, { code: 'TIMEOUT', ...paid }],
  ['a body that arrives byte by byte', { kind: 'drip', everyMs: 20 }, { code: 'TIMEOUT', ...paid }],
  [
    'an answer after the deadline',
    { kind: 'delay', ms: 600, next: { kind: 'answer' } },
    { code: 'TIMEOUT', ...paid },
  ],
  ['a reset before the answer', { kind: 'reset', when: 'before' }, { code: 'NETWORK', ...paid }],
  ['a reset in the body', { kind: 'reset', when: 'mid-body' }, { code: 'NETWORK', ...paid }],
  ['half a body, then the end', { kind: 'short', part: 0.5 }, { code: 'NETWORK', ...paid }],
  ['an early close that looks like an end', { kind: 'early-close' }, twice],
  ['truncated gzip', { kind: 'truncated-gzip' }, twice],
  ['an unknown encoding', reply(200, 'xx', { ...json, 'content-encoding': 'snappy' }), twice],
  [
    'truncated JSON',
    reply(200, '{"id": "x", "choi'),
    { ...twice, partialOutput: '{"id": "x", "choi' },
  ],
  ['a page that says it is JSON', reply(200, page('Oops')), twice],
  ["a proxy's login page", reply(200, page('Sign in'), html), { code: 'BAD_RESPONSE', ...final }],
  [
    'events without an answer in them',
    reply(200, 'data: {"x":1}\n\ndata: [DONE]\n\n', { 'content-type': 'text/event-stream' }),
    { code: 'BAD_RESPONSE', possiblyPaid: true },
  ],
  ['an empty body', reply(200, ''), twice],
  ['no content', { kind: 'reply', status: 204 }, twice],
  ['an empty object', reply(200, '{}'), twice],
  ['null', reply(200, 'null'), twice],
  ['a list', reply(200, '[]'), twice],
  ['a blank string', reply(200, '" "'), twice],
  [
    'a string, which may be the answer',
    reply(200, '"hello"'),
    { code: 'BAD_RESPONSE', ...final, possiblyPaid: true, partialOutput: 'hello' },
  ],
  ['no choices', reply(200, '{"choices":[]}'), twice],
  [
    'an error with a status in a 200',
    reply(200, '{"error":{"code":502,"message":"upstream"}}'),
    { code: 'SERVER_ERROR', httpStatus: 200, ...paid },
  ],
  [
    'a 429 in a 200',
    reply(200, '{"error":{"code":429,"message":"slow"}}', { ...json, 'retry-after': '3' }),
    { code: 'RATE_LIMITED', ...lane, retryAfterMs: 3000 },
  ],
  ['a bare error in a 200', reply(200, '{"error":"broke"}'), { code: 'SERVER_ERROR', ...paid }],
  [
    'overload in a 200',
    reply(200, '{"type":"error","error":{"type":"overloaded_error","message":"x"}}'),
    { code: 'OVERLOADED', httpStatus: 200, ...lane },
  ],
  [
    'a body over the limit',
    { kind: 'huge', bytes: 2 * 1024 * 1024 },
    { code: 'BAD_RESPONSE', ...final, possiblyPaid: true },
  ],
  [
    'a gzip bomb',
    { kind: 'gzip-bomb', bytes: 16 * 1024 * 1024 },
    { code: 'BAD_RESPONSE', ...final, possiblyPaid: true },
  ],
  [
    'a header of 100 KB',
    { kind: 'big-header', bytes: 100 * 1024 },
    { code: 'BAD_RESPONSE', ...final },
  ],
  ...[301, 302, 303, 307, 308].map((status): Row => [
    `redirect ${status}`,
    { kind: 'redirect', status, location: 'https://evil.example/path?secret=1' },
    { code: 'BAD_RESPONSE', httpStatus: status, ...unpaid },
  ]),
  ['blank text', { kind: 'answer', text: ' \n' }, { code: 'EMPTY_OUTPUT', ...paid, maxRetries: 1 }],
];

/**
 * These behaviors cut a body in the middle. For a stream, that is another failure, which
 * streams.test.ts tests.
 */
const ONLY_WHOLE: ReadonlySet<string> = new Set(['early-close', 'truncated-gzip']);

/** What every wire must do, against a real server over real sockets. */
export function describeContract(
  wire: Wire,
  over: {
    readonly name: string;
    readonly open: () => NetworkWire;
    readonly stream?: 'always';
  } = { name: 'undici', open: undiciWire },
): void {
  function start(serving: Behaviour | ServerOptions): ReturnType<typeof served> {
    return served(wire, serving, {
      endpoint: { stream: over.stream },
      parts: { maxBodyBytes: 1024 * 1024, wire: over.open() },
    });
  }

  async function attempt(
    behaviour: Behaviour,
    timeoutMs = 10_000,
  ): Promise<{ outcome: AttemptOutcome; server: TestServer }> {
    const { server, send } = await start(behaviour);
    return { outcome: await send(promptRequest(), { timeoutMs }), server };
  }

  describe(`contract of ${wire} over ${over.name}`, () => {
    beforeAll(loadClients);

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

    const fitting = rows.filter(([, { kind }]) => !over.stream || !ONLY_WHOLE.has(kind));
    test.each(fitting)('%s: one request, and its failure', async (_name, behaviour, reaction) => {
      const { outcome, server } = await attempt(
        behaviour,
        reaction.code === 'TIMEOUT' ? 250 : 10_000,
      );
      const failure = failureOf(outcome);
      const status =
        'status' in behaviour && behaviour.status >= 400 ? behaviour.status : undefined;
      expect(failure).toMatchObject({ ...(status && { httpStatus: status }), ...reaction });
      expect(failure.message).toMatch(/^[^\n]{1,600}$/u);
      if (!('retryAfterMs' in reaction)) expect(failure).not.toHaveProperty('retryAfterMs');
      expect(server.requests).toHaveLength(1);
    });

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
      ['a good answer without a content type', {}],
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
      const text = JSON.stringify(bodyWith(wire, 'caf@@')).replace('@@', '\u00ff');
      const { outcome } = await attempt(reply(200, Buffer.from(text, 'latin1')));
      expect(outcome).toMatchObject({ kind: 'answered', answer: { text: 'caf\uFFFD' } });
    });

    test('a complete answer counts even if its announced length is wrong', async () => {
      const { outcome } = await attempt({ kind: 'short' });
      expect(outcome).toMatchObject({ kind: 'answered', answer: { text: 'echo: ping' } });
    });

    test('half of a surrogate pair is sent as U+FFFD, in any field', async () => {
      const { send, server } = await start({ kind: 'answer' });
      const half = 'x\ud83d';
      const outcome = await send(promptRequest({ prompt: half, system: half, context: half }));
      expect(outcome.kind).toBe('answered');
      expect(server.requests[0]?.text).not.toMatch(/\\ud[89a-f]/iu);
      expect(server.requests[0]?.text.match(/x\uFFFD/gu)).toHaveLength(3);
    });

    test('truncated gzip is noticed, even if the text looks complete', async () => {
      if (over.stream) return;
      const { outcome, server } = await attempt({ kind: 'truncated-gzip' });
      // Plain fetch returns the text as if it were complete. There, only the JSON shows that it is
      // not.
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
      const { send, server } = await start({ kind: 'hang' });
      const controller = new AbortController();
      const sending = send(promptRequest(), { signal: controller.signal });
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
      const { send, server } = await start({ kind: 'answer' });
      const outcome = await send(promptRequest(), { signal: AbortSignal.abort() });
      expect(failureOf(outcome)).toMatchObject({ code: 'CANCELED', possiblyPaid: false });
      expect(server.requests).toHaveLength(0);
    });

    test.each<readonly [string, Behaviour]>([
      ['silence', { kind: 'silence', part: '{' }],
      ['a body that arrives byte by byte', { kind: 'drip', everyMs: 10 }],
    ])('the connection is closed at the deadline after %s', async (_name, behaviour) => {
      const { send, server } = await start(behaviour);
      await send(promptRequest(), { timeoutMs: 100 });
      await until(() => server.openSockets() === 0);
    });

    test('a server that is not listening is a NETWORK failure', async () => {
      const { send, server } = await start({});
      await server.close();
      expect(failureOf(await send())).toMatchObject({
        code: 'NETWORK',
        message: `nothing listens at \`${new URL(server.origin).host}\``,
        ...retry,
        possiblyPaid: false,
      });
    });

    test('a hundred concurrent requests arrive as a hundred requests', async () => {
      const { send, server } = await served(wire, { latencyMs: 20 });
      const prompts = Array.from({ length: 100 }, (_, index) => `ping ${index}`);
      const outcomes = await Promise.all(prompts.map((prompt) => send(promptRequest({ prompt }))));
      expect(
        outcomes.map((outcome) => (outcome.kind === 'answered' ? outcome.answer.text : outcome)),
      ).toEqual(prompts.map((prompt) => `echo: ${prompt}`));
      expect(server.requests).toHaveLength(100);
    });

    test.each([
      ['raw in an error', reply(401, JSON.stringify({ error: { message: `bad key ${KEY}` } }))],
      ['in base64', reply(401, JSON.stringify({ error: { message: btoa(`Bearer ${KEY}`) } }))],
      [
        'and cut off by the length limit',
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
      ['as the finish reason', { kind: 'answer', stopReason: KEY }],
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

/** Waits for something that the event loop or another process does later. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
