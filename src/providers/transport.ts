import { afterReading, type Clock } from '../ports/clock.ts';
import type { CloudCredential } from '../manifest/cloud.ts';
import { bodyText } from './decompress-body.ts';
import { ConnectionFailed, errorCode, type ConnectionProblem } from './connection-problem.ts';
import { streamWatch } from './event-stream.ts';
import type { ReplySoFar, ResponseHeaders, Stage, Transfer } from './provider.ts';

/** The port to the network: sends a request and returns the start of the response. */
export interface Wire<Body = string> {
  /** Secrets that it adds to requests, for redaction. */
  readonly secrets?: readonly string[];
  send(url: string, request: WireRequest<Body>): Promise<WireReply>;
  /** Closes idle connections and destroys the others. May be called more than once. */
  close(): Promise<void>;
}

export interface WireRequest<Body = string> {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly headers: ResponseHeaders;
  readonly body: Body | undefined;
  /** Destroys the connection when aborted. */
  readonly signal: AbortSignal;
  /** Called before the first byte of the request is sent. Until then, nothing can be charged. */
  readonly onSent?: () => void;
}

export interface WireReply {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: ResponseHeaders;
  /** The undecoded body. Throws if the body breaks off before its announced end. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Drops the unread part and closes the connection. */
  discard(): void;
}

/** A complete response. */
export type Exchange =
  | {
      readonly ok: true;
      readonly status: number;
      readonly headers: ResponseHeaders;
      readonly text: string;
      /** Why `text` may be incomplete: the connection broke, or the encoding did. */
      readonly cut?: Fault;
      /** `text` is JSON assembled from a stream that broke off. */
      readonly isPartial?: true;
    }
  | { readonly ok: false; readonly fault: Fault; readonly headers: ResponseHeaders };

/** Why there is no usable response. */
export type Fault =
  /** Cloud credentials are not available, so nothing was sent. */
  | {
      readonly kind: 'unsigned';
      readonly credential: CloudCredential;
      readonly reason: string;
      /** Whether earlier requests could be signed. */
      readonly hasWorked: boolean;
    }
  /** There was no connection, so nothing was sent. */
  | { readonly kind: 'unconnected'; readonly problem: ConnectionProblem }
  /** The connection broke. `code` is from Node or undici, such as `ECONNRESET`. */
  | { readonly kind: 'network'; readonly code: string; readonly stage: Stage }
  | { readonly kind: 'too-large'; readonly maxBytes: number; readonly status: number }
  /** The body cannot be decoded completely. */
  | { readonly kind: 'undecodable'; readonly encoding: string; readonly status: number }
  | { readonly kind: 'timeout'; readonly timeoutMs: number; readonly stage: Stage }
  /** A stream was silent for this long after its answer had started. */
  | { readonly kind: 'silent'; readonly silentMs: number }
  /** A stream was closed without its final event. */
  | { readonly kind: 'unfinished' }
  /** `origin` is the target's origin; undefined if the target is not a URL. */
  | {
      readonly kind: 'redirect';
      readonly status: number;
      readonly origin: string | undefined;
    };

/** What an SDK passes to its `fetch`: its own options and the caller's. */
export type TransferInit = RequestInit & {
  readonly transfer?: Transfer;
  /** Aborting it abandons the request. Default: `signal`. */
  readonly abandon?: AbortSignal;
};

export interface Transport {
  /**
   * A replacement for an SDK's `fetch`. It reads the whole body and always resolves to an empty
   * 200, so SDKs only build requests, and never judge, parse, retry or log an answer. It sends
   * `headers` instead of the SDK's, some of which come from the environment.
   */
  fetchWith(headers: ResponseHeaders): SdkFetch;
  /** The real exchange behind a response of this `fetch`. */
  exchangeOf(response: Response): Exchange;
  /** The part of a response that has arrived when it is abandoned, if any. */
  exchangeSoFar(transfer: Transfer, cut: Fault): Promise<Exchange | undefined>;
  close(): Promise<void>;
}

export interface UnsentRequest {
  readonly url: URL;
  readonly method: WireRequest['method'];
  readonly headers: ResponseHeaders;
  readonly body: string | undefined;
}

/** Returns headers that authenticate a request. Never rejects. */
export type Sign = (
  request: UnsentRequest,
) => Promise<
  | { readonly ok: true; readonly headers: ResponseHeaders }
  | { readonly ok: false; readonly fault: Fault }
>;

type SdkFetch = (input: string | URL | Request, init?: TransferInit) => Promise<Response>;

const MEBIBYTE = 1024 * 1024;
/** At most this much of an error is read: its status matters most. */
const MAX_ERROR_BYTES = 256 * 1024;

/**
 * How long a stream may pause once its answer has started. Before that, the model may be thinking.
 */
const SILENT_MS = 120_000;
/** How long to wait for the connection's end after the final event, so that it can be reused. */
const CLOSING_MS = 1_000;

