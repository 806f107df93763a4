import type { ResponseHeaders } from './provider.ts';

/** Node's timers take 31 bits of milliseconds. */
const MAX_WAIT_MS = 2 ** 31 - 1;
/** A date further off than this says more about a clock than about a wait. */
const MAX_DATE_WAIT_MS = 3_600_000;

/**
 * How long the server asks to wait, in milliseconds: `retry-after-ms`, else `retry-after` as seconds
 * or as an HTTP date. A date is measured against the server's own `date` header, so that a wrong
 * clock on either side does not matter, else against `epochMs`. Whatever is not a positive wait
 * (`0`, `-5`, `soon`, `1e300`) counts as absent.
 */
export function retryAfterMs(headers: ResponseHeaders, epochMs: number): number | undefined {
  const wait =
    plainNumber(headers['retry-after-ms']) ??
    inMs(plainNumber(headers['retry-after'])) ??
    untilDate(headers['retry-after'], headers['date'], epochMs);
  if (wait === undefined) return undefined;
  return Math.min(Math.ceil(wait), MAX_WAIT_MS);
}

function plainNumber(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,15}(?:\.\d{1,9})?$/u.test(text.trim())) return undefined;
  const value = Number(text);
  return value > 0 ? value : undefined;
}

function inMs(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * 1000;
}

function untilDate(
  text: string | undefined,
  serverDate: string | undefined,
  epochMs: number,
): number | undefined {
  const then = httpDate(text);
  if (then === undefined) return undefined;
  const wait = then - (httpDate(serverDate) ?? epochMs);
  return wait > 0 && wait <= MAX_DATE_WAIT_MS ? wait : undefined;
}

/** Only the form that HTTP prescribes: `Date.parse` takes `-5` for a date. */
function httpDate(text: string | undefined): number | undefined {
  if (!text || !/^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/u.test(text)) {
    return undefined;
  }
  const epochMs = Date.parse(text);
  return Number.isNaN(epochMs) ? undefined : epochMs;
}
