import { unprocessed, type BatchApi, type BatchState } from './batch-api.ts';
import { createBatchApi, type BatchParts } from './batch-wire.ts';
import { isObject, objectAt, textAt, type JsonObject } from '../ports/json-shape.ts';

const PATH = '/v1/messages/batches';

/**
 * Anthropic's Message Batches. They cannot be named, so a batch whose creation response was lost is
 * found by its time and size.
 */
export function createAnthropicBatches(parts: BatchParts): BatchApi {
  const clockSkewMs = 2_000;
  return createBatchApi(parts, {
    path: PATH,
    cursor: 'after_id',
    clockSkewMs,
    stateOf,
    createdMs,
    upload: () => Promise.resolve({ ok: true, value: undefined }),
    deleteFiles: () => Promise.resolve(),
    rowOf: (customId, params) => ({ custom_id: customId, params }),
    creation: ({ rows }) => ({
      body: `{"requests":[${rows.join(',')}]}`,
      contentType: 'application/json',
    }),
    mayBe: (batch, { sinceEpochMs, rows }) =>
      createdMs(batch) >= sinceEpochMs - clockSkewMs && sizeOf(batch) === rows,
    // Not the URL in the batch: the key is only sent to the provider's own host.
    resultPaths: ({ id }) => [`${PATH}/${encodeURIComponent(id)}/results`],
    judged(line, judge) {
      const result = objectAt(line, 'result');
      switch (textAt(result, 'type') ?? '') {
        case 'succeeded':
          return judge({ status: 200, body: objectAt(result, 'message'), requestId: undefined });
        case 'errored': {
          const whole = objectAt(result, 'error');
          // The result contains a complete error response; the vendor's own sample is missing one
          // level of nesting.
          const body = isObject(whole['error']) ? whole : { type: 'error', error: whole };
          const status = STATUS_OF[textAt(objectAt(body, 'error'), 'type') ?? ''] ?? 500;
          return judge({ status, body, requestId: textAt(whole, 'request_id') });
        }
        case 'canceled':
          return unprocessed('was canceled');
        case 'expired':
          return unprocessed('expired');
        default:
          return unprocessed('ended');
      }
    },
  });
}

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
