import type { ErrorBody } from './error-body.ts';
import { isObject, type JsonObject } from '../ports/json-shape.ts';
import type { ResponseHeaders } from './provider.ts';
import { epochMsOf, isPointInTime, plainNumber, waitIn } from './parse-wait-time.ts';

/** Node's timers are limited to 31 bits of milliseconds. */
const MAX_WAIT_MS = 2 ** 31 - 1;
/**
 * A point in time later than this means that a clock is wrong, rather than that the wait is so
 * long.
 */
const MAX_DATE_WAIT_MS = 3_600_000;
/**
 * Such a point in time, like `date`, is in whole seconds. One second later, it has certainly
 * passed.
 */
const DATE_ERROR_MS = 1_000;

/**
 * How long the server asks to wait, in milliseconds: `retry-after-ms`, or `retry-after` in seconds,
 * as a duration or as a point in time. The latter is compared with the server's own `date` header,
 * so that wrong clocks do not matter, or with `epochMs`. Anything but a positive wait (`0`, `-5`,
 * `soon`, `1e300`) counts as absent.
 */
export function retryAfterMs(headers: ResponseHeaders, epochMs: number): number | undefined {
  const nowEpochMs = epochMsOf(headers['date']) ?? epochMs;
  return (
    wholeMs(plainNumber(headers['retry-after-ms']?.trim())) ??
    waitMs(headers['retry-after'], nowEpochMs)
  );
}

/** The same from the body of an error, if the headers do not say. */
export function waitInBody(
  { layers, messages }: Pick<ErrorBody, 'layers' | 'messages'>,
  headers: ResponseHeaders,
  epochMs: number,
): number | undefined {
  const nowEpochMs = epochMsOf(headers['date']) ?? epochMs;
  const waits = layers.map((layer) => waitInLayer(layer, nowEpochMs));
  return [...messages.map(waitInMessage), ...waits].findLast((wait) => wait !== undefined);
}

/**
 * Fields of error bodies that say how long to wait, as of November 2026. A number is in this unit;
 * text contains its own unit.
 */
const WAIT_FIELDS_MS: Readonly<Record<string, number>> = {
  retryDelay: 1_000, // https://cloud.google.com/apis/design/errors (RetryInfo)
  retry_after_ms: 1, // https://docs.litellm.ai/docs/exception_mapping
  retryAfterMs: 1, // https://ai-sdk.dev/docs
  retry_after: 1_000, // https://docs.litellm.ai/docs/exception_mapping
  retryAfter: 1_000, // https://developers.cloudflare.com/ai-gateway
  retry_after_seconds: 1_000, // https://openrouter.ai/docs
  estimated_time: 1_000, // https://huggingface.co/docs/inference-providers (a model that is being loaded)
};

function waitInLayer(layer: JsonObject, nowEpochMs: number): number | undefined {
  for (const [key, unitMs] of Object.entries(WAIT_FIELDS_MS)) {
    const value = layer[key];
    if (typeof value === 'number' && value > 0) return wholeMs(value * unitMs);
    const wait = typeof value === 'string' ? waitMs(value, nowEpochMs) : undefined;
    if (wait !== undefined) return wait;
  }
  // OpenRouter includes the headers of the provider behind it.
  const { headers } = layer;
  return isObject(headers) ? waitInHeaders(headers, nowEpochMs) : undefined;
}

function waitInHeaders(headers: JsonObject, nowEpochMs: number): number | undefined {
  const texts = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
  return retryAfterMs(texts, nowEpochMs) ?? waitMs(texts['x-ratelimit-reset'], nowEpochMs);
}

/** `Please try again in 6m0s`, `Please retry in 5.2s`, `retry after 5 seconds`. */
function waitInMessage(message: string): number | undefined {
  const text = IN_MESSAGE.exec(message)?.[1];
  return text === undefined ? undefined : waitMs(text, 0);
}

const IN_MESSAGE =
  /\b(?:try again|retry|wait)\b[^.;\d]{0,40}?(\d[\d.]{0,12} ?(?:milliseconds?|seconds?|secs?|minutes?|mins?|hours?)\b|(?:\d{1,6}(?:\.\d{1,9})?(?:ms|[dhms]))+(?![a-z\d]))/iu;

function waitMs(text: string | undefined, nowEpochMs: number): number | undefined {
  if (text === undefined) return undefined;
  const wait = waitIn(text, nowEpochMs);
  if (wait === undefined || !isPointInTime(text)) return wholeMs(wait);
  return wait > MAX_DATE_WAIT_MS ? undefined : wholeMs(wait + DATE_ERROR_MS);
}

function wholeMs(wait: number | undefined): number | undefined {
  return wait === undefined || !(wait > 0) ? undefined : Math.min(Math.ceil(wait), MAX_WAIT_MS);
}
