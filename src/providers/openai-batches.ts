import type { PromptRequest } from '../plan/task.ts';
import {
  unprocessed,
  type BatchApi,
  type BatchState,
  type CollectedRow,
  type Reply,
} from './batch-api.ts';
import type { BatchCalls } from './batch-call.ts';
import { judgedRow } from './batch-rows.ts';
import { listedBatches, MOST_IN_BATCH, replyWith, rowsIn, rowText } from './batch-wire.ts';
import type { BodyForms } from './body-forms.ts';
import type { Dialect } from './dialect.ts';
import { isObject, listAt, objectAt, textAt, type JsonObject } from './json-shape.ts';
import type { AttemptOutcome } from './provider.ts';

/** The metadata key with the name of Volley's chunk, for finding a batch after a lost create call. */
const CHUNK_KEY = 'volley_chunk';

/** OpenAI's Batch API and its imitators: an input file, a batch, and up to two files of rows. */
export function createOpenaiBatches(parts: {
  readonly calls: BatchCalls;
  readonly dialect: Dialect;
  readonly forms: BodyForms;
  readonly api: 'responses' | 'chat';
}): BatchApi {
  const { calls, dialect, api } = parts;
  const url = api === 'responses' ? '/v1/responses' : '/v1/chat/completions';

  async function fileRows(
    file: string,
    requestOf: (customId: string) => PromptRequest | undefined,
    signal: AbortSignal,
  ): Promise<Reply<readonly CollectedRow[]>> {
    const path = `/files/${encodeURIComponent(file)}/content`;
    const text = await calls.text({ method: 'get', path }, signal);
    if (!text.ok) return text;
    const outcomeOf = (line: JsonObject, customId: string): AttemptOutcome =>
      judged(line, requestOf(customId));
    return { ok: true, value: rowsIn(text.value, outcomeOf) };
  }

  function judged(line: JsonObject, request: PromptRequest | undefined): AttemptOutcome {
    const response = objectAt(line, 'response');
    const error = objectAt(line, 'error');
    const status = response['status_code'];
    const { body } = response;
    const requestId = textAt(response, 'request_id');
    if (typeof status === 'number' && status >= 200 && isObject(body)) {
      return judgedRow({ status, body, requestId }, { dialect, calls, request });
    }
    const code = textAt(error, 'code') ?? '';
    if (code === 'batch_expired') return unprocessed('expired');
    if (/^batch_cancell?ed$/.test(code)) return unprocessed('was canceled');
    if (Object.keys(error).length === 0) return unprocessed('ended');
    return judgedRow({ status: 500, body: { error }, requestId }, { dialect, calls, request });
  }

  const stateFrom = (reply: Reply<JsonObject>): Reply<BatchState> =>
    replyWith(reply, stateOf, { calls, what: 'batch' });

  return {
    most: MOST_IN_BATCH,
    rowOf: (customId, request) =>
      rowText(request, parts, (body) => ({ custom_id: customId, method: 'POST', url, body })),
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
    async create({ id, inputFile }, signal) {
      const body = {
        input_file_id: inputFile,
        endpoint: url,
        completion_window: '24h',
        metadata: { [CHUNK_KEY]: id },
      };
      return stateFrom(await calls.json({ method: 'post', path: '/batches', body }, signal));
    },
    find({ id, inputFile, sinceEpochMs }, signal) {
      const isOurs = (batch: JsonObject): boolean =>
        textAt(objectAt(batch, 'metadata'), CHUNK_KEY) === id ||
        (inputFile !== undefined && textAt(batch, 'input_file_id') === inputFile);
      const notBeforeMs = sinceEpochMs - CLOCK_SKEW_MS;
      const list = { calls, path: '/batches', cursor: 'after', createdMs, notBeforeMs };
      return listedBatches(
        { ...list, stateOf: (batch) => (isOurs(batch) ? stateOf(batch) : undefined) },
        signal,
      );
    },
    inspect: async (id, signal) =>
      stateFrom(
        await calls.json({ method: 'get', path: `/batches/${encodeURIComponent(id)}` }, signal),
      ),
    cancel: async (id, signal) => {
      const path = `/batches/${encodeURIComponent(id)}/cancel`;
      return stateFrom(await calls.json({ method: 'post', path, body: {} }, signal));
    },
    async collect({ outputs = [] }, requestOf, signal) {
      const rows: CollectedRow[] = [];
      for (const file of outputs) {
        const read = await fileRows(file, requestOf, signal);
        if (!read.ok) return read;
        rows.push(...read.value);
      }
      return { ok: true, value: rows };
    },
    async deleteFiles(files, signal) {
      for (const file of files) {
        const path = `/files/${encodeURIComponent(file)}`;
        await calls.text({ method: 'delete', path }, signal);
      }
    },
  };
}

const CLOCK_SKEW_MS = 600_000;

function stateOf(batch: JsonObject): BatchState | undefined {
  const id = textAt(batch, 'id');
  const word = textAt(batch, 'status');
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
  const seconds = batch['created_at'];
  return typeof seconds === 'number' ? seconds * 1000 : 0;
}
