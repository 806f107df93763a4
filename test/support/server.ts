import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { answerBody, answerEvents, errorBody, isRecord, wireOf } from './wires.ts';
import type { AnswerOptions, Wire } from './wires.ts';
import { createStrictLimiter } from './strict-limiter.ts';
import type { StrictLimits } from './strict-limiter.ts';

/** A request as the server received it. */
export interface SeenRequest {
  /** From 0, in order of arrival. */
  readonly n: number;
  readonly method: string;
  readonly path: string;
  readonly wire: Wire;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly text: string;
  /** The parsed body; an empty object if it was not JSON. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly atMs: number;
}

/** What the server does with one request. */
export type Behaviour =
  /** A good answer; without options, an echo of the prompt. */
  | ({ readonly kind: 'answer'; readonly headers?: Record<string, string> } & AnswerOptions)
  | {
      readonly kind: 'reply';
      readonly status: number;
      readonly headers?: Record<string, string>;
      readonly body?: string | Uint8Array;
      /** Leaves the content-type out unless `headers` has one. */
    }
  /** An error in the wire's own shape. */
  | {
      readonly kind: 'error';
      readonly status: number;
      readonly type?: string;
      readonly code?: string | number;
      readonly message?: string;
      readonly headers?: Record<string, string>;
    }
  /** Accepts the request but never answers. */
  | { readonly kind: 'hang' }
  /** Sends headers (and perhaps the start of a body), then nothing. */
  | { readonly kind: 'silence'; readonly part?: string }
  /** A byte of white space every `everyMs`, forever. */
  | { readonly kind: 'drip'; readonly everyMs: number }
  | { readonly kind: 'reset'; readonly when: 'before' | 'mid-body' }
  /**
   * Events, or any bytes, in parts of `partBytes` (default: one part). `afterwards` says how it
   * ends.
   */
  | {
      readonly kind: 'stream';
      readonly events: string | Uint8Array;
      readonly partBytes?: number;
      readonly afterwards?: 'end' | 'reset' | 'silence';
    }
  /**
   * Announces more bytes than it sends (all of a good answer, or this share of it), then closes.
   */
  | { readonly kind: 'short'; readonly part?: number }
  /** Closes early without a content-length, which looks like a clean end. */
  | { readonly kind: 'early-close' }
  | { readonly kind: 'truncated-gzip' }
  | { readonly kind: 'gzip' }
  /** `bytes` bytes of white space, chunk by chunk. */
  | { readonly kind: 'huge'; readonly bytes: number }
  | { readonly kind: 'gzip-bomb'; readonly bytes: number }
  | { readonly kind: 'big-header'; readonly bytes: number }
  | { readonly kind: 'redirect'; readonly status: number; readonly location: string }
  | { readonly kind: 'delay'; readonly ms: number; readonly next: Behaviour };

export interface ServerOptions {
  /** Chooses what to do with a request; `n` counts from 0. Default: answer it. */
  readonly respond?: (request: SeenRequest, n: number) => Behaviour | Promise<Behaviour>;
  /** Refuses requests beyond these with 429. */
  readonly limits?: StrictLimits;
  /** How long a good answer takes. */
  readonly latencyMs?: number;
  /** Whether `requests` is filled. A million requests would not fit in memory. Default: true. */
  readonly remembers?: boolean;
}

export interface TestServer {
  /** `http://127.0.0.1:PORT` without a path: the base URL for Anthropic's wire format. */
  readonly origin: string;
  /** `http://127.0.0.1:PORT/v1`: the base URL for OpenAI's two wire formats. */
  readonly openaiUrl: string;
  /** Every request, including refused ones, in order of arrival. */
  readonly requests: SeenRequest[];
  /** The highest number of requests that were being answered at the same time. */
  highestConcurrency(): number;
  /** The number of requests that `limits` answered with 429. */
  refused(): number;
  /** The number of sockets that are open now. */
  openSockets(): number;
  /** Destroys every connection and stops listening. */
  close(): Promise<void>;
}

/**
 * `127.0.0.1:PORT` of every server that is open now in this process. Each is also called
 * `localhost`.
 */
const openHosts = new Set<string>();

/**
 * The value of `VOLLEY_ALLOW_HOSTS` that binds the open servers to these variables. Without it, no
 * key of a test would be sent, and under `CI` no request either.
 */
export function boundHosts(variables: readonly string[]): string {
  return [...openHosts]
    .flatMap((host) => [host, host.replace('127.0.0.1', 'localhost')])
    .flatMap((host) => [host, ...variables.map((name) => `${host}=${name}`)])
    .join(',');
}

/** A loopback server that speaks Anthropic Messages, OpenAI Responses and Chat Completions. */
export async function startServer(options: ServerOptions = {}): Promise<TestServer> {
  const requests: SeenRequest[] = [];
  const sockets = new Set<Socket>();
  const timers = new Set<NodeJS.Timeout>();
  const limiter = options.limits ? createStrictLimiter(options.limits) : undefined;
  let arrived = 0;
  let active = 0;
  let highest = 0;
  let refused = 0;

  const later = (ms: number, act: () => void): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      act();
    }, ms);
    timers.add(timer);
  };

  const server = createServer({ keepAlive: true }, (incoming, response) => {
    active += 1;
    highest = Math.max(highest, active);
    response.once('close', () => {
      active -= 1;
    });
    void handle(incoming, response);
  });
  server.keepAliveTimeout = 60_000;
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const { port } = address;
  const host = `127.0.0.1:${port}`;
  const origin = `http://${host}`;
  openHosts.add(host);
  return {
    origin,
    openaiUrl: `${origin}/v1`,
    requests,
    highestConcurrency: () => highest,
    refused: () => refused,
    openSockets: () => sockets.size,
    close: () =>
      new Promise((resolve) => {
        openHosts.delete(host);
        for (const timer of timers) clearTimeout(timer);
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };

  async function handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await readBody(incoming);
    const request = seen(incoming, text, arrived++);
    if (options.remembers !== false) requests.push(request);
    const verdict = limiter?.admit(request.wire, active);
    if (verdict && !verdict.ok) {
      refused += 1;
      return perform(
        {
          kind: 'error',
          status: 429,
          type: request.wire === 'anthropic' ? 'rate_limit_error' : 'requests',
          code: 'rate_limit_exceeded',
          message: 'rate limit reached',
          headers: verdict.headers,
        },
        request,
        response,
        later,
      );
    }
    const behaviour = (await options.respond?.(request, request.n)) ?? { kind: 'answer' };
    const announced = verdict?.headers ?? {};
    const go = (): void =>
      perform(
        behaviour.kind === 'answer'
          ? { ...behaviour, headers: { ...announced, ...behaviour.headers } }
          : behaviour,
        request,
        response,
        later,
      );
    if (behaviour.kind === 'answer' && options.latencyMs) later(options.latencyMs, go);
    else go();
  }
}

