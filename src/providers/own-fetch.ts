import { afterReading } from '../ports/clock.ts';
import type { CloudCredential } from '../manifest/cloud.ts';
import type { Clock } from '../ports/clock.ts';
import { bodyText } from './body-text.ts';
import { ConnectionFailed, errorCode } from './connection.ts';
import type { ConnectionProblem } from './connection.ts';
import { streamWatch } from './event-stream.ts';
import type { ReplySoFar, ResponseHeaders, Stage, Transfer } from './provider.ts';

/** Sends one HTTP request and hands back the answer's start: the port to the network. */
export interface Wire<Body = string> {
  /** What it sends along besides the requests, and no text may show. */
  readonly secrets?: readonly string[];
  send(url: string, request: WireRequest<Body>): Promise<WireReply>;
  /** Closes idle connections and destroys the rest. May be called more than once. */
  close(): Promise<void>;
}

export interface WireRequest<Body = string> {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly headers: ResponseHeaders;
  readonly body: Body | undefined;
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
      /** `text` is JSON that was put together from a stream that broke off. */
      readonly isPartial?: true;
    }
  | { readonly ok: false; readonly fault: Fault; readonly headers: ResponseHeaders };

/** What kept a usable reply from coming. */
export type Fault =
  /** A cloud's credentials cannot be had, so nothing was sent. */
  | {
      readonly kind: 'unsigned';
      readonly credential: CloudCredential;
      readonly reason: string;
      /** The vendor's package is not installed; `reason` is the command that installs it. */
      readonly isMissing: boolean;
      /** Earlier requests were signed. */
      readonly hasWorked: boolean;
    }
  /** There was no connection, so nothing was sent. */
  | { readonly kind: 'unconnected'; readonly problem: ConnectionProblem }
  /** The connection broke. `code` is Node's or undici's, such as `ECONNRESET`. */
  | { readonly kind: 'network'; readonly code: string; readonly stage: Stage }
  | { readonly kind: 'too-large'; readonly maxBytes: number; readonly status: number }
  /** The body cannot be read in the encoding that it has or claims, or not to its end. */
  | { readonly kind: 'undecodable'; readonly encoding: string; readonly status: number }
  /** The deadline passed. */
  | { readonly kind: 'timeout'; readonly timeoutMs: number; readonly stage: Stage }
  /** A stream said nothing for so long after its answer had begun. */
  | { readonly kind: 'silent'; readonly silentMs: number }
  /** A stream that closed in order, but without the event that ends it. */
  | { readonly kind: 'unfinished' }
  /** `origin` of the place it points to; undefined when that is not a URL. */
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
  /** What has come of a reply that is given up; undefined when it has not begun. */
  exchangeSoFar(transfer: Transfer, cut: Fault): Promise<Exchange | undefined>;
  close(): Promise<void>;
}

/** A request before it is sent. */
export interface UnsentRequest {
  readonly url: URL;
  readonly method: WireRequest['method'];
  readonly headers: ResponseHeaders;
  readonly body: string | undefined;
}

/** Adds to the headers of a request what proves who asks. Never rejects. */
export type Sign = (
  request: UnsentRequest,
) => Promise<
  | { readonly ok: true; readonly headers: ResponseHeaders }
  | { readonly ok: false; readonly fault: Fault }
>;

type SdkFetch = (input: string | URL | Request, init?: TransferInit) => Promise<Response>;

const MEBIBYTE = 1024 * 1024;
/** An error's text is read no further than this: the status has said what matters. */
const MAX_ERROR_BYTES = 256 * 1024;

/** A stream may pause for so long once its answer has begun; before, models think. */
const SILENT_MS = 120_000;
/** How long after the last event the connection's own end is waited for, so that it can be used again. */
const CLOSING_MS = 1_000;

/** A transport over a wire. `maxBodyBytes` counts after decompression (default 32 MiB). */
export function createTransport(options: {
  readonly wire: Wire;
  readonly clock: Clock;
  readonly maxBodyBytes?: number;
  /** Default: requests go as they are. */
  readonly sign?: Sign | undefined;
}): Transport {
  const { wire, clock, maxBodyBytes = 32 * MEBIBYTE, sign } = options;
  const bounds = { clock, maxBodyBytes };
  const exchanges = new WeakMap<Response, Exchange>();
  return {
    fetchWith(headers) {
      // Uncompressed: no bomb to defuse, and a body that breaks off is seen.
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
  const signal = init.signal ?? new AbortController().signal;
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

/** What a reply amounts to. `cut`: why it may not be whole. */
async function exchangeOf(
  { status, headers, chunks }: ReplySoFar,
  { maxBodyBytes, cut }: { readonly maxBodyBytes: number; readonly cut: Fault | undefined },
): Promise<Exchange> {
  const body = await bodyText(Buffer.concat(chunks), headers, maxBodyBytes);
  const fault = body.kind === 'too-large' ? tooLarge(maxBodyBytes, status) : cut;
  // A body that breaks off does not hide an error's status.
  if (fault?.kind === 'too-large' && status < 400) return { ok: false, fault, headers };
  if (body.kind === 'too-large') return { ok: true, status, headers, text: '' };
  const { text, spoiled } = body;
  const spoiling: Fault | undefined =
    spoiled === undefined ? undefined : { kind: 'undecodable', encoding: spoiled, status };
  const reason = fault ?? spoiling;
  return { ok: true, status, headers, text, ...(reason && { cut: reason }) };
}

/** Reads a body to its end, or to the last event of a stream. Gives what cut it short. */
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

/** `late` when it takes longer; undefined: however long. */
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