/** A transport over a wire. `maxBodyBytes` counts after decompression (default 32 MiB). */
export function createTransport(options: {
  readonly wire: Wire;
  readonly clock: Clock;
  readonly maxBodyBytes?: number;
  /** Default: requests are not signed. */
  readonly sign?: Sign | undefined;
}): Transport {
  const { wire, clock, maxBodyBytes = 32 * MEBIBYTE, sign } = options;
  const bounds = { clock, maxBodyBytes };
  const exchanges = new WeakMap<Response, Exchange>();
  return {
    fetchWith(headers) {
      // Asks for an uncompressed body, which rules out compression bombs and reveals truncated
      // bodies.
      const sent = { ...headers, 'accept-encoding': 'identity' };
      return async (input, init) => {
        const signed = await sign?.({
          url: new URL(input instanceof Request ? input.url : input),
          method: methodOf(init),
          headers,
          body: typeof init?.body === 'string' ? init.body : undefined,
        });
        const given = { ...init, headers: { ...sent, ...(signed?.ok && signed.headers) } };
        const exchange: Exchange =
          signed?.ok === false
            ? { ok: false, fault: signed.fault, headers: {} }
            : await exchangeOver(wire, input, given, bounds);
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
    exchangeSoFar: async ({ reply }, cut) => reply && exchangeOf(reply, { maxBodyBytes, cut }),
    close: () => wire.close(),
  };
}

const METHODS: Readonly<Record<string, WireRequest['method']>> = { POST: 'POST', DELETE: 'DELETE' };

function methodOf(init: TransferInit | undefined): WireRequest['method'] {
  return METHODS[init?.method?.toUpperCase() ?? ''] ?? 'GET';
}

interface Bounds {
  readonly clock: Clock;
  readonly maxBodyBytes: number;
}

async function exchangeOver(
  wire: Wire,
  input: string | URL | Request,
  init: Omit<TransferInit, 'headers'> & { readonly headers: ResponseHeaders },
  bounds: Bounds,
): Promise<Exchange> {
  const { transfer = { stage: 'connecting' } } = init;
  const signal = init.abandon ?? init.signal ?? new AbortController().signal;
  let reply: WireReply;
  try {
    reply = await wire.send(input instanceof Request ? input.url : String(input), {
      method: methodOf(init),
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
  const { status, headers } = reply;
  if (status >= 300 && status < 400) {
    reply.discard();
    const fault: Fault = { kind: 'redirect', status, origin: originOf(headers['location']) };
    return { ok: false, fault, headers };
  }
  const chunks: Uint8Array[] = [];
  transfer.reply = { status, headers, chunks };
  const maxBodyBytes = Math.min(bounds.maxBodyBytes, status < 400 ? Infinity : MAX_ERROR_BYTES);
  const cut = await readInto(chunks, reply, { ...bounds, maxBodyBytes });
  signal.throwIfAborted();
  return exchangeOf(transfer.reply, { maxBodyBytes, cut });
}

/** The exchange of a response. `cut`: why it may be incomplete. */
async function exchangeOf(
  { status, headers, chunks }: ReplySoFar,
  { maxBodyBytes, cut }: { readonly maxBodyBytes: number; readonly cut: Fault | undefined },
): Promise<Exchange> {
  const [only = NO_BYTES, ...more] = chunks;
  const bytes = more.length === 0 ? only : Buffer.concat(chunks);
  const body = await bodyText(bytes, headers, maxBodyBytes);
  const fault = body.kind === 'too-large' ? tooLarge(maxBodyBytes, status) : cut;
  // An error's status counts even if its body is cut.
  if (fault?.kind === 'too-large' && status < 400) return { ok: false, fault, headers };
  if (body.kind === 'too-large') return { ok: true, status, headers, text: '' };
  const { text, spoiled } = body;
  const spoiling: Fault | undefined =
    spoiled === undefined ? undefined : { kind: 'undecodable', encoding: spoiled, status };
  const reason = fault ?? spoiling;
  return { ok: true, status, headers, text, ...(reason && { cut: reason }) };
}

const NO_BYTES = new Uint8Array(0);

/** Reads a body to its end, or to the final event of a stream. Returns what cut it short. */
async function readInto(
  chunks: Uint8Array[],
  reply: WireReply,
  { clock, maxBodyBytes }: Bounds,
): Promise<Fault | undefined> {
  const watch = streamWatch(reply.headers);
  const body = reply.body[Symbol.asyncIterator]();
  let total = 0;
  try {
    for (;;) {
      const waitMs = watch.hasEnded() ? CLOSING_MS : watch.hasBegun() ? SILENT_MS : undefined;
      const next = await within(body.next(), clock, waitMs);
      if (next === 'late') {
        reply.discard();
        return watch.hasEnded() ? undefined : { kind: 'silent', silentMs: SILENT_MS };
      }
      if (next.done === true) return undefined;
      total += next.value.byteLength;
      if (total > maxBodyBytes) {
        reply.discard();
        return tooLarge(maxBodyBytes, reply.status);
      }
      chunks.push(next.value);
      watch.saw(next.value);
    }
  } catch (error) {
    return networkFault(error, 'answering');
  }
}

/** Resolves to `late` after `waitMs`, if that is given. */
function within<Value>(
  promise: Promise<Value>,
  clock: Clock,
  waitMs: number | undefined,
): Promise<Value | 'late'> {
  if (waitMs === undefined) return promise;
  return new Promise((resolve, reject) => {
    const cancel = afterReading(clock, waitMs, () => resolve('late'));
    promise.then(resolve, reject).finally(cancel);
  });
}

function tooLarge(maxBytes: number, status: number): Fault {
  return { kind: 'too-large', maxBytes, status };
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
