import type { FailureCode } from '../errors/failure.ts';
import type { Redactor } from '../errors/redact.ts';
import { readErrorBody } from './error-body.ts';
import type { ErrorBody } from './error-body.ts';
import type { Cleaner } from './message-text.ts';
import type { AttemptFailure, ResponseHeaders } from './provider.ts';
import { retryAfterMs } from './retry-after.ts';

/** What a failure's message and hint may speak of. */
export interface FailureContext {
  /** Name of the entry under `providers`. */
  readonly provider: string;
  readonly model: string;
  readonly host: string;
  /** Variable that holds the key; undefined when none is sent. */
  readonly keyVariable: string | undefined;
  /** Variable with a key that is set but may not be sent to this host. */
  readonly withheldVariable?: string | undefined;
  /** What the request holds besides texts: not every model takes it. */
  readonly extras?: { readonly schema: boolean; readonly attachments: boolean };
  /** Wall time, for dates in headers. */
  readonly epochMs: number;
  readonly clean: Cleaner;
  readonly redact: Redactor;
}

/** An HTTP answer that is an error, by its status or, under a 200, by its body. */
export interface ErrorReply {
  readonly status: number;
  readonly headers: ResponseHeaders;
  /** The parsed body; undefined when it was no JSON. */
  readonly body: unknown;
  readonly text: string;
}

type Kind = Pick<AttemptFailure, 'code' | 'retryable' | 'reach' | 'possiblyPaid'>;

/**
 * What an error answer means. The body's own words decide before the status: a 429 may be a rate to
 * wait out or an empty account, a 400 a long prompt or a spend limit. A server's `x-should-retry` is
 * obeyed, save that what must not be sent again never is.
 */
export function httpFailure(reply: ErrorReply, context: FailureContext): AttemptFailure {
  return failureAs(reply.status, reply, context);
}

/**
 * An error that came under a 200: judged as the status that the body names, or the one that its words
 * stand for, else as `fallbackStatus`. The provider may have charged for it.
 */
export function bodyFailure(
  reply: ErrorReply,
  fallbackStatus: number,
  context: FailureContext,
): AttemptFailure {
  const error = readErrorBody(reply.body);
  const byWord = STATUS_OF_WORD.find(([word]) => error.words.has(word))?.[1];
  const status = error.status ?? byWord ?? fallbackStatus;
  return { ...failureAs(status, reply, context), possiblyPaid: true };
}

function failureAs(status: number, reply: ErrorReply, context: FailureContext): AttemptFailure {
  const error = readErrorBody(reply.body);
  const kind = withServersWish(kindOf(status, error, reply.text), status, reply.headers);
  const wait = kind.retryable || kind.reach === 'lane' ? waitOf(reply.headers, context) : undefined;
  const hint = HINTS[kind.code]?.(context);
  return {
    ...kind,
    message: messageOf(reply, error, context),
    httpStatus: reply.status,
    ...(hint === undefined ? {} : { hint }),
    ...(wait === undefined ? {} : { retryAfterMs: wait }),
    ...(error.requestId === undefined ? {} : { requestId: context.clean(error.requestId) }),
  };
}

/** Telling words first: vendors put a broad `type` beside a narrow `code`. */
const STATUS_OF_WORD: ReadonlyArray<readonly [word: string, status: number]> = [
  ['insufficient_quota', 429],
  ['rate_limit_exceeded', 429],
  ['rate_limit_error', 429],
  ['invalid_api_key', 401],
  ['authentication_error', 401],
  ['billing_error', 402],
  ['permission_error', 403],
  ['model_not_found', 404],
  ['not_found_error', 404],
  ['request_too_large', 413],
  ['overloaded_error', 529],
  ['timeout_error', 504],
  ['api_error', 500],
  ['server_error', 500],
  ['internal_server_error', 500],
  ['invalid_prompt', 400],
  ['invalid_request_error', 400],
];

/** The title of an HTML page, cleaned; undefined when it has none. */
export function pageTitle(text: string, clean: Cleaner): string | undefined {
  const found = /<title[^>]{0,200}>([^<]{1,16000})/iu.exec(text.slice(0, 16 * 1024))?.[1];
  const title = found === undefined ? '' : clean(found);
  return title === '' ? undefined : title;
}

