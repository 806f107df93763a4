import type { Clock } from '../ports/clock.ts';
import { parsedJson } from '../ports/json.ts';
import { bodyText } from './decompress-body.ts';
import { errorCode } from './connection-problem.ts';
import type { ResponseHeaders } from './provider.ts';
import type { Wire, WireReply, WireRequest } from './transport.ts';

/** A request and its response in a debug file. */
export interface RecordedExchange {
  readonly v: 1;
  readonly at: string;
  /** Until the last byte of the response, or until it was abandoned. */
  readonly duration_ms: number;
  readonly request: {
    readonly method: string;
    readonly url: string;
    readonly headers: ResponseHeaders;
    readonly body: unknown;
  };
  /** Absent if there was none. */
  readonly response?: {
    readonly status: number;
    readonly headers: ResponseHeaders;
    /** Parsed if it is JSON, otherwise text. */
    readonly body: unknown;
    /** The body was longer. */
    readonly cut?: true;
  };
  /** Why the exchange ended early. */
  readonly error?: string;
}

/** At most this many bytes of each body are recorded. */
const MOST_BYTES = 1024 * 1024;

/** A wire that passes each finished exchange to `keep`, without credentials in the headers. */
export function recordedWire(
  wire: Wire,
  { clock, keep }: { readonly clock: Clock; readonly keep: (exchange: RecordedExchange) => void },
): Wire {
  const underWay = new Set<Promise<void>>();
  return {
    ...(wire.secrets && { secrets: wire.secrets }),
    async send(url, request) {
      const startMs = clock.now();
      const at = new Date(clock.epochMs()).toISOString();
      const finish = (rest: Pick<RecordedExchange, 'response' | 'error'>): void =>
        keep({
          v: 1,
          at,
          duration_ms: Math.round(clock.now() - startMs),
          request: requestOf(url, request),
          ...rest,
        });
      let reply: WireReply;
      try {
        reply = await wire.send(url, request);
      } catch (error) {
        finish({ error: reasonOf(error, request) });
        throw error;
      }
      const seen = watched(reply, request);
      const ending = seen.over.then(async ({ bytes, isCut, error }) => {
        const response = await responseOf(reply, bytes, isCut);
        finish({ response, ...(error !== undefined && { error }) });
      });
      underWay.add(ending);
      void ending.finally(() => underWay.delete(ending));
      return seen.reply;
    },
    async close() {
      await wire.close();
      await Promise.all(underWay);
    },
  };
}

interface Over {
  readonly bytes: Uint8Array;
  readonly isCut: boolean;
  readonly error: string | undefined;
}

/** The same response, and a promise of the part that was read. */
function watched(
  reply: WireReply,
  request: WireRequest,
): { readonly reply: WireReply; readonly over: Promise<Over> } {
  const chunks: Uint8Array[] = [];
  const { promise, resolve } = Promise.withResolvers<Over>();
  let total = 0;
  const end = (error?: string): void => {
    const bytes = Buffer.concat(chunks).subarray(0, MOST_BYTES);
    resolve({ bytes, isCut: total > MOST_BYTES, error });
  };
  async function* body(): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of reply.body) {
        if (total < MOST_BYTES) chunks.push(chunk);
        total += chunk.byteLength;
        yield chunk;
      }
      end();
    } catch (error) {
      end(reasonOf(error, request));
      throw error;
    } finally {
      end('not read to its end');
    }
  }
  return {
    over: promise,
    reply: {
      ...reply,
      body: body(),
      discard() {
        end('not read to its end');
        reply.discard();
      },
    },
  };
}

function requestOf(
  url: string,
  { method, headers, body }: WireRequest,
): RecordedExchange['request'] {
  const isLong = body !== undefined && body.length > MOST_BYTES;
  const kept = isLong ? body.slice(0, MOST_BYTES) : (body ?? null);
  return { method, url, headers: withoutCredentials(headers), body: parsed(kept) };
}

async function responseOf(
  { status, headers }: WireReply,
  bytes: Uint8Array,
  isCut: boolean,
): Promise<NonNullable<RecordedExchange['response']>> {
  const text = await bodyText(bytes, headers, 8 * MOST_BYTES);
  const body = parsed(text.kind === 'text' ? text.text : null);
  return { status, headers: withoutCredentials(headers), body, ...(isCut && { cut: true }) };
}

function parsed(text: string | null): unknown {
  const value = parsedJson(text ?? 'null');
  return value === undefined ? text : value;
}

function withoutCredentials(headers: ResponseHeaders): ResponseHeaders {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      CREDENTIALS.test(name) ? '[redacted]' : value,
    ]),
  );
}

const CREDENTIALS = /authorization|api-?key|cookie|token$|secret/iu;

function reasonOf(error: unknown, { signal }: WireRequest): string {
  if (signal.aborted) return 'given up';
  const code = errorCode(error);
  return code === 'UNKNOWN' && error instanceof Error ? error.message : code;
}