async function readBody(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of incoming) if (chunk instanceof Buffer) chunks.push(chunk);
  } catch {
    // The client closed the connection while sending. What arrived is recorded.
  }
  return Buffer.concat(chunks).toString('utf8');
}

function seen(incoming: IncomingMessage, text: string, n: number): SeenRequest {
  const path = incoming.url ?? '';
  return {
    n,
    method: incoming.method ?? '',
    path,
    wire: wireOf(path),
    headers: incoming.headers,
    rawHeaders: incoming.rawHeaders,
    text,
    body: parsedObject(text),
    atMs: performance.now(),
  };
}

function parsedObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}

function isStreamed({ body }: SeenRequest): boolean {
  return body['stream'] === true;
}

async function writeInParts(
  response: ServerResponse,
  { events, partBytes, afterwards = 'end' }: Extract<Behaviour, { kind: 'stream' }>,
): Promise<void> {
  const bytes = Buffer.from(events);
  const size = partBytes ?? bytes.length;
  for (let at = 0; at < bytes.length; at += size) {
    response.write(bytes.subarray(at, at + size));
    await new Promise((resolve) => setImmediate(resolve));
  }
  if (afterwards === 'end') response.end();
  else if (afterwards === 'reset') response.socket?.resetAndDestroy();
}

