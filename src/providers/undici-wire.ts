import type { Socket, LookupFunction } from 'node:net';
import { lookup } from 'node:dns';
import type { Agent, buildConnector, Dispatcher } from 'undici';
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
import { incomingBody, type IncomingBody } from './body-queue.ts';
import type { Wire, WireReply, WireRequest } from './transport.ts';

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
  let loading: Promise<Agent> | undefined;
  return {
    secrets: proxySecrets(environment),
    async send(url, request) {
      loading ??= load(environment, { rules, connecting });
      const agent = await loading;
      request.signal.throwIfAborted();
      return dispatched(agent, url, request);
    },
    async close() {
      if (!loading) return;
      const agent = await loading;
      for (const attempt of connecting) attempt.destroy();
      await agent.destroy();
    },
  };
}

async function load(
  environment: Environment,
  { rules, connecting }: { readonly rules: HostRules; readonly connecting: Set<Destroyable> },
): Promise<Agent> {
  const undici = await import('undici');
  const connect = undici.buildConnector({
    timeout: CONNECT_TIMEOUT_MS,
    // Set explicitly, so that NODE_TLS_REJECT_UNAUTHORIZED=0 does not leak the key.
    rejectUnauthorized: true,
    lookup: judgedLookup(rules),
  });
  return new undici.Agent({
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: connectorFor(connect, environment, connecting),
  });
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

/**
 * Sends a request and reads its response as it arrives. Undici's `request` would add a stream, an
 * asynchronous resource and a second copy of the headers to each.
 */
function dispatched(
  agent: Agent,
  url: string,
  { method, headers, body, signal, onSent }: WireRequest<string | Uint8Array>,
): Promise<WireReply> {
  const { origin, pathname, search } = new URL(url);
  return new Promise((resolve, reject) => {
    let request: Dispatcher.DispatchController | undefined;
    let incoming: IncomingBody | undefined;
    const abandon = (): void => {
      const reason = asError(signal.reason);
      reject(reason);
      request?.abort(reason);
    };
    const finish = (error?: Error): void => {
      signal.removeEventListener('abort', abandon);
      incoming?.end(error);
    };
    signal.addEventListener('abort', abandon, { once: true });
    agent.dispatch(
      { origin, path: pathname + search, method, headers: { ...headers }, body: body ?? null },
      {
        onRequestStart(controller) {
          request = controller;
          if (signal.aborted) return controller.abort(asError(signal.reason));
          onSent?.();
        },
        onResponseStart(controller, status, given) {
          if (status < 200) return;
          const received = incomingBody(controller);
          incoming = received;
          resolve({
            status,
            headers: joinedHeaders(given),
            body: received,
            discard() {
              if (!received.hasEnded) controller.abort(new Error('the rest is not needed'));
            },
          });
        },
        onResponseData: (_, chunk) => incoming?.add(chunk),
        onResponseEnd: () => finish(),
        onResponseError(_, error) {
          finish(error);
          reject(error);
        },
      },
    );
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
