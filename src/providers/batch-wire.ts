import { RETRY } from './failures.ts';
import type { PromptRequest } from '../plan/task.ts';
import type { CacheMarks } from '../prefix/marks.ts';
import { wellFormed } from '../ports/well-formed.ts';
import type { BatchState, CollectedRow, Reply, RowText } from './batch-api.ts';
import { failed, jsonLines, type BatchCalls } from './batch-call.ts';
import type { BodyForms } from './body-forms.ts';
import type { Dialect } from './dialect.ts';
import { isObject, listAt, textAt, type JsonObject } from './json-shape.ts';
import type { AttemptOutcome } from './provider.ts';

/** Smaller than any API allows: progress is visible sooner, and less is lost if a batch expires. */
export const MOST_IN_BATCH = { rows: 10_000, bytes: 48 * 1024 * 1024 };

/** Writes a request as a row; `wrap` builds the row around its body. */
export function rowText(
  request: PromptRequest,
  {
    dialect,
    forms,
    marks,
  }: {
    readonly dialect: Dialect;
    readonly forms: BodyForms;
    readonly marks?: CacheMarks | undefined;
  },
  wrap: (body: JsonObject) => JsonObject,
): RowText {
  const form = { ...forms.formFor(request), streams: false };
  const encoded = dialect.encode(request, { continuation: undefined, form, marks });
  if (!encoded.ok) return encoded;
  return { ok: true, text: JSON.stringify(wrap(wellFormed(encoded.body))) };
}

/** The id or state in a reply. Without one, it is unknown what the call did. */
export function replyWith<Value>(
  reply: Reply<JsonObject>,
  read: (body: JsonObject) => Value | undefined,
  { calls, what }: { readonly calls: BatchCalls; readonly what: 'batch' | 'file' },
): Reply<Value> {
  if (!reply.ok) return reply;
  const value = read(reply.value);
  if (value !== undefined) return { ok: true, value };
  const { host, clean } = calls.context();
  return failed({
    code: 'BAD_RESPONSE',
    message: `${clean(host)} answered without the id of a ${what}`,
    ...RETRY,
  });
}

/** Pages through a list of batches, newest first and back to `notBeforeMs`, for those that `stateOf` accepts. */
export async function listedBatches(
  list: {
    readonly calls: BatchCalls;
    readonly path: string;
    /** The parameter that asks for entries after an id. */
    readonly cursor: string;
    readonly createdMs: (batch: JsonObject) => number;
    readonly notBeforeMs: number;
    readonly stateOf: (batch: JsonObject) => BatchState | undefined;
  },
  signal: AbortSignal,
): Promise<Reply<readonly BatchState[]>> {
  const { calls, path, cursor, createdMs, notBeforeMs, stateOf } = list;
  const found: BatchState[] = [];
  let after: string | undefined;
  for (;;) {
    const query = { limit: '100', ...(after !== undefined && { [cursor]: after }) };
    const page = await calls.json({ method: 'get', path, query }, signal);
    if (!page.ok) return page;
    const batches = listAt(page.value, 'data').filter(isObject);
    found.push(...batches.flatMap((batch) => stateOf(batch) ?? []));
    const last = batches.at(-1);
    const lastId = last && textAt(last, 'id');
    const isOld = last !== undefined && createdMs(last) < notBeforeMs;
    if (page.value['has_more'] !== true || lastId === undefined || isOld || lastId === after) {
      return { ok: true, value: found };
    }
    after = lastId;
  }
}

export function rowsIn(
  text: string,
  outcomeOf: (line: JsonObject, customId: string) => AttemptOutcome,
): readonly CollectedRow[] {
  return jsonLines(text).flatMap((line): CollectedRow[] => {
    const customId = line && textAt(line, 'custom_id');
    if (!line || customId === undefined) return [];
    return [{ customId, outcome: outcomeOf(line, customId) }];
  });
}