function kindOf(status: number, error: ErrorBody, text: string): Kind {
  if (isQuota(status, error)) return stopping('QUOTA_EXHAUSTED');
  if (status === 401) return stopping('AUTH');
  if (isModeration(status, error)) return final('CONTENT_FILTERED');
  if (isContextTooLong(status, error, text)) return final('CONTEXT_TOO_LONG');
  if (status < 500 && has(error, ['model_not_found'])) return ifFirst('NOT_FOUND');
  switch (status) {
    case 403:
      return stopping('FORBIDDEN');
    case 404:
      return ifFirst('NOT_FOUND');
    case 408:
      return { ...again('TIMEOUT'), possiblyPaid: true };
    case 413:
      return final('TOO_LARGE');
    case 425:
      return again('SERVER_ERROR');
    case 429:
      // Larger than the whole minute's allowance: waiting does not help.
      return /^request too large/iu.test(error.message ?? '')
        ? final('TOO_LARGE')
        : { ...again('RATE_LIMITED'), reach: 'lane' };
    case 503:
    case 529:
      return { ...again('OVERLOADED'), reach: 'lane' };
    case 501:
    case 505:
      return final('SERVER_ERROR');
    default:
      if (status < 500) return final('BAD_REQUEST');
      return { ...again('SERVER_ERROR'), possiblyPaid: status !== 500 };
  }
}

/** Statuses that are never sent again, whatever the server wishes. */
const NEVER_AGAIN = new Set([400, 401, 402, 403, 404, 413, 422]);

function withServersWish(kind: Kind, status: number, headers: ResponseHeaders): Kind {
  const wish = headers['x-should-retry'];
  if (wish === 'false') return { ...kind, retryable: false };
  const forbidden =
    NEVER_AGAIN.has(status) ||
    kind.reach === 'provider' ||
    kind.code === 'TOO_LARGE' ||
    kind.code === 'CONTEXT_TOO_LONG' ||
    kind.code === 'CONTENT_FILTERED';
  if (wish !== 'true' || forbidden || kind.retryable) return kind;
  return { ...kind, code: 'SERVER_ERROR', retryable: true };
}

function waitOf(headers: ResponseHeaders, context: FailureContext): number | undefined {
  return retryAfterMs(headers, context.epochMs);
}

const QUOTA_WORDS = [
  'insufficient_quota',
  'credit_balance_exhausted',
  'insufficient_credits',
  'organization_usage_limit_exceeded',
  'enforced_spend_limit_reached',
  'billing_hard_limit_reached',
  'billing_not_active',
  'billing_error',
];

function isQuota(status: number, error: ErrorBody): boolean {
  if (status === 402 || has(error, QUOTA_WORDS)) return true;
  for (const word of error.words) {
    if (/_spend_limit_(?:exceeded|reached)$/u.test(word)) return true;
  }
  // Anthropic tells these by their text alone, as a 400. Only a text that starts like one counts:
  // errors quote prompts, and a prompt must not be able to stop a provider.
  return status === 400 && SPENT_MESSAGE.test(error.message ?? '');
}

const SPENT_MESSAGE =
  /^(?:you|your|this|the) (?:credit balance is too low|[^.]{0,80}\b(?:reached|exceeded) [^.]{0,60}(?:spend|spending|usage) limits?\b)/iu;

const MODERATION_WORDS = [
  'content_filter',
  'content_policy_violation',
  'moderation_blocked',
  'image_content_policy_violation',
  'misalignment_policy_violation',
  'bio_policy',
];

function isModeration(status: number, error: ErrorBody): boolean {
  if (status >= 500 || status === 429) return false;
  if (has(error, MODERATION_WORDS)) return true;
  const flagged = /\bflagged\b|moderation/iu.test(error.message ?? '');
  return flagged && (status === 403 || (status === 400 && has(error, ['invalid_prompt'])));
}

