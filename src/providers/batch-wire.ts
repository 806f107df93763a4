import type { PromptRequest } from '../plan/task.ts';
import { wellFormed } from '../ports/well-formed.ts';
import type {
  BatchApi,
  BatchIntent,
  BatchState,
  ChunkToSend,
  CollectedRow,
  EndedBatch,
  Reply,
} from './batch-api.ts';
import type { BodyForms } from './refused-fields.ts';
import { failed, type CallRequest, type Calls } from './other-endpoints.ts';
import type { Dialect } from './dialect.ts';
import { RETRY } from './should-retry.ts';
import { isObject, listAt, textAt, type JsonObject } from '../ports/json-shape.ts';
import type { AttemptFailure, AttemptOutcome } from './provider.ts';
import { outcomeOf, parsed, redacted } from './read-reply.ts';

/** The parts of a batch interface that differ between vendors. */
export interface BatchWire extends Pick<BatchApi, 'upload' | 'deleteFiles'> {
  readonly path: string;
  /** The query parameter that requests the list's entries after an id. */
  readonly cursor: string;
  /** How far the provider's clock may be behind this machine's. */
  readonly clockSkewMs: number;
  readonly cancelBody?: JsonObject;
  rowOf(customId: string, body: JsonObject): JsonObject;
  creation(
    chunk: ChunkToSend & { readonly inputFile: string | undefined },
  ): Pick<CallRequest, 'body' | 'contentType'>;
  stateOf(batch: JsonObject): BatchState | undefined;
  /** Milliseconds since 1970; 0 if unknown. */
  createdMs(batch: JsonObject): number;
  /** Whether a listed batch may be the one that an earlier call created. */
  mayBe(batch: JsonObject, intent: BatchIntent): boolean;
  /** The paths that a batch's result rows are downloaded from. */
  resultPaths(batch: EndedBatch): readonly string[];
  judged(line: JsonObject, judge: (row: BatchAnswer) => AttemptOutcome): AttemptOutcome;
}

/** The answer to a row, as if it had been sent alone. */
export interface BatchAnswer {
  readonly status: number;
  readonly body: JsonObject;
  readonly requestId: string | undefined;
}

export interface BatchParts {
  readonly calls: Calls;
  readonly dialect: Dialect;
  readonly forms: BodyForms;
}

/** Smaller than any API allows: progress is visible sooner, and less is lost if a batch expires. */
export const MOST_IN_BATCH = { rows: 10_000, bytes: 48 * 1024 * 1024 };

