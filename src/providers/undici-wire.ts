import type { Socket, LookupFunction } from 'node:net';
import { lookup } from 'node:dns';
import type { Agent, buildConnector, Dispatcher, request } from 'undici';
import type { Environment } from '../ports/environment.ts';
import {
  ConnectionFailed,
  connectionProblem,
  type ConnectionProblem,
  AddressRefused,
} from './connection-problem.ts';
import { hostRules, type HostRules } from './allowed-hosts.ts';
import { openTunnel } from './proxy-tunnel.ts';
import { proxyFor, proxySecrets } from './proxy.ts';
import type { Wire } from './transport.ts';

interface Loaded {
  readonly request: typeof request;
  readonly agent: Agent;
}

/** Long enough for four SYN packets. */
const CONNECT_TIMEOUT_MS = 15_000;

/**
 * The real network, and the only module that imports undici, loaded with the first request. It does
 * not follow redirects, connects once per request, and has no timeouts after connecting, because
 * the caller has a deadline. The proxies of `environment` apply, except for this machine. A direct
 * connection is checked by the address that its name resolves to. Behind a proxy, only the name is
 * checked, because only the proxy knows the address.
 */
export function undiciWire(
  options: { readonly environment?: Environment; readonly rules?: HostRules } = {},
): Wire<string | Uint8Array> {
  const { environment = {} } = options;
  const rules = options.rules ?? hostRules({ environment, allowHosts: [] });
  const connecting = new Set<Destroyable>();
  let loading: Promise<Loaded> | undefined;
  return {
    secrets: proxySecrets(environment),
    async send(url, { method, headers, body, signal, onSent }) {
      loading ??= load(environment, { rules, connecting });
      const loaded = await loading;
      signal.throwIfAborted();
      const reply = await loaded.request(url, {
        method,
        headers: { ...headers },
        body: body ?? null,
        signal,
        dispatcher: loaded.agent.compose(reporting(onSent)),
      });
      // An abandoned body must not become an uncaught error of the process.
      reply.body.on('error', () => {});
      return {
        status: reply.statusCode,
        headers: joinedHeaders(reply.headers),
        body: reply.body,
        discard: () => reply.body.destroy(),
      };
    },
    async close() {
      if (!loading) return;
      const { agent } = await loading;
      for (const attempt of connecting) attempt.destroy();
      await agent.destroy();
    },
  };
}

async function load(
  environment: Environment,
  { rules, connecting }: { readonly rules: HostRules; readonly connecting: Set<Destroyable> },
): Promise<Loaded> {
  const undici = await import('undici');
  const connect = undici.buildConnector({
    timeout: CONNECT_TIMEOUT_MS,
    // Set explicitly, so that NODE_TLS_REJECT_UNAUTHORIZED=0 does not leak the key.
    rejectUnauthorized: true,
    lookup: judgedLookup(rules),
  });
  const agent = new undici.Agent({
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: connectorFor(connect, environment, connecting),
  });
  return { request: undici.request, agent };
}

/**
 * Connects once, directly or through a proxy. Every failure is a `ConnectionFailed`: nothing was
 * sent, and undici gives up. It would retry some errors of its own.
 */
function connectorFor(
  connectOnce: buildConnector.connector,
  environment: Environment,
  connecting: Set<Destroyable>,
): buildConnector.connector {
  return (target, callback) => {
    void connect();

    async function connect(): Promise<void> {
      const made = await connection(target).catch(asError);
      if (made instanceof Error) callback(made, null);
      else callback(null, made);
    }
  };

  async function connection(target: buildConnector.Options): Promise<Socket> {
    const url = new URL(`${target.protocol}//${target.host ?? target.hostname}`);
    const proxy = proxyFor(url, environment);
    if (!proxy) return dial(target, { at: 'server' });
    const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
    const opening = await openTunnel(proxy, `${url.hostname}:${port}`, CONNECT_TIMEOUT_MS);
    connecting.add(opening);
    const tunnel = await opening.socket.finally(() => connecting.delete(opening));
    if (url.protocol !== 'https:') return tunnel;
    return dial({ ...target, httpSocket: tunnel }, { at: 'server', proxy: proxy.name });
  }

  function dial(
    target: buildConnector.Options,
    path: Pick<ConnectionProblem, 'at' | 'proxy'>,
  ): Promise<Socket> {
    return new Promise((resolve, reject) => {
      // `connectOnce` returns the socket immediately, although its type does not say so.
      const begun: unknown = connectOnce(target, (error, socket) => {
        if (isDestroyable(begun)) connecting.delete(begun);
        if (error) reject(new ConnectionFailed(connectionProblem(error, path)));
        else resolve(socket);
      });
      if (isDestroyable(begun)) connecting.add(begun);
    });
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

interface Destroyable {
  destroy(): unknown;
}

function isDestroyable(value: unknown): value is Destroyable {
  return typeof value === 'object' && value !== null && 'destroy' in value;
}

/** Calls `onSent` just before the first byte of a request is written. */
function reporting(onSent: (() => void) | undefined): Dispatcher.DispatcherComposeInterceptor {
  return (dispatch) => (options, handler) =>
    dispatch(options, {
      onRequestStart(controller, context) {
        onSent?.();
        handler.onRequestStart?.(controller, context);
      },
      onRequestUpgrade: (...args) => handler.onRequestUpgrade?.(...args),
      onResponseStart: (...args) => handler.onResponseStart?.(...args),
      onResponseData: (...args) => handler.onResponseData?.(...args),
      onResponseEnd: (...args) => handler.onResponseEnd?.(...args),
      onResponseError: (...args) => handler.onResponseError?.(...args),
    });
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

/** Resolves a name and drops the addresses that are not allowed. Fails if none is left. */
function judgedLookup(rules: HostRules): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, '');
      const open = found.filter(({ address }) => rules.isAddressAllowed(hostname, address));
      const [first] = open;
      if (!first) return callback(new AddressRefused(found[0]?.address ?? ''), '');
      if (options.all) return callback(null, open);
      return callback(null, first.address, first.family);
    });
  };
}
