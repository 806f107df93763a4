import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { AttemptFailure, Provider } from '../../src/providers/provider.ts';
import { openTunnel } from '../../src/providers/proxy-tunnel.ts';
import { createProvider } from '../../src/providers/create-provider.ts';
import { undiciWire } from '../../src/providers/undici-wire.ts';
import { systemClock } from '../../src/ports/system-clock.ts';
import {
  answerChat,
  listen,
  listenAsProxy,
  tlsFile,
  type Certificate,
  type Listener,
} from '../support/tunnel.ts';
import { endpointAt, failureOf, promptRequest, sendOptions } from './setup.ts';

const open: Array<{ close(): Promise<void> }> = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});

// Other files run in the same process.
const authorities = getCACertificates('default');
beforeAll(() => {
  setDefaultCACertificates([...authorities, tlsFile('ca.pem')]);
});
afterAll(() => {
  setDefaultCACertificates(authorities);
});

interface Row {
  readonly name: string;
  /** What the proxy does when it is asked for a tunnel. By default, it opens one. */
  readonly proxy?: string | ((socket: Socket) => void);
  /** The server behind the proxy. */
  readonly server?: { readonly certificate?: Certificate; readonly act?: (socket: Socket) => void };
  readonly timeoutMs?: number;
  readonly expected: Partial<AttemptFailure>;
  /** PROXY and SERVER stand for the two ports. */
  readonly message: string;
  readonly hint?: RegExp;
}

const reset = (socket: Socket): void => {
  socket.resetAndDestroy();
};
const close = (socket: Socket): void => {
  socket.end();
};
const again = { code: 'NETWORK', retryable: true, reach: 'task' } as const;
const stop = { code: 'NETWORK', retryable: false, reach: 'provider' } as const;
const closed = (status: string, body = ''): string =>
  `HTTP/1.1 ${status}\r\ncontent-type: text/html\r\ncontent-length: ${body.length}\r\n\r\n${body}`;

