import { pageTitle } from './bad-response.ts';
import { readErrorBody, type ErrorBody } from './error-body.ts';
import type { FailureContext } from './failure-context.ts';
import type { AttemptFailure, ResponseHeaders } from './provider.ts';
import { retryAfterMs, waitInBody } from './retry-after.ts';
import { hintFor, reactionTo, schemaHint } from './should-retry.ts';
import { AT_ONCE, reasonIn, reasonOfStatus, type Reason } from './vendor-errors.ts';

/** An error response: by its status or, with a 200, by its body. */
export interface ErrorReply {
  readonly status: number;
  readonly headers: ResponseHeaders;
  /** The parsed body; undefined if it is not JSON. */
  readonly body: unknown;
  readonly text: string;
}

/**
 * Interprets an error response. The body's words count more than the status: a 429 may be a rate
 * limit or an empty account, a 400 a long prompt or a wrong key.
 */
export function httpFailure(reply: ErrorReply, context: FailureContext): AttemptFailure {
  const error = withHeaderWord(readErrorBody(reply.body), reply.headers);
  const said = reasonIn(reply.status, withText(error, reply));
  return failureOf(reply, error, { said, status: reply.status, context });
}

/** AWS names the kind of error in a header, sometimes followed by an address. */
function withHeaderWord(error: ErrorBody, headers: ResponseHeaders): ErrorBody {
  const word = headers['x-amzn-errortype']?.split(':', 1)[0]?.toLowerCase();
  return word === undefined ? error : { ...error, words: new Set([...error.words, word]) };
}

/**
 * An error in the body of a 200: judged by its words, then by the status in the body, then by
 * `fallbackStatus`. The provider may have charged for it.
 */
export function bodyFailure(
  reply: ErrorReply,
  fallbackStatus: number,
  context: FailureContext,
): AttemptFailure {
  const error = readErrorBody(reply.body);
  const said = reasonIn(error.status ?? reply.status, error);
  const status = error.status ?? fallbackStatus;
  return { ...failureOf(reply, error, { said, status, context }), possiblyPaid: true };
}

function failureOf(
  reply: ErrorReply,
  error: ErrorBody,
  options: {
    /** The reason according to the error's own words. */
    readonly said: Reason | undefined;
    readonly status: number;
    readonly context: FailureContext;
  },
): AttemptFailure {
  const { said, status, context } = options;
  const reason = said === undefined ? reasonOfStatus(status) : corrected(said, status);
  const kind = reactionTo(reason, status, reply.headers);
  const { code } = kind;
  const isWaiting = kind.retryable || kind.reach === 'lane';
  const wait = isWaiting
    ? (retryAfterMs(reply.headers, context.epochMs) ??
      waitInBody(error, reply.headers, context.epochMs))
    : undefined;
  const parameter = code === 'BAD_REQUEST' ? error.parameter : undefined;
  const hint = parameterHint(parameter, context) ?? hintFor(code, context);
  const message = messageOf(reply, error, context);
  return {
    ...kind,
    message,
    httpStatus: reply.status,
    hint,
    ...(wait === undefined ? {} : { retryAfterMs: wait }),
    ...(error.words.has('ramp_limit_exceeded') ? { growsTooFast: true } : {}),
    ...(code === 'RATE_LIMITED' && AT_ONCE.test(message) ? { tooManyAtOnce: true } : {}),
    ...(parameter === undefined ? {} : { parameter: context.clean(parameter) }),
    ...(code === 'SCHEMA_MISMATCH' ? { violation: message } : {}),
    ...(error.requestId === undefined ? {} : { requestId: context.clean(error.requestId) }),
  };
}

/** Some servers send plain text instead of JSON. */
function withText(error: ErrorBody, { text }: ErrorReply): ErrorBody {
  if (error.messages.length > 0 || isMarkup(text)) return error;
  return { ...error, messages: [text.slice(0, 4096)] };
}

/** Corrects words that have another meaning with this status. */
function corrected(reason: Reason, status: number): Reason {
  // Groq answers a request larger than a minute's limit with a 413 and the word for a rate limit.
  return status === 413 && reason === 'RATE_LIMITED' ? 'TOO_LARGE' : reason;
}

function messageOf(reply: ErrorReply, error: ErrorBody, context: FailureContext): string {
  const said =
    error.message ??
    pageTitle(reply.text, context.clean) ??
    (isMarkup(reply.text) ? '' : reply.text);
  const line = context.clean(said);
  const isError = reply.status >= 400;
  const inside = isError
    ? ''
    : error.status === undefined
      ? ' with an error'
      : ` with error ${error.status}`;
  const start = `${context.clean(context.host)} answered ${reply.status}${inside}`;
  return line === '' ? start : `${start}: ${line}`;
}

function isMarkup(text: string): boolean {
  return text.trimStart().startsWith('<');
}

/** What to do about the part of the request that an error names. */
function parameterHint(
  parameter: string | undefined,
  { provider, model, extras }: FailureContext,
): string | undefined {
  const [name = '', ...path] = parameter?.split(/[.[\]]+/u) ?? [];
  if (extras?.params.includes(name) === true) {
    return path.length === 0
      ? `leave \`${name}\` out of \`params\`, or change it`
      : `change \`${name}\` in \`params\``;
  }
  if (!SCHEMA_PARAMETERS.has(name) || extras?.schema !== true) return undefined;
  return schemaHint({ provider, model });
}

/** The field with the schema in each wire format. */
const SCHEMA_PARAMETERS: ReadonlySet<string> = new Set([
  'response_format',
  'text',
  'output_config',
  'json_schema',
]);
