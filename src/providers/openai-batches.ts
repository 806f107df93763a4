import { unprocessed, type BatchApi, type BatchState } from './batch-api.ts';
import { createBatchApi, replyWith, type BatchParts } from './batch-wire.ts';
import { isObject, listAt, objectAt, textAt, type JsonObject } from '../ports/json-shape.ts';

/** The metadata key for the name of a chunk, to find its batch after a lost create call. */
const CHUNK_KEY = 'volley_chunk';

/** OpenAI's Batch API and its imitators: an input file, a batch, and up to two files of rows. */
export function createOpenaiBatches(
  parts: BatchParts & { readonly api: 'responses' | 'chat' },
): BatchApi {
  const { calls, api } = parts;
  const url = api === 'responses' ? '/v1/responses' : '/v1/chat/completions';
  return createBatchApi(parts, {
    path: '/batches',
    cursor: 'after',
    clockSkewMs: 600_000,
    cancelBody: {},
    stateOf,
    createdMs,
    rowOf: (customId, body) => ({ custom_id: customId, method: 'POST', url, body }),
    async upload({ id, rows }, signal) {
      const boundary = `volley-${id}`;
      const part = (head: string, body: string): string =>
        `--${boundary}\r\ncontent-disposition: form-data; ${head}\r\n\r\n${body}\r\n`;
      const body = [
        part('name="purpose"', 'batch'),
        part(
          `name="file"; filename="volley-${id}.jsonl"\r\ncontent-type: application/jsonl`,
          rows.map((row) => `${row}\n`).join(''),
        ),
        `--${boundary}--\r\n`,
      ].join('');
      const contentType = `multipart/form-data; boundary=${boundary}`;
      const reply = await calls.json({ method: 'post', path: '/files', body, contentType }, signal);
      return replyWith(reply, (file) => textAt(file, 'id'), { calls, what: 'file' });
    },
    async deleteFiles(files, signal) {
      for (const file of files) {
        const path = `/files/${encodeURIComponent(file)}`;
        await calls.text({ method: 'delete', path }, signal);
      }
    },
    creation: ({ id, inputFile }) => ({
      body: {
        input_file_id: inputFile,
        endpoint: url,
        completion_window: '24h',
        metadata: { [CHUNK_KEY]: id },
      },
    }),
    mayBe: (batch, { id, inputFile }) =>
      textAt(objectAt(batch, 'metadata'), CHUNK_KEY) === id ||
      (inputFile !== undefined && textAt(batch, 'input_file_id') === inputFile),
    resultPaths: ({ outputs = [] }) =>
      outputs.map((file) => `/files/${encodeURIComponent(file)}/content`),
    judged(line, judge) {
      const response = objectAt(line, 'response');
      const error = objectAt(line, 'error');
      const { body, status_code: status } = response;
      const requestId = textAt(response, 'request_id');
      // Some servers leave the status out, or write it as a string.
      const known = Number(status ?? 200);
      if (known >= 200 && isObject(body)) return judge({ status: known, body, requestId });
      const code = textAt(error, 'code') ?? '';
      if (code === 'batch_expired') return unprocessed('expired');
      if (/^batch_cancell?ed$/.test(code)) return unprocessed('was canceled');
      if (Object.keys(error).length === 0) return unprocessed('ended');
      return judge({ status: 500, body: { error }, requestId });
    },
  });
}

/** Together wraps a new batch in `job`, and writes the status in capitals. */
function stateOf(given: JsonObject): BatchState | undefined {
  const batch = isObject(given['job']) ? given['job'] : given;
  const id = textAt(batch, 'id');
  const word = textAt(batch, 'status')?.toLowerCase();
  if (id === undefined || word === undefined) return undefined;
  const file = (key: string): readonly string[] => [textAt(batch, key) ?? []].flat();
  const counts = objectAt(batch, 'request_counts');
  const [done, bad] = [counts['completed'], counts['failed']];
  const outputs = [...file('output_file_id'), ...file('error_file_id')];
  const isRefused = word === 'failed' && outputs.length === 0;
  return {
    id,
    word,
    phase: isRefused ? 'refused' : ENDED.has(word) ? 'ended' : 'running',
    done: typeof done === 'number' ? done + (typeof bad === 'number' ? bad : 0) : undefined,
    files: [...file('input_file_id'), ...outputs],
    outputs,
    ...(isRefused && { refusal: refusalOf(batch) }),
  };
}

const ENDED: ReadonlySet<string> = new Set([
  'completed',
  'failed',
  'expired',
  'cancelled',
  'canceled',
]);

/** Validation failed or the queue was full; OpenAI reports the latter only here. */
function refusalOf(batch: JsonObject): NonNullable<BatchState['refusal']> {
  const errors = listAt(batch['errors'], 'data').filter(isObject);
  const [first] = errors;
  const isQueueFull = errors.some((error) =>
    /token_limit_exceeded|enqueued|queue|too_many_(?:batches|tasks)/i.test(
      `${textAt(error, 'code') ?? ''} ${textAt(error, 'message') ?? ''}`,
    ),
  );
  const line = first?.['line'];
  const where = typeof line === 'number' ? ` (row ${line})` : '';
  const message = textAt(first, 'message') ?? textAt(first, 'code') ?? 'no reason was given';
  return { message: `${message}${where}`, isQueueFull };
}

/** Milliseconds since 1970; 0 if unknown. */
function createdMs(batch: JsonObject): number {
  const { created_at: at } = batch;
  return typeof at === 'number' ? at * 1000 : Date.parse(String(at)) || 0;
}
