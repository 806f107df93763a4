import { bodyText } from './body-text.ts';
import { ConnectionFailed, errorCode } from './connection.ts';
import type { ConnectionProblem } from './connection.ts';
import type { ResponseHeaders, Stage, Transfer } from './provider.ts';

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
  /** Called when the first byte of the request is about to leave. Before, nothing can be charged. */
  readonly onSent?: () => void;
}

export interface WireReply {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: ResponseHeaders;
  /** As it came. Fails when the body breaks off before its announced end. */
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
      /** Why `text` may not be all of the body: the connection broke, or its encoding did. */
      readonly cut?: Fault;
    }
  | { readonly ok: false; readonly fault: Fault; readonly headers: ResponseHeaders };

/** What kept a usable reply from coming. */
export type Fault =
  /** There was no connection, so nothing was sent. */
  | { readonly kind: 'unconnected'; readonly problem: ConnectionProblem }
  /** The connection broke. `code` is Node's or undici's, such as `ECONNRESET`. */
  | { readonly kind: 'network'; readonly code: string; readonly stage: Stage }
  | { readonly kind: 'too-large'; readonly maxBytes: number; readonly status: number }
  /** The body cannot be read in the encoding that it has or claims, or not to its end. */
  | { readonly kind: 'undecodable'; readonly encoding: string; readonly status: number }
  /** `origin` of the place it points to; undefined when that is no URL. */
  | {
      readonly kind: 'redirect';
      readonly status: number;
      readonly origin: string | undefined;
    };

/** What an SDK hands on to its `fetch` for one request. */
export type TransferInit = RequestInit & { readonly transfer?: Transfer };

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

type SdkFetch = (input: string | URL | Request, init?: TransferInit) => Promise<Response>;

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
  init: Omit<TransferInit, 'headers'> & { readonly headers: ResponseHeaders },
  maxBodyBytes: number,
): Promise<Exchange> {
  const { transfer = { stage: 'connecting' } } = init;
  const signal = init.signal ?? new AbortController().signal;
  let reply: WireReply;
  try {
    reply = await wire.send(input instanceof Request ? input.url : String(input), {
      method: init.method?.toUpperCase() === 'POST' ? 'POST' : 'GET',
      headers: init.headers,
      body: typeof init.body === 'string' ? init.body : undefined,
      signal,
      onSent: () => {
        transfer.stage = 'sent';
      },
    });
    transfer.stage = 'answering';
  } catch (error) {
    signal.throwIfAborted();
    return { ok: false, fault: networkFault(error, transfer.stage), headers: {} };
  }
  const exchange = await readReply(reply, maxBodyBytes);
  signal.throwIfAborted();
  return exchange;
}

async function readReply(reply: WireReply, maxBodyBytes: number): Promise<Exchange> {
  const { status, headers } = reply;
  if (status >= 300 && status < 400) {
    reply.discard();
    const fault: Fault = { kind: 'redirect', status, origin: originOf(headers['location']) };
    return { ok: false, fault, headers };
  }
  const isError = status >= 400;
  const maxBytes = isError ? Math.min(maxBodyBytes, MAX_ERROR_BYTES) : maxBodyBytes;
  const chunks: Uint8Array[] = [];
  let cut: Fault | undefined;
  try {
    if (!(await readUpTo(reply, maxBytes, chunks))) {
      cut = { kind: 'too-large', maxBytes, status };
    }
  } catch (error) {
    cut = networkFault(error, 'answering');
  }
  const body = await bodyText(Buffer.concat(chunks), headers, maxBytes);
  if (body.kind === 'too-large') cut = { kind: 'too-large', maxBytes, status };
  else if (body.spoiled !== undefined) {
    cut ??= { kind: 'undecodable', encoding: body.spoiled, status };
  }
  const text = body.kind === 'text' ? body.text : '';
  // A body that breaks off does not hide an error's status.
  if (cut?.kind === 'too-large' && !isError) return { ok: false, fault: cut, headers };
  return { ok: true, status, headers, text, ...(cut && { cut }) };
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

function originOf(location: string | undefined): string | undefined {
  if (location === undefined || !URL.canParse(location)) return undefined;
  const { origin } = new URL(location);
  return origin === 'null' ? undefined : origin;
}

function networkFault(error: unknown, stage: Stage): Fault {
  if (error instanceof ConnectionFailed) return { kind: 'unconnected', problem: error.problem };
  return { kind: 'network', code: errorCode(error), stage };
}
