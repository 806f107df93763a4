import type { Redactor } from '../errors/redact.ts';
import type { Clock } from '../ports/clock.ts';
import { withinDeadline } from './deadline.ts';
import { RETRY, failureContext, httpFailure, type FailureContext } from './failures.ts';
import { isObject, type JsonObject } from './json-shape.ts';
import { canceledFailure, faultFailure, timeoutFailure } from './network-failures.ts';
import type { AttemptFailure, Transfer } from './provider.ts';
import type { Reply } from './batch-api.ts';
import { parsed } from './replies.ts';
import type { ResolvedProvider } from './resolve.ts';
import type { Transport } from './transport.ts';

/** Sends a request through an SDK's client to any path of its API. */
export type Call = (
  request: {
    readonly method: 'get' | 'post' | 'delete';
    readonly path: string;
    readonly query?: Readonly<Record<string, string>>;
    readonly body?: JsonObject | string;
    /** For a `body` that is text. */
    readonly contentType?: string;
  },
  options: {
    readonly signal: AbortSignal;
    readonly timeoutMs: number;
    readonly transfer: Transfer;
  },
) => Promise<Response>;

type CallRequest = Parameters<Call>[0];

/** Calls a provider's batch interface. Never throws for server or network errors; never retries. */
export interface BatchCalls {
  text(request: CallRequest, signal: AbortSignal): Promise<Reply<string>>;
  json(request: CallRequest, signal: AbortSignal): Promise<Reply<JsonObject>>;
  context(model?: string): FailureContext;
}

/** Files of hundreds of megabytes take a while. */
const TIMEOUT_MS = 600_000;

export function createBatchCalls(parts: {
  readonly endpoint: ResolvedProvider;
  readonly open: () => Promise<Call>;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly redact: Redactor;
}): BatchCalls {
  const { endpoint, transport, clock } = parts;
  let opening: Promise<Call> | undefined;

  const context = (model?: string): FailureContext => failureContext(endpoint, parts, model);

  async function text(request: CallRequest, signal: AbortSignal): Promise<Reply<string>> {
    opening ??= parts.open();
    const call = await opening;
    const transfer: Transfer = { stage: 'connecting' };
    const timeoutMs = TIMEOUT_MS;
    const bounded = await withinDeadline(
      async (abandon) =>
        transport.exchangeOf(await call(request, { signal: abandon, timeoutMs, transfer })),
      { clock, timeoutMs, signal },
    );
    if (bounded.kind === 'timeout') {
      return failed(timeoutFailure(timeoutMs, context(), transfer.stage));
    }
    if (bounded.kind === 'canceled') {
      return failed(canceledFailure({ sent: transfer.stage !== 'connecting' }));
    }
    const exchange = bounded.value;
    if (!exchange.ok) return failed(faultFailure(exchange.fault, context()));
    const { status, text: body, headers, cut } = exchange;
    if (status >= 400) {
      return failed(httpFailure({ status, headers, text: body, body: parsed(body) }, context()));
    }
    if (cut) return failed(faultFailure(cut, context()));
    return { ok: true, value: body };
  }

  return {
    text,
    context,
    async json(request, signal) {
      const reply = await text(request, signal);
      if (!reply.ok) return reply;
      const value = parsed(reply.value);
      if (isObject(value)) return { ok: true, value };
      return failed({
        code: 'BAD_RESPONSE',
        message: `${context().clean(endpoint.host)} did not answer with a JSON object`,
        ...RETRY,
      });
    },
  };
}

export function failed<Value>(failure: AttemptFailure): Reply<Value> {
  return { ok: false, failure };
}

/** The JSON objects of a JSONL text; undefined for a line that is something else. */
export function jsonLines(text: string): ReadonlyArray<JsonObject | undefined> {
  return text.split('\n').flatMap((line) => {
    if (line.trim() === '') return [];
    const value = parsed(line);
    return [isObject(value) ? value : undefined];
  });
}
