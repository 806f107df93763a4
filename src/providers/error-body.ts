import { isObject, listAt, objectAt, textAt } from './json-shape.ts';
import type { JsonObject } from './json-shape.ts';

/** What an error body says, whichever vendor wrote it. */
export interface ErrorBody {
  readonly message: string | undefined;
  /** Every word that names the kind of error (`code`, `type`, `details.error_code`), lower case. */
  readonly words: ReadonlySet<string>;
  /** A status in the body, as OpenRouter puts it. */
  readonly status: number | undefined;
  readonly requestId: string | undefined;
}

/**
 * Reads the error out of a body: `{error: {message, type, code}}` (OpenAI, Anthropic, OpenRouter),
 * `{error: "…"}`, `{message, type, code}` (vLLM, Mistral), `{detail}` (FastAPI), a list of one (Gemini).
 */
export function readErrorBody(body: unknown): ErrorBody {
  const outer = Array.isArray(body) && body.length > 0 ? (body[0] as unknown) : body;
  const nested = isObject(outer) ? outer['error'] : undefined;
  const error: JsonObject = isObject(nested) ? nested : isObject(outer) ? outer : {};
  const words = [
    error['code'],
    error['type'],
    error['status'],
    objectAt(error, 'details')['error_code'],
    objectAt(error, 'metadata')['error_type'],
  ].filter((word) => typeof word === 'string');
  const message =
    textAt(error, 'message') ??
    (typeof nested === 'string' ? nested : undefined) ??
    detail(outer) ??
    textAt(error, 'msg');
  return {
    message,
    words: new Set(words.map((word) => word.toLowerCase())),
    status: statusIn(error['code']) ?? statusIn(error['status']),
    requestId: textAt(outer, 'request_id'),
  };
}

/**
 * The error that a 200 holds, if it holds one that says anything: gateways send `error: null` or a
 * blank one with every good answer. `fallbackStatus` holds where it does not name its kind.
 */
export function errorIn(
  body: unknown,
): { readonly body: unknown; readonly fallbackStatus: number } | undefined {
  const outer = Array.isArray(body) ? (body[0] as unknown) : body;
  if (!isObject(outer)) return undefined;
  const [choice] = listAt(outer, 'choices');
  for (const holder of [outer, choice]) {
    const error = isObject(holder) ? holder['error'] : undefined;
    if (!saysAnything(error)) continue;
    // Responses: every code but a server's own trouble is about the request.
    const isOfRequest =
      textAt(holder, 'status') === 'failed' && textAt(error, 'code') !== undefined;
    return { body: holder, fallbackStatus: isOfRequest ? 400 : 502 };
  }
  return outer['type'] === 'error' ? { body: outer, fallbackStatus: 502 } : undefined;
}

function saysAnything(error: unknown): boolean {
  if (typeof error === 'string') return !/^(?:|none|null|0|200|ok|success)$/iu.test(error.trim());
  if (typeof error === 'number') return error !== 0 && error !== 200;
  return isObject(error) && Object.values(error).some(saysAnything);
}

function statusIn(value: unknown): number | undefined {
  const status = typeof value === 'string' && /^\d{3}$/u.test(value) ? Number(value) : value;
  return typeof status === 'number' && Number.isInteger(status) && status >= 400 && status < 600
    ? status
    : undefined;
}

function detail(body: unknown): string | undefined {
  if (!isObject(body)) return undefined;
  const found = body['detail'];
  if (typeof found === 'string' && found !== '') return found;
  if (!Array.isArray(found)) return undefined;
  const lines = found.map((entry) => textAt(entry, 'msg')).filter((line) => line !== undefined);
  return lines.length > 0 ? lines.join('; ') : undefined;
}
