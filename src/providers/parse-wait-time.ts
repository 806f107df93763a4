const DAY_MS = 86_400_000;

/**
 * Parses a wait, in milliseconds: `6m0s`, `12ms`, `59.7s`, `5 seconds`, a date, a time since 1970
 * in seconds or milliseconds, or seconds. A point in time is compared with `nowEpochMs`; the wait
 * is negative if it has passed. Undefined for anything else.
 */
export function waitIn(text: string, nowEpochMs: number): number | undefined {
  const plain = text.trim();
  return (
    durationMs(plain) ??
    wordsMs(plain) ??
    untilDate(plain, nowEpochMs) ??
    numberMs(plain, nowEpochMs)
  );
}

const DURATION =
  /^(?=.)(?:(\d{1,6})d)?(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,9}(?:\.\d{1,9})?)s)?(?:(\d{1,12}(?:\.\d{1,9})?)ms)?(?:(\d{1,12}(?:\.\d{1,9})?)[uµμ]s)?$/u;

function durationMs(text: string): number | undefined {
  const parts = DURATION.exec(text)?.slice(1);
  if (!parts) return undefined;
  const unitsMs = [DAY_MS, 3_600_000, 60_000, 1_000, 1, 0.001];
  return parts.reduce((sum, part, place) => sum + Number(part ?? 0) * (unitsMs[place] ?? 0), 0);
}

const WORDS_MS: Readonly<Record<string, number>> = {
  millisecond: 1,
  second: 1_000,
  sec: 1_000,
  minute: 60_000,
  min: 60_000,
  hour: 3_600_000,
  day: DAY_MS,
};

function wordsMs(text: string): number | undefined {
  const [, amount, unit = ''] = /^(\d{1,9}(?:\.\d{1,9})?) ?([a-z]{3,11}?)s?$/iu.exec(text) ?? [];
  const unitMs = WORDS_MS[unit.toLowerCase()];
  return amount === undefined || unitMs === undefined ? undefined : Number(amount) * unitMs;
}

/** Whether this is a date or a time since 1970. */
export function isPointInTime(text: string): boolean {
  const plain = text.trim();
  return epochMsOf(plain) !== undefined || (plainNumber(plain) ?? 0) > EARLIEST_S;
}

/** Epoch milliseconds of a date; undefined if it is not one. `Date.parse` alone accepts `-5`. */
export function epochMsOf(text: string | undefined): number | undefined {
  if (text === undefined || !(ISO_DATE.test(text) || HTTP_DATE.test(text))) return undefined;
  const epochMs = Date.parse(text);
  return Number.isNaN(epochMs) ? undefined : epochMs;
}

const ISO_DATE = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:?\d{2})$/u;
const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/u;

function untilDate(text: string, nowEpochMs: number): number | undefined {
  const then = epochMsOf(text);
  return then === undefined ? undefined : then - nowEpochMs;
}

/** A number of 0 or more, in digits only; undefined for anything else. */
export function plainNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}(?:\.\d{1,9})?$/u.test(text) ? Number(text) : undefined;
}

/** Larger numbers of seconds are times since 1970; even larger ones are in milliseconds. */
const EARLIEST_S = 1e9;
const EARLIEST_MS = 1e12;

function numberMs(text: string, nowEpochMs: number): number | undefined {
  const value = plainNumber(text);
  if (value === undefined) return undefined;
  if (value > EARLIEST_MS) return value - nowEpochMs;
  return value > EARLIEST_S ? value * 1_000 - nowEpochMs : value * 1_000;
}
