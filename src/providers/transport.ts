import type { ResponseHeaders } from './provider.ts';

/** Sends one HTTP request and hands back the answer's start: the port to the network. */
export interface Wire {
  /** What it sends along besides the requests, and no text may show. */
  readonly secrets?: readonly string[];
  send(url: string, request: WireRequest): Promise<WireReply>;
  /** Closes idle connections and destroys the rest. May be called more than once. */
  close(): Promise<void>;
}

export interface WireRequest {
  readonly method: 'GET' | 'POST';
  readonly headers: ResponseHeaders;
  readonly body: string | undefined;
  /** Aborting it destroys the connection. */
  readonly signal: AbortSignal;
}

export interface WireReply {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: ResponseHeaders;
  /** Decompressed. Fails when the body breaks off before its announced end. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Throws away what has not been read and the connection with it. */
  discard(): void;
}

/** All that came back for one request, read to its end. */
export type Exchange =
  | {
      readonly ok: true;
      readonly status: number;
      readonly headers: ResponseHeaders;
      readonly text: string;
    }
  | { readonly ok: false; readonly fault: Fault; readonly headers: ResponseHeaders };

/** What kept a usable reply from coming. */
export type Fault =
  /** `code` is Node's or undici's, such as `ECONNRESET`; `started` once the status line had come. */
  | { readonly kind: 'network'; readonly code: string; readonly started: boolean }
  | { readonly kind: 'too-large'; readonly maxBytes: number; readonly status: number }
  | { readonly kind: 'undecodable'; readonly encoding: string; readonly status: number }
  /** `origin` of the place it points to; undefined when that is no URL. */
  | {
      readonly kind: 'redirect';
      readonly status: number;
      readonly origin: string | undefined;
    };

/** Thrown by a wire whose body cannot be decompressed. */
export class UndecodableBody extends Error {
  readonly encoding: string;
  constructor(encoding: string) {
    super('the body cannot be decompressed');
    this.encoding = encoding;
  }
}

export interface Transport {
  /**
   * Gives what takes the place of `fetch` in an SDK. It reads the whole body and always resolves to
   * an empty 200, whatever came: SDKs build requests here, but they neither judge, parse, retry nor
   * log an answer. It sends `headers` and none of the SDK's, which takes some from the environment.
   */
  fetchWith(headers: ResponseHeaders): SdkFetch;
  /** What really came with a response of such a `fetch`. */
  exchangeOf(response: Response): Exchange;
  close(): Promise<void>;
}

type SdkFetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

const MEBIBYTE = 1024 * 1024;
/** An error's text is read no further than this: the status has said what matters. */
const MAX_ERROR_BYTES = 256 * 1024;

/** A transport over a wire. `maxBodyBytes` counts after decompression (default 32 MiB). */
export function createTransport(options: {
  readonly wire: Wire;
  readonly maxBodyBytes?: number;
}): Transport {
  const { wire, maxBodyBytes = 32 * MEBIBYTE } = options;
  const exchanges = new WeakMap<Response, Exchange>();
  return {
    fetchWith(headers) {
      // Uncompressed: no bomb to defuse, and a body that breaks off is seen to.
      const sent = { ...headers, 'accept-encoding': 'identity' };
      return async (input, init) => {
        const exchange = await exchangeOver(wire, input, { ...init, headers: sent }, maxBodyBytes);
        const response = new Response(null, { status: 200 });
        exchanges.set(response, exchange);
        return response;
      };
    },
    exchangeOf(response) {
      const exchange = exchanges.get(response);
      if (!exchange) throw new Error('this response did not come through the transport');
      return exchange;
    },
    close: () => wire.close(),
  };
}

async function exchangeOver(
  wire: Wire,
  input: string | URL | Request,
  init: Omit<RequestInit, 'headers'> & { readonly headers: ResponseHeaders },
  maxBodyBytes: number,
): Promise<Exchange> {
  const signal = init.signal ?? new AbortController().signal;
  let reply: WireReply;
  try {
    reply = await wire.send(input instanceof Request ? input.url : String(input), {
      method: init.method?.toUpperCase() === 'POST' ? 'POST' : 'GET',
      headers: init.headers,
      body: typeof init.body === 'string' ? init.body : undefined,
      signal,
    });
  } catch (error) {
    signal.throwIfAborted();
    return { ok: false, fault: networkFault(error, false), headers: {} };
  }
  try {
    return await readReply(reply, maxBodyBytes);
  } catch (error) {
    signal.throwIfAborted();
    return { ok: false, fault: bodyFault(error, reply.status), headers: reply.headers };
  }
}

async function readReply(reply: WireReply, maxBodyBytes: number): Promise<Exchange> {
  const { status, headers } = reply;
  if (status >= 300 && status < 400) {
    reply.discard();
    const fault: Fault = { kind: 'redirect', status, origin: originOf(headers['location']) };
    return { ok: false, fault, headers };
  }
  if (status >= 400) {
    const text = await readErrorText(reply, Math.min(maxBodyBytes, MAX_ERROR_BYTES));
    return { ok: true, status, headers, text };
  }
  const chunks: Uint8Array[] = [];
  const complete = await readUpTo(reply, maxBodyBytes, chunks);
  if (!complete) {
    return { ok: false, fault: { kind: 'too-large', maxBytes: maxBodyBytes, status }, headers };
  }
  return { ok: true, status, headers, text: decodeText(chunks) };
}

/** What can be had of an error's body. A body that breaks off does not hide the status. */
async function readErrorText(reply: WireReply, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  try {
    await readUpTo(reply, maxBytes, chunks);
  } catch {
    // What came before it broke off will do.
  }
  return decodeText(chunks);
}

/** False when there was more than `maxBytes`; the rest is thrown away. */
async function readUpTo(
  reply: WireReply,
  maxBytes: number,
  chunks: Uint8Array[],
): Promise<boolean> {
  let total = 0;
  for await (const chunk of reply.body) {
    total += chunk.byteLength;
    if (total > maxBytes) {
      reply.discard();
      return false;
    }
    chunks.push(chunk);
  }
  return true;
}

/** Invalid bytes become U+FFFD; a byte order mark is dropped. */
function decodeText(chunks: readonly Uint8Array[]): string {
  return new TextDecoder().decode(Buffer.concat(chunks));
}

function originOf(location: string | undefined): string | undefined {
  if (location === undefined || !URL.canParse(location)) return undefined;
  const { origin } = new URL(location);
  return origin === 'null' ? undefined : origin;
}

function bodyFault(error: unknown, status: number): Fault {
  if (error instanceof UndecodableBody) {
    return { kind: 'undecodable', encoding: error.encoding, status };
  }
  return networkFault(error, true);
}

function networkFault(error: unknown, started: boolean): Fault {
  return { kind: 'network', code: errorCode(error) ?? 'UNKNOWN', started };
}

/** The first system code along the chain of causes; of several tried addresses, the first one's. */
function errorCode(error: unknown): string | undefined {
  let current: unknown = error;
  for (let depth = 0; depth < 8 && current instanceof Error; depth += 1) {
    if ('code' in current && typeof current.code === 'string') return current.code;
    current = current instanceof AggregateError ? current.errors[0] : current.cause;
  }
  return undefined;
}