const CONTEXT_WORDS = [
  'context_length_exceeded',
  'context_window_exceeded',
  'model_context_window_exceeded',
  'exceed_context_size_error',
  'string_above_max_length',
];
const CONTEXT_MESSAGE =
  /prompt is too long|maximum context length|exceeds? (?:the )?(?:available |model'?s? )?(?:maximum )?context (?:size|length|limit|window)|input (?:length|token count)[^.]{0,80}exceed/iu;

function isContextTooLong(status: number, error: ErrorBody, text: string): boolean {
  if (status >= 500 || status === 429) return false;
  if (has(error, CONTEXT_WORDS)) return true;
  return (
    [400, 413, 422].includes(status) && CONTEXT_MESSAGE.test(error.message ?? text.slice(0, 4096))
  );
}

function has(error: ErrorBody, words: readonly string[]): boolean {
  return words.some((word) => error.words.has(word));
}

function final(code: FailureCode): Kind {
  return { code, retryable: false, reach: 'task', possiblyPaid: false };
}
function again(code: FailureCode): Kind {
  return { code, retryable: true, reach: 'task', possiblyPaid: false };
}
function stopping(code: FailureCode): Kind {
  return { code, retryable: false, reach: 'provider', possiblyPaid: false };
}
function ifFirst(code: FailureCode): Kind {
  return { code, retryable: false, reach: 'lane-if-first', possiblyPaid: false };
}

function messageOf(reply: ErrorReply, error: ErrorBody, context: FailureContext): string {
  const said =
    error.message ??
    pageTitle(reply.text, context.clean) ??
    (isMarkup(reply.text) ? '' : reply.text);
  const line = context.clean(said);
  const isError = reply.status >= 400;
  const told = isError
    ? ''
    : error.status === undefined
      ? ' with an error'
      : ` with error ${error.status}`;
  const start = `${context.clean(context.host)} answered ${reply.status}${told}`;
  return line === '' ? start : `${start}: ${line}`;
}

function isMarkup(text: string): boolean {
  return text.trimStart().startsWith('<');
}

const TROUBLE = (): string => 'the trouble is on the server: run the failed tasks again later';

const HINTS: Readonly<Partial<Record<FailureCode, (context: FailureContext) => string>>> = {
  AUTH: ({ provider, host, keyVariable, withheldVariable }) =>
    withheldVariable !== undefined
      ? `the key in \`${withheldVariable}\` is only sent to its own host; if it may go here: --allow-host ${host}=${withheldVariable}`
      : keyVariable === undefined
        ? `this server wants a key: name the variable that holds it as \`api_key_env\` of \`${provider}\``
        : `check the key in \`${keyVariable}\`: it may be mistyped, revoked or of another account`,
  QUOTA_EXHAUSTED: ({ provider }) =>
    `the account of \`${provider}\` is out of credit or at its spend limit: top it up or raise the limit, then run again`,
  FORBIDDEN: ({ provider, model, keyVariable }) =>
    keyVariable === undefined
      ? `\`${provider}\` does not let this machine use \`${model}\``
      : `the key in \`${keyVariable}\` may not use \`${model}\` from here: check its project, permissions and region`,
  NOT_FOUND: ({ provider, model }) =>
    `check the model's name \`${model}\` and the base URL of \`${provider}\``,
  BAD_REQUEST: ({ provider, model, extras }) =>
    extras?.attachments
      ? `\`${model}\` may not take such attachments: choose a model that does, or leave them out`
      : extras?.schema
        ? `if \`${model}\` takes no schema, set \`structured_output: prompt\` for \`${provider}\``
        : `\`${provider}\` refuses the request as it is: check the task's parameters`,
  CONTEXT_TOO_LONG: () =>
    'shorten the prompt or the context, or choose a model with a larger window',
  TOO_LARGE: () => 'send less in one task: split its input or shorten the context',
  CONTENT_FILTERED: () =>
    "the provider's filter stopped it: reword the prompt or leave this input out",
  RATE_LIMITED: ({ provider }) =>
    `declare what the account allows under \`providers.${provider}.limits\``,
  TIMEOUT: () => 'raise `timeout` or lower `max_tokens`',
  OVERLOADED: TROUBLE,
  SERVER_ERROR: TROUBLE,
};
