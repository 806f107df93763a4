import type { Socket } from 'node:net';
import { ConnectionFailed, connectionProblem } from './connection-problem.ts';
import type { Proxy } from './proxy.ts';

/** A tunnel being opened. */
export interface Opening {
  readonly socket: Promise<Socket>;
  destroy(): void;
}

/**
 * Asks a proxy once for a connection to `target` (`host:port`). Rejects with a `ConnectionFailed`
 * that names the proxy if the proxy is unreachable, silent, closed or not a proxy, or if it
 * refuses.
 */
export async function openTunnel(
  proxy: Proxy,
  target: string,
  timeoutMs: number,
): Promise<Opening> {
  const { url } = proxy;
  const { request } = await (url.protocol === 'https:'
    ? import('node:https')
    : import('node:http'));
  const path = { at: 'proxy', proxy: proxy.name } as const;
  const asking = request({
    method: 'CONNECT',
    host: url.hostname.replaceAll(/^\[|\]$/gu, ''),
    port: url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : url.port,
    path: target,
    headers: { host: target, ...credentials(url) },
    agent: false,
    signal: AbortSignal.timeout(timeoutMs),
    rejectUnauthorized: true,
  });
  const socket = new Promise<Socket>((resolve, reject) => {
    asking.once('connect', (reply, connected, head) => {
      const { statusCode = 0 } = reply;
      if (statusCode >= 200 && statusCode < 300) {
        if (head.length > 0) connected.unshift(head);
        resolve(connected);
        return;
      }
      connected.on('error', () => {}).destroy();
      reject(
        new ConnectionFailed({
          ...path,
          refusedBy: 'server',
          code: String(statusCode),
          proxyStatus: statusCode,
        }),
      );
    });
    asking.once('error', (error) => {
      const silent = Object.assign(new Error('silent'), { code: 'UND_ERR_CONNECT_TIMEOUT' });
      const cause = error.name === 'AbortError' ? silent : error;
      reject(new ConnectionFailed(connectionProblem(cause, path)));
    });
  });
  asking.end();
  return { socket, destroy: () => asking.destroy() };
}

function credentials({ username, password }: URL): Readonly<Record<string, string>> {
  if (username === '' && password === '') return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(pair).toString('base64')}` };
}
