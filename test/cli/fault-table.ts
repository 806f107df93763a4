import type { FailureCode } from '../../src/errors/failure.ts';
import type { Behaviour } from '../support/server.ts';
import type { Wire } from '../support/wires.ts';

/** One way in which a server can misbehave, and what is seen of Volley's reaction from outside. */
export interface Fault {
  readonly name: string;
  readonly on: (wire: Wire) => Behaviour;
  readonly code: FailureCode;
  /** `http_status` of the record. */
  readonly status: number | null;
  /** Further requests when it stays like that and three are allowed. */
  readonly retries: number;
  /** `error.retryable`; by default whether it was retried. */
  readonly retryable?: boolean;
  readonly wires?: readonly Wire[];
  /** Text that came before it went wrong. */
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
/** Waits are Volley's own business unless the server says so: this keeps the runs short. */
const SOON = { 'retry-after-ms': '20' };

/** Errors by status: the words of the body decide before the number. */
const statuses: readonly Fault[] = [
  {
    name: '400',
    on: error(400, { type: 'invalid_request_error' }),
    code: 'BAD_REQUEST',
    status: 400,
    retries: 0,
  },
  {
    name: '400-context-too-long',
    on: error(400, { code: 'context_length_exceeded', message: 'prompt is too long: 9 > 8' }),
    code: 'CONTEXT_TOO_LONG',
    status: 400,
    retries: 0,
  },
  {
    name: '403-flagged',
    on: error(403, { message: 'Your input was flagged by moderation' }),
    code: 'CONTENT_FILTERED',
    status: 403,
    retries: 0,
  },
  { name: '404', on: error(404), code: 'NOT_FOUND', status: 404, retries: 0 },
  { name: '408', on: reply(408, '{}'), code: 'TIMEOUT', status: 408, retries: ALL },
  { name: '409', on: reply(409, '{}'), code: 'BAD_REQUEST', status: 409, retries: 0 },
  {
    name: '409-should-retry',
    on: reply(409, '{}', { ...JSON_TYPE, 'x-should-retry': 'true' }),
    code: 'SERVER_ERROR',
    status: 409,
    retries: ALL,
  },
  {
    name: '413-as-a-page',
    on: reply(413, '<html><title>413</title></html>', HTML),
    code: 'TOO_LARGE',
    status: 413,
    retries: 0,
  },
  {
    name: '422',
    on: reply(422, '{"detail":[{"msg":"field required"}]}'),
    code: 'BAD_REQUEST',
    status: 422,
    retries: 0,
  },
  { name: '425', on: reply(425), code: 'SERVER_ERROR', status: 425, retries: ALL },
  {
    name: '429-should-not-retry',
    on: error(429, { headers: { 'x-should-retry': 'false' } }),
    code: 'RATE_LIMITED',
    status: 429,
    retries: 0,
  },
  { name: '500', on: error(500), code: 'SERVER_ERROR', status: 500, retries: ALL },
  {
    name: '500-should-not-retry',
    on: error(500, { headers: { 'x-should-retry': 'false' } }),
    code: 'SERVER_ERROR',
    status: 500,
    retries: 0,
  },
  { name: '501', on: reply(501), code: 'SERVER_ERROR', status: 501, retries: 0 },
  {
    name: '502-as-a-page',
    on: reply(502, '<html><head><title>502 Bad Gateway</title></head></html>', HTML),
    code: 'SERVER_ERROR',
    status: 502,
    retries: ALL,
  },
  { name: '503', on: error(503, { headers: SOON }), code: 'OVERLOADED', status: 503, retries: ALL },
  { name: '504', on: reply(504), code: 'SERVER_ERROR', status: 504, retries: ALL },
  {
    name: '529',
    on: error(529, { type: 'overloaded_error', headers: SOON }),
    code: 'OVERLOADED',
    status: 529,
    retries: ALL,
  },
];

/** Connections and bodies that break. */
const breaks: readonly Fault[] = [
  {
    name: 'reset-before-the-answer',
    on: () => ({ kind: 'reset', when: 'before' }),
    code: 'NETWORK',
    status: null,
    retries: ALL,
  },
  {
    name: 'reset-in-the-body',
    on: () => ({ kind: 'reset', when: 'mid-body' }),
    code: 'NETWORK',
    status: null,
    retries: ALL,
  },
  {
    name: 'body-shorter-than-announced',
    on: () => ({ kind: 'short', part: 0.5 }),
    code: 'NETWORK',
    status: null,
    retries: ALL,
  },
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

/** Errors under a 200. */
const disguised: readonly Fault[] = [
  {
    name: '502-under-200',
    on: reply(200, '{"error":{"code":502,"message":"upstream"}}'),
    code: 'SERVER_ERROR',
    status: 200,
    retries: ALL,
  },
  {
    name: 'overload-under-200',
    on: reply(200, '{"type":"error","error":{"type":"overloaded_error","message":"x"}}', {
      ...JSON_TYPE,
      ...SOON,
    }),
    code: 'OVERLOADED',
    status: 200,
    retries: ALL,
  },
  {
    name: 'bare-error-under-200',
    on: reply(200, '{"error":"something broke"}'),
    code: 'SERVER_ERROR',
    status: 200,
    retries: ALL,
  },
  {
    name: 'failed-response',
    on: () => ({
      kind: 'answer',
      override: { status: 'failed', error: { code: 'server_error', message: 'x' } },
    }),
    wires: ['responses'],
    code: 'SERVER_ERROR',
    status: 200,
    retries: ALL,
  },
];

/** Whole answers that are not results. */
const endings: readonly Fault[] = [
  {
    name: 'cut-at-max-tokens',
    on: (wire) => endingOf(wire, { anthropic: 'max_tokens', chat: 'length' }, 'max_output_tokens'),
    code: 'TRUNCATED',
    status: 200,
    retries: 0,
    partial: 'half an ans',
  },
  {
    name: 'refusal',
    on: () => ({ kind: 'answer', text: 'half an ans', stopReason: 'refusal' }),
    wires: ['anthropic'],
    code: 'REFUSED',
    status: 200,
    retries: 0,
    partial: 'half an ans',
  },
  {
    name: 'refusal-part',
    on: () => ({
      kind: 'answer',
      override: {
        output: [{ type: 'message', content: [{ type: 'refusal', refusal: 'I will not.' }] }],
      },
    }),
    wires: ['responses'],
    code: 'REFUSED',
    status: 200,
    retries: 0,
  },
  {
    name: 'content-filter',
    on: (wire) => endingOf(wire, { chat: 'content_filter' }, 'content_filter'),
    wires: ['responses', 'chat'],
    code: 'CONTENT_FILTERED',
    status: 200,
    retries: 0,
    partial: 'half an ans',
  },
  {
    name: 'blank-answer',
    on: () => ({ kind: 'answer', text: ' \n' }),
    code: 'EMPTY_OUTPUT',
    status: 200,
    retries: 1,
  },
];

export const faults: readonly Fault[] = [...statuses, ...breaks, ...disguised, ...endings];

/** They take as long as the attempt's own timeout. */
export const silences: readonly Fault[] = [
  silence('no-headers', { kind: 'hang' }),
  silence('headers-then-silence', { kind: 'silence' }),
  silence('half-a-body-then-silence', { kind: 'silence', part: '{"id":' }),
  silence('a-byte-at-a-time', { kind: 'drip', everyMs: 50 }),
];

/** More than anybody wants to read. */
export const floods: readonly Fault[] = [
  bad('40-mib', () => ({ kind: 'huge', bytes: 40 * 1024 * 1024 }), { retries: 0 }),
  bad('gzip-bomb', () => ({ kind: 'gzip-bomb', bytes: 40 * 1024 * 1024 }), { retries: 0 }),
];

/** Redirects to another place of the same server. */
export const redirects: readonly Fault[] = [301, 302, 303, 307, 308].map((status) =>
  bad(`redirect-${status}`, () => ({ kind: 'redirect', status, location: '/evil' }), {
    status,
    retries: 0,
  }),
);

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
