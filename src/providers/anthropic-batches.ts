import type { PromptRequest } from '../plan/task.ts';
import { unprocessed, type BatchApi, type BatchState, type Reply } from './batch-api.ts';
import type { BatchCalls } from './batch-call.ts';
import { judgedRow } from './batch-rows.ts';
import { listedBatches, MOST_IN_BATCH, replyWith, rowsIn, rowText } from './batch-wire.ts';
import type { BodyForms } from './body-forms.ts';
import type { Dialect } from './dialect.ts';
import { isObject, objectAt, textAt, type JsonObject } from './json-shape.ts';
import type { AttemptOutcome } from './provider.ts';

const PATH = '/v1/messages/batches';

/** Anthropic's Message Batches. They cannot be named, so a lost create is found by time and size. */
export function createAnthropicBatches(parts: {
  readonly calls: BatchCalls;
  readonly dialect: Dialect;
  readonly forms: BodyForms;
}): BatchApi {
  const { calls, dialect } = parts;

  function judged(line: JsonObject, request: PromptRequest | undefined): AttemptOutcome {
    const result = objectAt(line, 'result');
    const options = { dialect, calls, request };
    switch (textAt(result, 'type') ?? '') {
      case 'succeeded': {
        const body = objectAt(result, 'message');
        return judgedRow({ status: 200, body, requestId: undefined }, options);
      }
      case 'errored': {
        const whole = objectAt(result, 'error');
        // The result contains a whole error response; the vendor's own sample misses one level.
        const body = isObject(whole['error']) ? whole : { type: 'error', error: whole };
        const requestId = textAt(whole, 'request_id');
        const status = STATUS_OF[textAt(objectAt(body, 'error'), 'type') ?? ''] ?? 500;
        return judgedRow({ status, body, requestId }, options);
      }
      case 'canceled':
        return unprocessed('was canceled');
      case 'expired':
        return unprocessed('expired');
      default:
        return unprocessed('ended');
    }
  }

  const stateFrom = (reply: Reply<JsonObject>): Reply<BatchState> =>
    replyWith(reply, stateOf, { calls, what: 'batch' });

  return {
    most: MOST_IN_BATCH,
    rowOf: (customId, request, marks) =>
      rowText(request, { ...parts, marks }, (params) => ({ custom_id: customId, params })),
    upload: () => Promise.resolve({ ok: true, value: undefined }),
    async create({ rows }, signal) {
      const body = `{"requests":[${rows.join(',')}]}`;
      const contentType = 'application/json';
      const request = { method: 'post', path: PATH, body, contentType } as const;
      return stateFrom(await calls.json(request, signal));
    },
    find({ sinceEpochMs, rows }, signal) {
      const notBeforeMs = sinceEpochMs - CLOCK_SKEW_MS;
      const isLikely = (batch: JsonObject): boolean =>
        createdMs(batch) >= notBeforeMs && sizeOf(batch) === rows;
      const list = { calls, path: PATH, cursor: 'after_id', createdMs, notBeforeMs };
      return listedBatches(
        { ...list, stateOf: (batch) => (isLikely(batch) ? stateOf(batch) : undefined) },
        signal,
      );
    },
    inspect: async (id, signal) =>
      stateFrom(await calls.json({ method: 'get', path: pathOf(id) }, signal)),
    cancel: async (id, signal) =>
      stateFrom(await calls.json({ method: 'post', path: `${pathOf(id)}/cancel` }, signal)),
    async collect({ id }, requestOf, signal) {
      // Not from the URL in the batch: the key is only sent to the provider's own host.
      const text = await calls.text({ method: 'get', path: `${pathOf(id)}/results` }, signal);
      if (!text.ok) return text;
      const outcomeOf = (line: JsonObject, customId: string): AttemptOutcome =>
        judged(line, requestOf(customId));
      return { ok: true, value: rowsIn(text.value, outcomeOf) };
    },
    deleteFiles: () => Promise.resolve(),
  };
}

/** How far the provider's clock may be behind this machine's. */
const CLOCK_SKEW_MS = 2_000;

const STATUS_OF: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  api_error: 500,
  timeout_error: 504,
  overloaded_error: 529,
};

function pathOf(id: string): string {
  return `${PATH}/${encodeURIComponent(id)}`;
}

function stateOf(batch: JsonObject): BatchState | undefined {
  const id = textAt(batch, 'id');
  const word = textAt(batch, 'processing_status');
  if (id === undefined || word === undefined) return undefined;
  // Until the whole batch has ended, all counts but `processing` are 0.
  return { id, word, phase: word === 'ended' ? 'ended' : 'running', done: undefined, files: [] };
}

function sizeOf(batch: JsonObject): number {
  const counts = Object.values(objectAt(batch, 'request_counts'));
  return counts.reduce<number>((sum, count) => sum + (typeof count === 'number' ? count : 0), 0);
}

function createdMs(batch: JsonObject): number {
  const ms = Date.parse(textAt(batch, 'created_at') ?? '');
  return Number.isNaN(ms) ? 0 : ms;
}
