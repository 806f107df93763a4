import type { Redactor } from '../errors/redact.ts';
import type { Clock } from '../ports/clock.ts';
import type { Reply } from './batch-api.ts';
import { withinDeadline } from './attempt-timeout.ts';
import { httpFailure } from './http-failures.ts';
import { RETRY } from './should-retry.ts';
import { failureContext, type FailureContext } from './failure-context.ts';
import { isObject, type JsonObject } from '../ports/json-shape.ts';
import { canceledFailure, faultFailure, timeoutFailure } from './network-failures.ts';
import type { AttemptFailure, Transfer } from './provider.ts';
import { parsed } from './read-reply.ts';
import type { ResolvedProvider } from './resolve-providers.ts';
import type { Transport } from './transport.ts';

/** Sends a request to any path of an API through its SDK, and returns the transport's response. */
export type Call = (request: CallRequest, options: CallOptions) => Promise<Response>;

export interface CallRequest {
  readonly method: 'get' | 'post' | 'delete';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: JsonObject | string;
  /** The type of a `body` that is text. */
  readonly contentType?: string;
}

export interface CallOptions {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  /** Passed to the transport's `fetch`. */
  readonly transfer: Transfer;
}

/**
 * Calls a provider for everything except answers. Never throws for server or network errors; never
 * retries.
 */
export interface Calls {
  text(request: CallRequest, signal: AbortSignal): Promise<Reply<string>>;
  json(request: CallRequest, signal: AbortSignal): Promise<Reply<JsonObject>>;
  context(model?: string): FailureContext;
}

/** Files of hundreds of megabytes take a while. */
const TIMEOUT_MS = 600_000;

export function createCalls(parts: {
  readonly endpoint: ResolvedProvider;
  readonly open: () => Promise<Call>;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly redact: Redactor;
  readonly timeoutMs?: number;
}): Calls {
  const { endpoint, transport, clock, timeoutMs = TIMEOUT_MS } = parts;
  let opening: Promise<Call> | undefined;

  const context = (model?: string): FailureContext => failureContext(endpoint, parts, model);

  async function text(request: CallRequest, signal: AbortSignal): Promise<Reply<string>> {
    opening ??= parts.open();
    const call = await opening;
    const transfer: Transfer = { stage: 'connecting' };
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
    if (exchange.status >= 400) {
      return failed(httpFailure({ ...exchange, body: parsed(exchange.text) }, context()));
    }
    if (exchange.cut) return failed(faultFailure(exchange.cut, context()));
    return { ok: true, value: exchange.text };
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
