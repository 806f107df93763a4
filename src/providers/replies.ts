import type { Decoded, Dialect } from './dialect.ts';
import { misshapen } from './endings.ts';
import { bodyFailure, httpFailure, pageTitle } from './failures.ts';
import type { FailureContext } from './failures.ts';
import { isObject, textAt } from './json-shape.ts';
import { faultFailure } from './network-failures.ts';
import type { AttemptFailure, AttemptOutcome, AttemptResult, Continuation } from './provider.ts';
import { announcedLimits } from './rate-limit-headers.ts';
import type { Exchange, Fault } from './transport.ts';

/** As much of a broken body as is kept, and as is looked at: a cut may leave half of a secret. */
const MAX_KEPT_LENGTH = 4096;
const MAX_READ_LENGTH = 64 * 1024;

/** What one exchange amounts to. A 200 is a result only if its body proves to be one. */
export function outcomeOf(
  exchange: Exchange,
  dialect: Dialect,
  options: { readonly context: FailureContext; readonly continuation: Continuation | undefined },
): AttemptOutcome {
  const announced = announcedLimits(exchange.headers, options.context.epochMs);
  const result = resultOf(exchange, dialect, options);
  return announced.length === 0 ? result : { ...result, announced };
}

function resultOf(
  exchange: Exchange,
  dialect: Dialect,
  options: { readonly context: FailureContext; readonly continuation: Continuation | undefined },
): AttemptResult {
  const { context, continuation } = options;
  const { headers } = exchange;
  const requestId = idOf(headers[dialect.requestIdHeader], context);
  const failed = (failure: AttemptFailure): AttemptResult => ({
    kind: 'failed',
    failure: requestId === undefined ? failure : { ...failure, requestId },
  });
  if (!exchange.ok) return failed(faultFailure(exchange.fault, context));
  const reply = { ...exchange, body: parsed(exchange.text) };
  if (exchange.status >= 400) return failed(httpFailure(reply, context));
  if (exchange.cut !== undefined && reply.body === undefined) {
    return failed(cutShort(exchange.cut, exchange.text, context));
  }
  const decoded = decodedBody(exchange, reply.body, { dialect, context, continuation });
  switch (decoded.kind) {
    case 'answered': {
      const { text, usage } = decoded;
      return { kind: 'answered', answer: { text, finishReason: 'stop', usage, requestId } };
    }
    case 'incomplete':
      return decoded;
    case 'error':
      return failed(
        bodyFailure({ ...reply, body: decoded.error }, decoded.fallbackStatus, context),
      );
    case 'failed':
      return failed({ httpStatus: exchange.status, ...decoded.failure });
    default: {
      const unknown: never = decoded;
      throw new Error(`unknown decoding ${JSON.stringify(unknown)}`);
    }
  }
}

function decodedBody(
  exchange: Extract<Exchange, { ok: true }>,
  body: unknown,
  options: {
    readonly dialect: Dialect;
    readonly context: FailureContext;
    readonly continuation: Continuation | undefined;
  },
): Decoded {
  if (body === undefined) return { kind: 'failed', failure: unparsable(exchange, options.context) };
  if (isObject(body)) {
    if (isError(body)) return { kind: 'error', error: body, fallbackStatus: 502 };
    return options.dialect.decode(body, options.continuation);
  }
  if (Array.isArray(body) && isError(body[0])) {
    return { kind: 'error', error: body, fallbackStatus: 502 };
  }
  return misshapen(`the answer is ${nameOf(body)} instead of an object`);
}

/** `error: null` stands in good answers of OpenAI; `{type: 'error'}` is Anthropic's envelope. */
function isError(body: unknown): boolean {
  if (!isObject(body) || textAt(body, 'status') === 'failed') return false;
  const { error } = body;
  return isObject(error) || (typeof error === 'string' && error !== '') || body['type'] === 'error';
}

function unparsable(
  exchange: Extract<Exchange, { ok: true }>,
  context: FailureContext,
): AttemptFailure {
  const { text, headers, status } = exchange;
  const host = context.clean(context.host);
  const type = headers['content-type'] ?? '';
  const base = { code: 'BAD_RESPONSE', reach: 'task', possiblyPaid: true } as const;
  if (text.trim() === '') {
    return {
      ...base,
      message: `${host} answered ${status} with an empty body`,
      retryable: true,
      maxRetries: 2,
    };
  }
  if (/^text\/html\b/iu.test(type)) {
    const title = pageTitle(text, context.clean);
    return {
      ...base,
      message: `${host} sent a web page${title === undefined ? '' : ` titled \`${title}\``} instead of an answer`,
      hint: `check the base URL of \`${context.provider}\`; a proxy or a login page may stand in front of it`,
      retryable: false,
      reach: 'lane-if-first',
      possiblyPaid: false,
    };
  }
  if (/^text\/event-stream\b/iu.test(type) || /^(?:data|event|id|retry|):/u.test(text)) {
    return {
      ...base,
      message: `${host} sent a stream of events where one answer was asked for`,
      hint: 'leave streaming to the server out of its settings: Volley asks for whole answers',
      retryable: false,
      reach: 'lane-if-first',
    };
  }
  return {
    ...base,
    message: `${host} sent a body that is no whole JSON`,
    hint: 'it was cut on the way, or `base_url` leads to something else',
    retryable: true,
    maxRetries: 2,
    partialOutput: kept(text, context),
  };
}

/** A body that ended early, and what came of it. */
function cutShort(fault: Fault, text: string, context: FailureContext): AttemptFailure {
  const failure = faultFailure(fault, context);
  return text.trim() === '' ? failure : { ...failure, partialOutput: kept(text, context) };
}

function kept(text: string, context: FailureContext): string {
  return context.redact(text.slice(0, MAX_READ_LENGTH)).slice(0, MAX_KEPT_LENGTH).toWellFormed();
}

/** Undefined when it is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function nameOf(value: unknown): string {
  if (value === null) return '`null`';
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}

function idOf(value: string | undefined, context: FailureContext): string | undefined {
  const id = value === undefined ? '' : context.clean(value);
  return id === '' ? undefined : id;
}
