import { isLoopback } from '../manifest/base-url.ts';
import type { Environment } from '../ports/environment.ts';
import { decompressed } from './decompress.ts';
import { proxiesIn, proxySecrets } from './proxy.ts';
import type { Wire } from './transport.ts';
import type { Dispatcher, request } from 'undici';

interface Loaded {
  readonly request: typeof request;
  readonly direct: Dispatcher;
  /** What remote hosts are reached through. */
  readonly remote: Dispatcher;
}

/** Long enough for four SYNs; a host that has not answered by then will not. */
const CONNECT_TIMEOUT_MS = 15_000;

/**
 * The real network, and the only door to undici, which is loaded with the first request. It follows
 * no redirect and has no timeouts of its own past connecting: the deadline is the caller's.
 * `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` of `environment` apply, except to loopback hosts.
 */
export function undiciWire(options: { readonly environment?: Environment } = {}): Wire {
  const { environment = {} } = options;
  let loading: Promise<Loaded> | undefined;
  return {
    secrets: proxySecrets(environment),
    async send(url, { method, headers, body, signal }) {
      loading ??= load(environment);
      const loaded = await loading;
      signal.throwIfAborted();
      const reply = await loaded.request(url, {
        method,
        headers: { ...headers },
        body: body ?? null,
        signal,
        dispatcher: isLoopback(new URL(url).hostname) ? loaded.direct : loaded.remote,
      });
      // Abandoning a body is no error of the process.
      reply.body.on('error', () => {});
      const replyHeaders = joinedHeaders(reply.headers);
      return {
        status: reply.statusCode,
        headers: replyHeaders,
        body: decompressed(reply.body, replyHeaders['content-encoding']),
        discard: () => reply.body.destroy(),
      };
    },
    async close() {
      if (!loading) return;
      const { direct, remote } = await loading;
      await Promise.all([direct.destroy(), remote.destroy()]);
    },
  };
}

async function load(environment: Environment): Promise<Loaded> {
  const undici = await import('undici');
  const settings = {
    headersTimeout: 0,
    bodyTimeout: 0,
    // Said outright, so that NODE_TLS_REJECT_UNAUTHORIZED=0 does not hand the key to whoever listens.
    connect: { timeout: CONNECT_TIMEOUT_MS, rejectUnauthorized: true },
  };
  const direct = new undici.Agent(settings);
  const proxies = proxiesIn(environment);
  if (proxies.httpProxy === '' && proxies.httpsProxy === '')
    return { request: undici.request, direct, remote: direct };
  const remote = new undici.EnvHttpProxyAgent({
    ...settings,
    requestTls: settings.connect,
    proxyTls: settings.connect,
    // An empty string keeps undici from asking the process's own environment.
    ...proxies,
  });
  return { request: undici.request, direct, remote };
}

function joinedHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined
        ? []
        : [[name.toLowerCase(), Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}
