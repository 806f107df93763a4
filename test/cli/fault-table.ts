import type { FailureCode } from '../../src/errors/failure.ts';
import type { Behaviour } from '../support/server.ts';
import type { Wire } from '../support/wires.ts';

/** One way in which a server can misbehave, and how Volley should react to it. */
export interface Fault {
  readonly name: string;
  readonly on: (wire: Wire) => Behaviour;
  readonly code: FailureCode;
  /** `http_status` of the record. */
  readonly status: number | null;
  /** Retries if the fault persists and three are allowed. */
  readonly retries: number;
  /** `error.retryable`. By default, true if the task was retried. */
  readonly retryable?: boolean;
  readonly wires?: readonly Wire[];
  /** Text that arrived before the fault. */
  readonly partial?: string;
}

const JSON_TYPE = { 'content-type': 'application/json' };
const HTML = { 'content-type': 'text/html; charset=utf-8' };

export function reply(
  status: number,
  body = '',
  headers: Record<string, string> = JSON_TYPE,
): () => Behaviour {
  return () => ({ kind: 'reply', status, body, headers });
}

export function error(
  status: number,
  words: { type?: string; code?: string; message?: string; headers?: Record<string, string> } = {},
): () => Behaviour {
  return () => ({ kind: 'error', status, ...words });
}

const ALL = 3;
/** Volley chooses how long to wait unless the server says so: this keeps the runs short. */
const SOON = { 'retry-after-ms': '20' };

/** Errors by status. What the body says counts more than the status. */
const statuses: readonly Fault[] = [
  fault('400', ['BAD_REQUEST', 400, 0], error(400, { type: 'invalid_request_error' })),
  fault(
    '400-context-too-long',
    ['CONTEXT_TOO_LONG', 400, 0],
    error(400, { code: 'context_length_exceeded', message: 'prompt is too long: 9 > 8' }),
  ),
  fault(
    '403-flagged',
    ['CONTENT_FILTERED', 403, 0],
    error(403, { message: 'Your input was flagged by moderation' }),
  ),
  fault('404', ['NOT_FOUND', 404, 0], error(404)),
  fault('408', ['TIMEOUT', 408, ALL], reply(408, '{}')),
  fault('409', ['BAD_REQUEST', 409, 0], reply(409, '{}')),
  fault(
    '409-should-retry',
    ['SERVER_ERROR', 409, ALL],
    reply(409, '{}', { ...JSON_TYPE, 'x-should-retry': 'true' }),
  ),
  fault(
    '413-as-a-page',
    ['TOO_LARGE', 413, 0],
    reply(413, '<html><title>413</title></html>', HTML),
  ),
  fault('422', ['BAD_REQUEST', 422, 0], reply(422, '{"detail":[{"msg":"field required"}]}')),
  fault('425', ['SERVER_ERROR', 425, ALL], reply(425)),
  fault(
    '429-should-not-retry',
    ['RATE_LIMITED', 429, 0],
    error(429, { headers: { 'x-should-retry': 'false' } }),
  ),
  fault('500', ['SERVER_ERROR', 500, ALL], error(500)),
  fault(
    '500-should-not-retry',
    ['SERVER_ERROR', 500, 0],
    error(500, { headers: { 'x-should-retry': 'false' } }),
  ),
  fault('501', ['SERVER_ERROR', 501, 0], reply(501)),
  fault(
    '502-as-a-page',
    ['SERVER_ERROR', 502, ALL],
    reply(502, '<html><head><title>502 Bad Gateway</title></head></html>', HTML),
  ),
  fault('503', ['OVERLOADED', 503, ALL], error(503, { headers: SOON })),
  fault('504', ['SERVER_ERROR', 504, ALL], reply(504)),
  fault('529', ['OVERLOADED', 529, ALL], error(529, { type: 'overloaded_error', headers: SOON })),
];

/** Connections and bodies that break. */
const breaks: readonly Fault[] = [
  fault('reset-before-the-answer', ['NETWORK', null, ALL], () => ({
    kind: 'reset',
    when: 'before',
  })),
  fault('reset-in-the-body', ['NETWORK', null, ALL], () => ({ kind: 'reset', when: 'mid-body' })),
  fault('body-shorter-than-announced', ['NETWORK', null, ALL], () => ({
    kind: 'short',
    part: 0.5,
  })),
  bad('early-close', () => ({ kind: 'early-close' })),
  bad('truncated-gzip', () => ({ kind: 'truncated-gzip' })),
  bad('truncated-json', reply(200, '{"id": "x", "choi')),
  bad('a-page-that-says-it-is-json', reply(200, '<html><title>Oops</title></html>')),
  bad('empty-body', reply(200)),
  bad('no-content', () => ({ kind: 'reply', status: 204 }), { status: 204 }),
  bad('empty-object', reply(200, '{}')),
  bad('null', reply(200, 'null')),
  bad('a-list', reply(200, '[]')),
  bad('no-choices', reply(200, '{"choices":[]}')),
  bad('login-page', reply(200, '<html><title>Sign in</title></html>', HTML), { retries: 0 }),
  bad(
    'events-without-an-answer',
    reply(200, 'data: {"x":1}\n\ndata: [DONE]\n\n', { 'content-type': 'text/event-stream' }),
    { retries: 2 },
  ),
  bad('header-of-100-kb', () => ({ kind: 'big-header', bytes: 100 * 1024 }), {
    status: null,
    retries: 0,
  }),
];

