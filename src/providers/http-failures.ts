import type { CloudCredential } from '../manifest/cloud.ts';
import type { Redactor } from '../errors/redact.ts';
import { CLOUD_HINTS } from './cloud-signing.ts';
import { readErrorBody, type ErrorBody } from './error-body.ts';
import type { Clock } from '../ports/clock.ts';
import { createCleaner, type Cleaner } from './clean-message.ts';
import type { AttemptFailure, ResponseHeaders } from './provider.ts';
import type { ResolvedProvider } from './resolve-providers.ts';
import { retryAfterMs, waitInBody } from './retry-after.ts';
import {
  AT_ONCE,
  isForGood,
  mayBePaid,
  reasonIn,
  reasonOfStatus,
  type Reason,
} from './vendor-errors.ts';

/** Facts for a failure's message and hint. */
export interface FailureContext {
  /** The name of its entry under `providers`. */
  readonly provider: string;
  readonly model: string;
  readonly host: string;
  /** Requests use plain HTTP. */
  readonly isPlain?: boolean;
  /** The base URL of an OpenAI-compatible server has no path. */
  readonly lacksPath?: boolean;
  /** The variable with the key; undefined if no key is sent. */
  readonly keyVariable: string | undefined;
  /** The cloud credentials that sign requests, if any. */
  readonly credential?: CloudCredential | undefined;
  /** What to do if the server requires a key but none is sent. */
  readonly keyHint?: string | undefined;
  /** Parts of the request that some models do not accept. */
  readonly extras?: {
    readonly schema: boolean;
    readonly attachments: boolean;
    /** Names in `params`. */
    readonly params: readonly string[];
  };
  /** Wall time, for dates in headers. */
  readonly epochMs: number;
  readonly clean: Cleaner;
  readonly redact: Redactor;
}

/** The context of failures at a provider. */
export function failureContext(
  endpoint: ResolvedProvider,
  { clock, redact }: { readonly clock: Clock; readonly redact: Redactor },
  model = '',
): FailureContext {
  const { name, host, baseUrl, type, cloud, keyVariable, keyHint } = endpoint;
  return {
    provider: name,
    model,
    host,
    isPlain: baseUrl.startsWith('http:'),
    lacksPath: type === 'openai' && URL.parse(baseUrl)?.pathname === '/',
    keyVariable,
    credential: cloud?.credential,
    keyHint,
    epochMs: clock.epochMs(),
    clean: createCleaner(redact),
    redact,
  };
}

/** An error response: by its status or, with a 200, by its body. */
export interface ErrorReply {
  readonly status: number;
  readonly headers: ResponseHeaders;
  /** The parsed body; undefined if it is not JSON. */
  readonly body: unknown;
  readonly text: string;
}

/** Most failures of a single task: whether to retry, and whether the provider may charge. */
export const RETRY = { retryable: true, reach: 'task', possiblyPaid: true } as const;
export const RETRY_UNPAID = { ...RETRY, possiblyPaid: false } as const;
export const FINAL = { ...RETRY, retryable: false } as const;
export const FINAL_UNPAID = { ...FINAL, possiblyPaid: false } as const;

type Kind = Pick<AttemptFailure, 'retryable' | 'reach' | 'possiblyPaid' | 'maxRetries'> & {
  readonly code: Reason;
};

/**
 * Interprets an error response. The body's words count more than the status: a 429 may be a rate
 * limit or an empty account, a 400 a long prompt or a wrong key. `x-should-retry` is obeyed, except
 * for errors that must never be retried.
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
  const kind = withServersWish(kindOf(reason, status), status, reply.headers);
  const { code } = kind;
  const isWaiting = kind.retryable || kind.reach === 'lane';
  const wait = isWaiting
    ? (retryAfterMs(reply.headers, context.epochMs) ??
      waitInBody(error, reply.headers, context.epochMs))
    : undefined;
  const parameter = code === 'BAD_REQUEST' ? error.parameter : undefined;
  const hint = parameterHint(parameter, context) ?? JUDGMENTS[code].hint(context);
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

/** The title of an HTML page, cleaned; undefined if there is none. */
export function pageTitle(text: string, clean: Cleaner): string | undefined {
  const found = /<title[^>]{0,200}>([^<]{1,16000})/iu.exec(text.slice(0, 16 * 1024))?.[1];
  const title = found === undefined ? '' : clean(found);
  return title === '' ? undefined : title;
}

/** Some servers send plain text instead of JSON. */
function withText(error: ErrorBody, { text }: ErrorReply): ErrorBody {
  if (error.messages.length > 0 || isMarkup(text)) return error;
  return { ...error, messages: [text.slice(0, 4096)] };
}

