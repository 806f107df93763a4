import type { Cleaner } from './clean-message.ts';
import type { FailureContext } from './failure-context.ts';
import type { AttemptFailure, ResponseHeaders } from './provider.ts';
import { FINAL, FINAL_UNPAID, RETRY } from './should-retry.ts';

/**
 * How much of a broken body is kept, and how much is searched for secrets: truncation may leave
 * half of a secret.
 */
const MAX_KEPT_LENGTH = 4096;
const MAX_READ_LENGTH = 64 * 1024;

/** A 200 without an answer. */
export function misshapenAnswer(message: string): AttemptFailure {
  return {
    code: 'BAD_RESPONSE',
    message,
    hint: 'check that `base_url` and `api` match the server',
    ...RETRY,
    maxRetries: 2,
  };
}

/** A 200 whose body is not JSON with one answer, such as a web page. `answers`: their number. */
export function notAnAnswer(
  { text, headers, status }: BadReply,
  context: FailureContext,
  answers: number,
): AttemptFailure {
  const host = context.clean(context.host);
  const type = headers['content-type'] ?? '';
  const again = { code: 'BAD_RESPONSE', ...RETRY, maxRetries: 2 } as const;
  if (text.trim() === '') {
    return { ...again, message: `${host} answered ${status} with an empty body` };
  }
  if (answers > 1) {
    return {
      code: 'BAD_RESPONSE',
      message: `${host} sent ${answers} different answers in one body`,
      hint: `check what is between Volley and the model of \`${context.provider}\``,
      ...FINAL,
      partialOutput: kept(text, context),
    };
  }
  if (/^text\/html\b/iu.test(type)) {
    const title = pageTitle(text, context.clean);
    return {
      code: 'BAD_RESPONSE',
      message: `${host} sent a web page${title === undefined ? '' : ` titled \`${title}\``} instead of an answer`,
      hint: `check the base URL of \`${context.provider}\`; a proxy or a login page may be in front of it`,
      ...FINAL_UNPAID,
    };
  }
  if (/^text\/event-stream\b/iu.test(type) || /^(?:data|event|id|retry|):/u.test(text)) {
    return {
      code: 'BAD_RESPONSE',
      message: `${host} sent a stream of events instead of one answer`,
      hint: 'turn streaming off on the server: Volley asks for whole answers',
      ...FINAL,
    };
  }
  return {
    ...again,
    message: `${host} sent a body that is not complete JSON`,
    hint: 'check `base_url`; the body may also have been cut off in transit',
    partialOutput: kept(text, context),
  };
}

interface BadReply {
  readonly status: number;
  readonly headers: ResponseHeaders;
  readonly text: string;
}

/** The title of an HTML page, cleaned; undefined if there is none. */
export function pageTitle(text: string, clean: Cleaner): string | undefined {
  const found = /<title[^>]{0,200}>([^<]{1,16000})/iu.exec(text.slice(0, 16 * 1024))?.[1];
  const title = found === undefined ? '' : clean(found);
  return title === '' ? undefined : title;
}

/** The beginning of a body that has no usable answer, without secrets. */
export function kept(text: string, context: FailureContext): string {
  return context.redact(text.slice(0, MAX_READ_LENGTH)).slice(0, MAX_KEPT_LENGTH).toWellFormed();
}

/** Says what a body is instead of an object. */
export function notAnObject(value: unknown): string {
  return `the answer is ${nameOf(value)} instead of an object`;
}

function nameOf(value: unknown): string {
  if (value === null) return '`null`';
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}