type Later = (ms: number, act: () => void) => void;

function perform(
  behaviour: Behaviour,
  request: SeenRequest,
  response: ServerResponse,
  later: Later,
): void {
  const json = { 'content-type': 'application/json' };
  const good = (): string =>
    isStreamed(request) ? answerEvents(request) : JSON.stringify(answerBody(request));
  switch (behaviour.kind) {
    case 'answer':
      response.writeHead(200, {
        ...json,
        [request.wire === 'anthropic' ? 'request-id' : 'x-request-id']: `req_${request.n}`,
        ...(isStreamed(request) && { 'content-type': 'text/event-stream' }),
        ...behaviour.headers,
      });
      response.end(
        isStreamed(request)
          ? answerEvents(request, behaviour)
          : JSON.stringify(answerBody(request, behaviour)),
      );
      return;
    case 'stream':
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      void writeInParts(response, behaviour);
      return;
    case 'reply':
      response.writeHead(behaviour.status, behaviour.headers ?? json);
      response.end(behaviour.body ?? '');
      return;
    case 'error':
      response.writeHead(behaviour.status, { ...json, ...behaviour.headers });
      response.end(JSON.stringify(errorBody(request.wire, behaviour)));
      return;
    case 'hang':
      return;
    case 'silence':
      response.writeHead(200, json);
      response.flushHeaders();
      if (behaviour.part) response.write(behaviour.part);
      return;
    case 'drip': {
      response.writeHead(200, json);
      const drop = (): void => {
        if (response.destroyed) return;
        response.write(' ');
        later(behaviour.everyMs, drop);
      };
      drop();
      return;
    }
    case 'reset':
      if (behaviour.when === 'before') response.socket?.resetAndDestroy();
      else {
        response.writeHead(200, { ...json, 'content-length': '100000' });
        response.write(good().slice(0, 20), () =>
          later(20, () => response.socket?.resetAndDestroy()),
        );
      }
      return;
    case 'short': {
      const body = good();
      const sent = body.slice(0, body.length * (behaviour.part ?? 1));
      response.writeHead(200, { ...json, 'content-length': String(body.length + 1000) });
      response.write(sent, () => later(20, () => response.socket?.destroy()));
      return;
    }
    case 'early-close': {
      // Written to the raw socket, so that neither a length nor a final chunk shows where the body
      // ends.
      const body = good();
      response.socket?.end(
        `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n${body.slice(0, body.length / 2)}`,
      );
      return;
    }
    case 'gzip':
    case 'truncated-gzip': {
      const zipped = gzipSync(good());
      const body = behaviour.kind === 'gzip' ? zipped : zipped.subarray(0, zipped.length - 20);
      response.writeHead(200, { ...json, 'content-encoding': 'gzip' });
      response.end(body);
      return;
    }
    case 'huge': {
      response.writeHead(200, json);
      const chunk = Buffer.alloc(64 * 1024, 0x20);
      let left = behaviour.bytes;
      const push = (): void => {
        while (left > 0 && !response.destroyed) {
          left -= chunk.length;
          if (!response.write(chunk)) {
            response.once('drain', push);
            return;
          }
        }
        response.end(good());
      };
      push();
      return;
    }
    case 'gzip-bomb':
      response.writeHead(200, { ...json, 'content-encoding': 'gzip' });
      response.end(gzipSync(Buffer.alloc(behaviour.bytes, 0x20)));
      return;
    case 'big-header':
      response.writeHead(200, { ...json, 'x-padding': 'x'.repeat(behaviour.bytes) });
      response.end(good());
      return;
    case 'redirect':
      response.writeHead(behaviour.status, { location: behaviour.location });
      response.end();
      return;
    case 'delay':
      later(behaviour.ms, () => perform(behaviour.next, request, response, later));
      return;
    default: {
      const unknown: never = behaviour;
      throw new Error(`unknown behaviour ${JSON.stringify(unknown)}`);
    }
  }
}