function kindOf(code: Reason, status: number): Kind {
  const { hint: _, ...kind } = JUDGMENTS[code];
  if (code !== 'SERVER_ERROR') return { code, ...kind };
  return isForGood(status)
    ? { code, ...FINAL_UNPAID }
    : { code, ...RETRY, possiblyPaid: mayBePaid(status) };
}

/** Corrects words that have another meaning with this status. */
function corrected(reason: Reason, status: number): Reason {
  // Groq answers a request larger than a minute's limit with a 413 and the word for a rate limit.
  return status === 413 && reason === 'RATE_LIMITED' ? 'TOO_LARGE' : reason;
}

/** Statuses that are never retried, whatever the server says. */
const NEVER_AGAIN = new Set([400, 401, 402, 403, 404, 413, 422]);

function withServersWish(kind: Kind, status: number, headers: ResponseHeaders): Kind {
  const wish = headers['x-should-retry'];
  if (wish === 'false') return { ...kind, retryable: false };
  const isUncertain = kind.code === 'BAD_REQUEST' || kind.code === 'SERVER_ERROR';
  if (wish !== 'true' || kind.retryable || !isUncertain || NEVER_AGAIN.has(status)) return kind;
  return { ...kind, code: 'SERVER_ERROR', retryable: true };
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

function schemaHint({ provider, model }: Pick<FailureContext, 'provider' | 'model'>): string {
  return `if \`${model}\` does not accept a schema, set \`structured_output: prompt\` for \`${provider}\``;
}

interface Judgment extends Omit<Kind, 'code'> {
  readonly hint: (context: FailureContext) => string;
}

export const SCHEMA_HINT =
  'loosen the schema, say in the prompt what belongs where, or choose another model';
export const TIMEOUT_HINT = 'raise `timeout` or lower `max_tokens`';

const TROUBLE = {
  ...RETRY_UNPAID,
  reach: 'lane',
  hint: () => 'server error: send the failed tasks again later with `--retry-failed`',
} as const;

/** What follows from each reason, and what to do about it. */
const JUDGMENTS: Readonly<Record<Reason, Judgment>> = {
  AUTH: {
    ...FINAL_UNPAID,
    reach: 'provider',
    hint: ({ provider, keyVariable, keyHint, credential }) =>
      keyHint !== undefined
        ? keyHint
        : credential !== undefined
          ? CLOUD_HINTS[credential]
          : keyVariable === undefined
            ? `this server requires a key: set \`api_key_env\` of \`${provider}\` to the name of the variable that holds it`
            : `check the key in \`${keyVariable}\`: it may be mistyped, revoked or from another account`,
  },
  QUOTA_EXHAUSTED: {
    ...FINAL_UNPAID,
    reach: 'provider',
    hint: ({ provider }) =>
      `your \`${provider}\` account is out of credit or has reached its spending limit: top it up or raise the limit, then run again`,
  },
  FORBIDDEN: {
    ...FINAL_UNPAID,
    hint: ({ provider, model, keyVariable }) =>
      keyVariable === undefined
        ? `\`${provider}\` does not let this machine use \`${model}\``
        : `the key in \`${keyVariable}\` is not allowed to use \`${model}\` from here: check its project, permissions and region`,
  },
  NOT_FOUND: {
    ...FINAL_UNPAID,
    hint: ({ provider, model, lacksPath }) =>
      `check the model's name \`${model}\` and the base URL of \`${provider}\`${lacksPath ? ': most servers need `/v1` at the end' : ''}`,
  },
  BAD_REQUEST: {
    ...FINAL_UNPAID,
    hint: ({ provider, model, extras }) =>
      extras?.attachments
        ? `\`${model}\` might not accept these attachments: choose a model that does, or leave them out`
        : extras?.schema
          ? schemaHint({ provider, model })
          : `\`${provider}\` refused the request as sent: check the task's parameters`,
  },
  SCHEMA_MISMATCH: { ...RETRY, maxRetries: 1, hint: () => SCHEMA_HINT },
  CONTEXT_TOO_LONG: {
    ...FINAL_UNPAID,
    hint: () => 'shorten the prompt or the context, or choose a model with a larger window',
  },
  TOO_LARGE: {
    ...FINAL_UNPAID,
    hint: () => 'send less in one task: split its input or shorten the context',
  },
  CONTENT_FILTERED: {
    ...FINAL_UNPAID,
    hint: () => "the provider's filter stopped it: reword the prompt or leave this input out",
  },
  RATE_LIMITED: {
    ...RETRY_UNPAID,
    reach: 'lane',
    hint: ({ provider }) =>
      `declare what the account allows, or less, under \`providers.${provider}.limits\``,
  },
  TIMEOUT: { ...RETRY, hint: () => TIMEOUT_HINT },
  OVERLOADED: TROUBLE,
  SERVER_ERROR: TROUBLE,
};