/** Errors with status 200. */
const disguised: readonly Fault[] = [
  fault(
    '502-under-200',
    ['SERVER_ERROR', 200, ALL],
    reply(200, '{"error":{"code":502,"message":"upstream"}}'),
  ),
  fault(
    'overload-under-200',
    ['OVERLOADED', 200, ALL],
    reply(200, '{"type":"error","error":{"type":"overloaded_error","message":"x"}}', {
      ...JSON_TYPE,
      ...SOON,
    }),
  ),
  fault(
    'bare-error-under-200',
    ['SERVER_ERROR', 200, ALL],
    reply(200, '{"error":"something broke"}'),
  ),
  fault(
    'failed-response',
    ['SERVER_ERROR', 200, ALL],
    () => ({
      kind: 'answer',
      override: { status: 'failed', error: { code: 'server_error', message: 'x' } },
    }),
    { wires: ['responses'] },
  ),
];

/** Whole answers that are not results. */
const endings: readonly Fault[] = [
  fault(
    'cut-at-max-tokens',
    ['TRUNCATED', 200, 0],
    (wire) => endingOf(wire, { anthropic: 'max_tokens', chat: 'length' }, 'max_output_tokens'),
    { partial: 'half an ans' },
  ),
  fault(
    'refusal',
    ['REFUSED', 200, 0],
    () => ({ kind: 'answer', text: 'half an ans', stopReason: 'refusal' }),
    { wires: ['anthropic'], partial: 'half an ans' },
  ),
  fault(
    'refusal-part',
    ['REFUSED', 200, 0],
    () => ({
      kind: 'answer',
      override: {
        output: [{ type: 'message', content: [{ type: 'refusal', refusal: 'I will not.' }] }],
      },
    }),
    { wires: ['responses'] },
  ),
  fault(
    'content-filter',
    ['CONTENT_FILTERED', 200, 0],
    (wire) => endingOf(wire, { chat: 'content_filter' }, 'content_filter'),
    { wires: ['responses', 'chat'], partial: 'half an ans' },
  ),
  fault('blank-answer', ['EMPTY_OUTPUT', 200, 1], () => ({ kind: 'answer', text: ' \n' })),
];

export const faults: readonly Fault[] = [...statuses, ...breaks, ...disguised, ...endings];

/** Each lasts until the attempt times out. */
export const silences: readonly Fault[] = [
  silence('no-headers', { kind: 'hang' }),
  silence('headers-then-silence', { kind: 'silence' }),
  silence('half-a-body-then-silence', { kind: 'silence', part: '{"id":' }),
  silence('a-byte-at-a-time', { kind: 'drip', everyMs: 50 }),
];

/** Answers above the size limit. */
export const floods: readonly Fault[] = [
  bad('40-mib', () => ({ kind: 'huge', bytes: 40 * 1024 * 1024 }), { retries: 0 }),
  bad('gzip-bomb', () => ({ kind: 'gzip-bomb', bytes: 40 * 1024 * 1024 }), { retries: 0 }),
];

/** Redirects to another path on the same server. */
export const redirects: readonly Fault[] = [301, 302, 303, 307, 308].map((status) =>
  bad(`redirect-${status}`, () => ({ kind: 'redirect', status, location: '/evil' }), {
    status,
    retries: 0,
  }),
);

function fault(
  name: string,
  [code, status, retries]: readonly [FailureCode, number | null, number],
  on: Fault['on'],
  more: Pick<Fault, 'wires' | 'partial'> = {},
): Fault {
  return { name, on, code, status, retries, ...more };
}

function bad(
  name: string,
  on: Fault['on'],
  { status = 200, retries = 2 }: { status?: number | null; retries?: number } = {},
): Fault {
  return { name, on, code: 'BAD_RESPONSE', status, retries };
}

function silence(name: string, behaviour: Behaviour): Fault {
  return { name, on: () => behaviour, code: 'TIMEOUT', status: null, retries: 1 };
}

function endingOf(
  wire: Wire,
  stopReason: Partial<Record<Wire, string>>,
  incomplete: string,
): Behaviour {
  const text = 'half an ans';
  if (wire !== 'responses') {
    return { kind: 'answer', text, stopReason: stopReason[wire] ?? 'end_turn' };
  }
  return {
    kind: 'answer',
    text,
    override: { status: 'incomplete', incomplete_details: { reason: incomplete } },
  };
}