const throughProxy: readonly Row[] = [
  {
    name: 'a proxy that requires a password',
    proxy: closed('407 Proxy Authentication Required'),
    expected: stop,
    message: 'the proxy 127.0.0.1:PROXY answered 407: it requires a user name and a password',
    hint: /`HTTPS_PROXY` as `http:\/\/user:password@host:port`/u,
  },
  {
    name: 'a proxy that forbids the host',
    proxy: closed('403 Forbidden', '<html><title>Blocked</title></html>'),
    expected: { ...again, retryable: false },
    message:
      'the proxy 127.0.0.1:PROXY answered 403: it does not let this machine connect to `llm.example.com`',
    hint: /`NO_PROXY`/u,
  },
  {
    name: 'a proxy that redirects',
    proxy: closed('302 Found', ''),
    expected: { ...again, retryable: false },
    message:
      'the proxy 127.0.0.1:PROXY answered 302: it does not let this machine connect to `llm.example.com`',
  },
  {
    name: 'a proxy that cannot reach the host and answers with a page',
    proxy: closed('502 Bad Gateway', '<html><title>502</title></html>'),
    expected: again,
    message: 'the proxy 127.0.0.1:PROXY answered 502: it cannot reach `llm.example.com`',
  },
  {
    name: 'a proxy that is overloaded',
    proxy: closed('503 Service Unavailable'),
    expected: again,
    message: 'the proxy 127.0.0.1:PROXY answered 503: it cannot reach `llm.example.com`',
  },
  {
    name: 'a proxy that closes the connection',
    proxy: close,
    expected: again,
    message: 'the proxy 127.0.0.1:PROXY closed the connection without an answer: ECONNRESET',
  },
  {
    name: 'a proxy that resets the connection',
    proxy: reset,
    expected: again,
    message: 'the proxy 127.0.0.1:PROXY closed the connection without an answer: ECONNRESET',
  },
  {
    name: 'a server that is not a proxy',
    proxy: 'SSH-2.0-OpenSSH_9.6\r\n',
    expected: { ...again, retryable: false },
    message: 'the proxy 127.0.0.1:PROXY does not behave like a proxy: HPE_INVALID_CONSTANT',
    hint: /check the address in `HTTPS_PROXY`/u,
  },
  {
    name: 'a proxy that hangs',
    proxy: () => {},
    timeoutMs: 200,
    expected: { code: 'TIMEOUT', retryable: true, reach: 'task' },
    message: 'no connection to llm.example.com within 200 ms: nothing was sent',
  },
  {
    name: 'a tunnel that closes immediately',
    proxy: (socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n'),
    expected: again,
    message:
      '`llm.example.com` closed the connection through the proxy 127.0.0.1:PROXY before anything was sent: ECONNRESET',
  },
  {
    name: 'a server without TLS behind the tunnel',
    server: { act: (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n') },
    expected: stop,
    message:
      '`llm.example.com` does not speak TLS through the proxy 127.0.0.1:PROXY: ERR_SSL_WRONG_VERSION_NUMBER',
    hint: /begin with `http:`/u,
  },
  {
    name: 'a certificate that has expired',
    server: { certificate: 'expired' },
    expected: stop,
    message:
      'the certificate of `llm.example.com` through the proxy 127.0.0.1:PROXY is not trusted: it has expired (CERT_HAS_EXPIRED)',
    hint: /NODE_EXTRA_CA_CERTS/u,
  },
  {
    name: 'a certificate for another host',
    server: { certificate: 'wrong-host' },
    expected: stop,
    message:
      'the certificate of `llm.example.com` through the proxy 127.0.0.1:PROXY is not trusted: it is for another host (ERR_TLS_CERT_ALTNAME_INVALID)',
  },
];

describe('a connection through a proxy', () => {
  test.each(throughProxy)('$name: nothing was sent, and the proxy is named', async (row) => {
    const server = await listen(row.server?.act ?? answerChat, row.server?.certificate);
    const proxy = await listenAsProxy(row.proxy ?? server.port);
    const provider = providerAt('https://llm.example.com/v1', proxy);
    open.push(provider, proxy, server);
    const { timeoutMs = 10_000 } = row;
    const failure = failureOf(await provider.send(promptRequest(), sendOptions({ timeoutMs })));
    expect(failure).toMatchObject({ ...row.expected, possiblyPaid: false });
    expect(failure.message.replaceAll(String(proxy.port), 'PROXY')).toBe(row.message);
    if (row.hint) expect(failure.hint).toMatch(row.hint);
    expect(proxy.connections()).toBe(1);
  });

  test('a proxy that works gets one connection, and the password from its address', async () => {
    const server = await listen(answerChat, 'good');
    let head = '';
    const proxy = await listen((socket) => {
      socket.once('data', (data: Buffer) => {
        head = data.toString('latin1');
        const through = connect(server.port, '127.0.0.1', () => {
          socket.write('HTTP/1.1 200 OK\r\n\r\n');
          through.pipe(socket).pipe(through);
        });
        through.on('error', () => socket.destroy());
      });
    });
    const provider = providerAt('https://llm.example.com/v1', proxy, 'us%20er:pass@');
    open.push(provider, proxy, server);
    const outcome = await provider.send(promptRequest(), sendOptions());
    expect(outcome.kind).toBe('answered');
    expect(head).toContain('CONNECT llm.example.com:443 HTTP/1.1\r\n');
    expect(head).toContain(`proxy-authorization: Basic ${btoa('us er:pass')}`);
    expect(head).not.toContain('Bearer');
    expect(proxy.connections()).toBe(1);
  });

  test('a silent proxy is abandoned', async () => {
    const silent = await listen(() => {});
    open.push(silent);
    const url = new URL(`http://127.0.0.1:${silent.port}`);
    const name = { host: url.host, variable: 'HTTPS_PROXY' };
    const opening = await openTunnel({ url, name }, 'llm.example.com:443', 50);
    await expect(opening.socket).rejects.toMatchObject({
      problem: { at: 'proxy', refusedBy: 'server', code: 'UND_ERR_CONNECT_TIMEOUT', proxy: name },
    });
  });

  test('a proxy that is not listening is named', async () => {
    const proxy = await listen(close);
    await proxy.close();
    const provider = providerAt('https://llm.example.com/v1', proxy);
    open.push(provider);
    const failure = failureOf(await provider.send(promptRequest(), sendOptions()));
    expect(failure).toMatchObject({ ...again, possiblyPaid: false });
    expect(failure.message).toBe(`the proxy 127.0.0.1:${proxy.port} does not listen`);
  });

  test('a proxy whose name cannot be resolved is named', async () => {
    const wire = undiciWire({ environment: { HTTPS_PROXY: 'http://no-proxy.invalid:3128' } });
    const provider = over(wire, 'https://llm.example.com/v1');
    open.push(provider);
    const failure = failureOf(await provider.send(promptRequest(), sendOptions()));
    expect(failure).toMatchObject({ ...again, possiblyPaid: false });
    expect(failure.message).toMatch(
      /^there is no proxy `no-proxy\.invalid:3128`: (?:ENOTFOUND|EAI_AGAIN)$/u,
    );
  });
});

const direct: readonly Row[] = [
  {
    name: 'TLS to a server without TLS',
    server: { act: (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n') },
    expected: stop,
    message: '`127.0.0.1:SERVER` does not speak TLS: ERR_SSL_WRONG_VERSION_NUMBER',
  },
  {
    name: 'a reset during the handshake',
    server: { act: reset },
    expected: again,
    message: '`127.0.0.1:SERVER` closed the connection before anything was sent: ECONNRESET',
  },
  {
    name: 'a close during the handshake',
    server: { act: close },
    expected: again,
    message: '`127.0.0.1:SERVER` closed the connection before anything was sent: ECONNRESET',
  },
  {
    name: 'a certificate for another host',
    server: { certificate: 'good' },
    expected: stop,
    message:
      'the certificate of `127.0.0.1:SERVER` is not trusted: it is for another host (ERR_TLS_CERT_ALTNAME_INVALID)',
  },
  {
    name: 'a handshake that hangs',
    server: { act: () => {} },
    timeoutMs: 200,
    expected: { code: 'TIMEOUT', retryable: true, reach: 'task' },
    message: 'no connection to 127.0.0.1:SERVER within 200 ms: nothing was sent',
  },
];

describe('a direct connection', () => {
  test.each(direct)('$name: nothing was sent', async (row) => {
    const server = await listen(row.server?.act ?? answerChat, row.server?.certificate);
    const provider = over(undiciWire(), `https://127.0.0.1:${server.port}/v1`);
    open.push(provider, server);
    const { timeoutMs = 10_000 } = row;
    const failure = failureOf(await provider.send(promptRequest(), sendOptions({ timeoutMs })));
    expect(failure).toMatchObject({ ...row.expected, possiblyPaid: false });
    expect(failure.message.replaceAll(String(server.port), 'SERVER')).toBe(row.message);
    expect(server.connections()).toBe(1);
  });

  test('a request whose answer is not HTTP was not paid', async () => {
    const server = await listen((socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n'));
    const provider = over(undiciWire(), `http://127.0.0.1:${server.port}/v1`);
    open.push(provider, server);
    const failure = failureOf(await provider.send(promptRequest(), sendOptions()));
    expect(failure).toMatchObject({
      code: 'BAD_RESPONSE',
      message: `127.0.0.1:${server.port} answered with something other than HTTP (HPE_INVALID)`,
      possiblyPaid: false,
    });
    expect(server.connections()).toBe(1);
  });

  test('a request may have been paid if the server then closes the connection', async () => {
    const server = await listen((socket) => {
      socket.once('data', () => socket.destroy());
    });
    const provider = over(undiciWire(), `http://127.0.0.1:${server.port}/v1`);
    open.push(provider, server);
    const failure = failureOf(await provider.send(promptRequest(), sendOptions()));
    expect(failure).toMatchObject({ code: 'NETWORK', reach: 'task', possiblyPaid: true });
    expect(server.connections()).toBe(1);
  });

  test('canceling while connecting means that nothing was sent', async () => {
    const server = await listen(() => {});
    const provider = over(undiciWire(), `https://127.0.0.1:${server.port}/v1`);
    open.push(provider, server);
    const controller = new AbortController();
    const sending = provider.send(promptRequest(), sendOptions({ signal: controller.signal }));
    while (server.connections() === 0) await new Promise((resolve) => setImmediate(resolve));
    controller.abort();
    expect(failureOf(await sending)).toMatchObject({ code: 'CANCELED', possiblyPaid: false });
  });
});

function providerAt(baseUrl: string, proxy: Listener, credentials = ''): Provider {
  const environment = { HTTPS_PROXY: `http://${credentials}127.0.0.1:${proxy.port}` };
  return over(undiciWire({ environment }), baseUrl);
}

function over(wire: ReturnType<typeof undiciWire>, baseUrl: string): Provider {
  return createProvider(endpointAt('chat', baseUrl), { wire, clock: systemClock });
}
