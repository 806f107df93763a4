import { createServer } from 'node:http';
import { connect, createServer as createTcpServer } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createCleaner } from '../../src/providers/clean-message.ts';
import { faultFailure } from '../../src/providers/network-failures.ts';
import type { AttemptFailure, Stage } from '../../src/providers/provider.ts';
import type { Wire } from '../../src/providers/transport.ts';
import { undiciWire } from '../../src/providers/undici-wire.ts';
import { startServer } from '../support/server.ts';
import { failureOf, promptRequest, providerFor, sendOptions, served } from './setup.ts';

const CONTEXT = {
  provider: 'local',
  model: 'm',
  host: 'host.example',
  keyVariable: undefined,
  epochMs: 0,
  clean: createCleaner((text) => text),
  redact: (text: string) => text,
};

const again = { code: 'NETWORK', retryable: true } as const;
const never = { code: 'NETWORK', retryable: false, reach: 'provider' } as const;

// Some wires cannot tell whether a request was sent, so the code has to show it.
test.each([
  ['ENOTFOUND', 'sent', { ...again, reach: 'task', possiblyPaid: false }],
  ['EAI_AGAIN', 'sent', { ...again, reach: 'task', possiblyPaid: false }],
  ['ECONNREFUSED', 'sent', { ...again, reach: 'task', possiblyPaid: false }],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'sent', { ...never, possiblyPaid: false }],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'sent', { ...never, possiblyPaid: false }],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'sent', { ...never, possiblyPaid: false }],
  ['CERT_HAS_EXPIRED', 'sent', { ...never, possiblyPaid: false }],
  ['UND_ERR_CONNECT_TIMEOUT', 'sent', { ...again, possiblyPaid: false }],
  ['ECONNRESET', 'sent', { ...again, reach: 'task', possiblyPaid: true }],
  ['ECONNRESET', 'connecting', { ...again, reach: 'task', possiblyPaid: false }],
  ['UND_ERR_SOCKET', 'answering', { ...again, reach: 'task', possiblyPaid: true }],
  ['ECONNREFUSED', 'answering', { ...again, possiblyPaid: true }],
  ['HPE_INVALID_CONSTANT', 'sent', { code: 'BAD_RESPONSE', possiblyPaid: false }],
  ['HPE_INVALID_CHUNK_SIZE', 'answering', { code: 'NETWORK', possiblyPaid: true }],
  ['UND_ERR_HEADERS_OVERFLOW', 'sent', { code: 'BAD_RESPONSE', retryable: false, reach: 'task' }],
  ['UND_ERR_HEADERS_TIMEOUT', 'sent', { code: 'TIMEOUT', retryable: true, possiblyPaid: true }],
  ['EWHATEVER', 'sent', { ...again, reach: 'task', possiblyPaid: true }],
] satisfies Array<[string, Stage, Partial<AttemptFailure>]>)(
  'the code %s while %s leads to the right failure',
  (code, stage, expected) => {
    const failure = faultFailure({ kind: 'network', code, stage }, CONTEXT);
    expect(failure).toMatchObject(expected);
    expect(failure.message).toContain('host.example');
  },
);

describe('over real sockets', () => {
  test('TLS to a server without TLS stops the provider', async () => {
    const server = await startServer();
    const provider = providerFor('chat', server, {
      endpoint: { baseUrl: server.openaiUrl.replace('http:', 'https:') },
    });
    onTestFinished(async () => void (await Promise.all([server.close(), provider.close()])));
    expect(failureOf(await provider.send(promptRequest(), sendOptions()))).toMatchObject({
      ...never,
      possiblyPaid: false,
    });
  });

  test('plain HTTP to a port that closes the connection, like a TLS port, comes with a hint', async () => {
    const closing = createTcpServer((socket) => socket.on('data', () => socket.destroy()));
    await new Promise<void>((resolve) => closing.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void closing.close());
    const address = closing.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const endpoint = { baseUrl: `http://127.0.0.1:${port}/v1` };
    const { send } = await served('chat', {}, { endpoint });
    expect(failureOf(await send())).toMatchObject({
      code: 'NETWORK',
      hint: 'if this port expects TLS, begin `base_url` with `https:`',
    });
  });

  test('a 401 for a request without a key says what the entry needs', async () => {
    const endpoint = { key: undefined, keyVariable: undefined, keyHint: 'export it' };
    const { send } = await served('chat', { kind: 'error', status: 401 }, { endpoint });
    expect(failureOf(await send()).hint).toBe('export it');
  });

  test.each([
    ['', ': most servers need `/v1` at the end'],
    ['/v1', ''],
  ])('a 404 for a base URL that ends in %j gets the right hint', async (path, end) => {
    const server = await startServer({ respond: () => ({ kind: 'error', status: 404 }) });
    const provider = providerFor('chat', server, {
      endpoint: { baseUrl: `${server.origin}${path}` },
    });
    onTestFinished(async () => void (await Promise.all([server.close(), provider.close()])));
    expect(failureOf(await provider.send(promptRequest(), sendOptions())).hint).toMatch(
      new RegExp(`the base URL of \`[a-z]+\`${end}$`),
    );
  });

  test('a host that does not exist is a NETWORK failure', async () => {
    const endpoint = { baseUrl: 'http://no-such-host.invalid/v1', host: 'no-such-host.invalid' };
    const { send } = await served('chat', {}, { endpoint });
    expect(failureOf(await send())).toMatchObject({ ...again, possiblyPaid: false });
  });

  test('remote hosts use the proxy of the given environment, but loopback does not', async () => {
    const asked: string[] = [];
    const { server } = await served('chat');
    const target = new URL(server.origin);
    const proxy = createServer();
    proxy.on('connect', (request, socket) => {
      asked.push(String(request.url));
      const upstream = connect(Number(target.port), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        upstream.pipe(socket).pipe(upstream);
      });
      socket.on('error', () => upstream.destroy());
      upstream.on('error', () => socket.destroy());
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const address = proxy.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const wire: Wire = undiciWire({
      environment: { HTTP_PROXY: `http://127.0.0.1:${address.port}` },
    });
    onTestFinished(() => void proxy.close());
    const near = providerFor('chat', server, { parts: { wire } });
    const endpoint = { baseUrl: 'http://far.example/v1' };
    const far = providerFor('chat', server, { endpoint, parts: { wire } });
    onTestFinished(() => far.close());
    expect((await near.send(promptRequest(), sendOptions())).kind).toBe('answered');
    expect(asked).toEqual([]);
    expect((await far.send(promptRequest(), sendOptions())).kind).toBe('answered');
    expect(asked).toEqual(['far.example:80']);
  });

  test('limits that the server enforces are reported as rate limits', async () => {
    const { server, send } = await served('anthropic', { limits: { rpm: 60, burst: 2 } });
    const outcomes = [await send(), await send(), await send()];
    expect(outcomes.map((outcome) => outcome.kind)).toEqual(['answered', 'answered', 'failed']);
    const [first, , last] = outcomes;
    expect(first?.announced).toContainEqual(
      expect.objectContaining({ kind: 'requests', spanMs: 60_000, remaining: 1 }),
    );
    expect(last && failureOf(last)).toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: 1000 });
    expect(server.refused()).toBe(1);
  });
});