/** A vendor's batch interface. */
export function createBatchApi(parts: BatchParts, wire: BatchWire): BatchApi {
  const { calls, dialect, forms } = parts;
  const { path, cursor, upload, deleteFiles } = wire;
  const pathOf = (id: string): string => `${path}/${encodeURIComponent(id)}`;
  const stateFrom = (reply: Reply<JsonObject>): Reply<BatchState> =>
    replyWith(reply, (batch) => wire.stateOf(batch), { calls, what: 'batch' });

  return {
    most: MOST_IN_BATCH,
    upload,
    deleteFiles,
    rowOf(customId, request, marks) {
      const form = { ...forms.formFor(request), streams: false };
      const encoded = dialect.encode(request, { continuation: undefined, form, marks });
      if (!encoded.ok) return encoded;
      return { ok: true, text: JSON.stringify(wire.rowOf(customId, wellFormed(encoded.body))) };
    },
    async create(chunk, signal) {
      return stateFrom(await calls.json({ method: 'post', path, ...wire.creation(chunk) }, signal));
    },
    /** Pages through the list, from the newest batch back to the time of the intent. */
    async find(intent, signal) {
      const notBeforeMs = intent.sinceEpochMs - wire.clockSkewMs;
      const found: BatchState[] = [];
      let after: string | undefined;
      for (;;) {
        const query = { limit: '100', ...(after !== undefined && { [cursor]: after }) };
        const page = await calls.json({ method: 'get', path, query }, signal);
        if (!page.ok) return page;
        const batches = listAt(page.value, 'data').filter(isObject);
        const likely = batches.filter((batch) => wire.mayBe(batch, intent));
        found.push(...likely.flatMap((batch) => wire.stateOf(batch) ?? []));
        const last = batches.at(-1);
        const lastId = last && textAt(last, 'id');
        const isOld = last !== undefined && wire.createdMs(last) < notBeforeMs;
        if (page.value['has_more'] !== true || lastId === undefined || isOld || lastId === after) {
          return { ok: true, value: found };
        }
        after = lastId;
      }
    },
    async inspect(id, signal) {
      return stateFrom(await calls.json({ method: 'get', path: pathOf(id) }, signal));
    },
    async cancel(id, signal) {
      const { cancelBody: body } = wire;
      const request = {
        method: 'post',
        path: `${pathOf(id)}/cancel`,
        ...(body && { body }),
      } as const;
      return stateFrom(await calls.json(request, signal));
    },
    async collect(batch, requestOf, signal) {
      const rows: CollectedRow[] = [];
      for (const resultPath of wire.resultPaths(batch)) {
        const text = await calls.text({ method: 'get', path: resultPath }, signal);
        if (!text.ok) return text;
        const lines = text.value.trimEnd().split('\n');
        const last = lines.at(-1) ?? '';
        if (last !== '' && parsed(last) === undefined) return failed(cutResults(calls));
        for (const line of lines) {
          const row = parsed(line);
          const customId = textAt(row, 'custom_id');
          if (!isObject(row) || customId === undefined) continue;
          const judge = (answer: BatchAnswer): AttemptOutcome =>
            judgedAnswer(answer, parts, requestOf(customId));
          rows.push({ customId, outcome: wire.judged(row, judge) });
        }
      }
      return { ok: true, value: rows };
    },
  };
}

/**
 * The failure of a download that was cut off, which nothing else reveals. The missing rows were
 * paid for.
 */
function cutResults(calls: Calls): AttemptFailure {
  const { host, clean } = calls.context();
  return {
    code: 'BAD_RESPONSE',
    message: `${clean(host)} sent results that end in the middle of a row`,
    ...RETRY,
  };
}

/** The id or state in a reply. If there is none, the effect of the call is unknown. */
export function replyWith<Value>(
  reply: Reply<JsonObject>,
  read: (body: JsonObject) => Value | undefined,
  { calls, what }: { readonly calls: Calls; readonly what: 'batch' | 'file' },
): Reply<Value> {
  if (!reply.ok) return reply;
  const value = read(reply.value);
  if (value !== undefined) return { ok: true, value };
  const { host, clean } = calls.context();
  return failed({
    code: 'BAD_RESPONSE',
    message: `${clean(host)} answered without a ${what} id`,
    ...RETRY,
  });
}

/** The outcome of a row, as if its body had answered a single request. Errors are not charged. */
function judgedAnswer(
  { status, body, requestId }: BatchAnswer,
  { dialect, calls }: BatchParts,
  /** Undefined if it is no longer known. */
  request: PromptRequest = NO_REQUEST,
): AttemptOutcome {
  const context = calls.context(request.model.model);
  const headers = requestId === undefined ? {} : { [dialect.requestIdHeader]: requestId };
  const exchange = { ok: true, status, headers, text: JSON.stringify(body) } as const;
  const outcome = redacted(
    outcomeOf(exchange, dialect, { context, request, continuation: undefined }),
    context.redact,
  );
  const isUnpaid =
    outcome.kind === 'failed' && (status >= 400 || outcome.failure.usage === undefined);
  return isUnpaid ? { ...outcome, failure: { ...outcome.failure, possiblyPaid: false } } : outcome;
}

const NO_REQUEST: PromptRequest = {
  model: { provider: '', model: '' },
  context: undefined,
  system: undefined,
  prompt: '',
  parameters: {},
};
