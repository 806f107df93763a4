import type { Clock } from '../ports/clock.ts';
import type { Calls, CallRequest } from './other-endpoints.ts';
import { isObject } from '../ports/json-shape.ts';
import type { AttemptFailure } from './provider.ts';
import { parsed } from './read-reply.ts';

export interface ListedModel {
  readonly id: string;
  /** `YYYY-MM-DD`, if the server announces it. */
  readonly retiresOn?: string;
}

export type ModelList =
  | {
      readonly ok: true;
      readonly tookMs: number;
      /** Undefined if the server does not list models. */
      readonly models: readonly ListedModel[] | undefined;
    }
  | { readonly ok: false; readonly failure: Pick<AttemptFailure, 'code' | 'message' | 'hint'> };

/** Statuses of servers without a list of models. */
const WITHOUT_LIST: ReadonlySet<unknown> = new Set([404, 405, 501]);

/** Asks once, and judges the answer as a run would. */
export async function listModels(
  calls: Calls,
  request: Pick<CallRequest, 'path' | 'query'>,
  clock: Clock,
): Promise<ModelList> {
  const startMs = clock.now();
  const reply = await calls.text({ method: 'get', ...request }, new AbortController().signal);
  const tookMs = clock.now() - startMs;
  if (!reply.ok) {
    return WITHOUT_LIST.has(reply.failure.httpStatus)
      ? { ok: true, tookMs, models: undefined }
      : { ok: false, failure: reply.failure };
  }
  const body = parsed(reply.value);
  const data = isObject(body) ? body['data'] : undefined;
  if (Array.isArray(data)) return { ok: true, tookMs, models: data.flatMap(listedModel) };
  const { host, provider } = calls.context();
  return {
    ok: false,
    failure: {
      code: 'BAD_RESPONSE',
      message: `${host} answered with something other than a list of models`,
      hint: `check \`base_url\` of \`${provider}\`: it may be a web page, not the API`,
    },
  };
}

function listedModel(entry: unknown): readonly ListedModel[] {
  if (!isObject(entry) || typeof entry['id'] !== 'string') return [];
  // Anthropic's field, then OpenAI's.
  const date = entry['retires_at'] ?? entry['shutdown_date'];
  const [day] = typeof date === 'string' ? (/^\d{4}-\d{2}-\d{2}/u.exec(date) ?? []) : [];
  return [{ id: entry['id'], ...(day !== undefined && { retiresOn: day }) }];
}
