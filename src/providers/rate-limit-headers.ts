import type { LimitKind } from '../manifest/limit-names.ts';
import type { AnnouncedLimit, ResponseHeaders } from './provider.ts';

/**
 * The limits that an answer's headers announce: `x-ratelimit-*` in the dialects of OpenAI, Azure,
 * Groq, Mistral, Cerebras and Fireworks, `anthropic-ratelimit-*`, and, where no other tells of
 * requests, the bare `x-ratelimit-*` of OpenRouter and the `ratelimit-*` of an IETF draft. A value of
 * another shape than the known ones counts as absent, and so does a limit or a reset of 0 or -1.
 * Dates are measured against the server's own `date` header, else against `epochMs`.
 */
export function announcedLimits(
  headers: ResponseHeaders,
  epochMs: number,
): readonly AnnouncedLimit[] {
  const found: AnnouncedLimit[] = [];
  let isTold = false;
  for (const family of FAMILIES) {
    const limit = count(headers[family.limit]);
    const remaining = count(headers[family.remaining]);
    if (family.isBare === true && isTold) continue;
    isTold ||= family.kind === 'requests' && isPresent(family, headers);
    if (limit === undefined && remaining === undefined) continue;
    // A limit of nothing, or none: the server has no such limit, or does not tell.
    if (limit === 0 || isNegative(headers[family.limit])) continue;
    found.push({
      kind: family.kind,
      spanMs: family.spanMs,
      limit,
      remaining,
      resetMs: resetMs(headers[family.reset], serverEpochMs(headers, epochMs)),
      resetErrorMs: isCoarse(headers[family.reset]) ? 1_000 : 0,
    });
  }
  return found;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

interface Family {
  readonly kind: LimitKind;
  readonly spanMs: number | undefined;
  readonly limit: string;
  readonly remaining: string;
  readonly reset: string;
  /** Its names do not say what it counts: requests, unless another family tells of those. */
  readonly isBare?: true;
}

const FAMILIES: readonly Family[] = [
  plain('requests', 'requests'),
  plain('tokens', 'tokens'),
  plain('requests', 'requests-minute', MINUTE_MS),
  plain('requests', 'requests-day', DAY_MS),
  plain('requests', 'req-minute', MINUTE_MS),
  plain('tokens', 'tokens-minute', MINUTE_MS),
  plain('tokens', 'tokens-day', DAY_MS),
  plain('input_tokens', 'tokens-prompt', MINUTE_MS),
  plain('output_tokens', 'tokens-generated', MINUTE_MS),
  anthropic('requests', 'requests'),
  anthropic('tokens', 'tokens'),
  anthropic('input_tokens', 'input-tokens'),
  anthropic('output_tokens', 'output-tokens'),
  bare('x-ratelimit'),
  bare('ratelimit'),
];

/** Of an unknown span: a window of ten seconds at one server, a day at another. */
function bare(start: string): Family {
  return {
    kind: 'requests',
    spanMs: undefined,
    limit: `${start}-limit`,
    remaining: `${start}-remaining`,
    reset: `${start}-reset`,
    isBare: true,
  };
}

function plain(kind: LimitKind, name: string, spanMs?: number): Family {
  return {
    kind,
    spanMs,
    limit: `x-ratelimit-limit-${name}`,
    remaining: `x-ratelimit-remaining-${name}`,
    reset: `x-ratelimit-reset-${name}`,
  };
}

function anthropic(kind: LimitKind, name: string): Family {
  const start = `anthropic-ratelimit-${name}`;
  return {
    kind,
    spanMs: MINUTE_MS,
    limit: `${start}-limit`,
    remaining: `${start}-remaining`,
    reset: `${start}-reset`,
  };
}

function isPresent({ limit, remaining }: Family, headers: ResponseHeaders): boolean {
  return headers[limit] !== undefined || headers[remaining] !== undefined;
}

function count(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}(?:\.\d{1,9})?$/u.test(text) ? Number(text) : undefined;
}

function isNegative(text: string | undefined): boolean {
  return text !== undefined && text.startsWith('-');
}

/** A reset further off than this says more about a clock than about a limit. */
const MAX_RESET_MS = 31 * DAY_MS;

/** `6m0s`, `12ms`, `59.7s`, a date, a time since 1970 in seconds or milliseconds, or plain seconds. */
function resetMs(text: string | undefined, nowEpochMs: number): number | undefined {
  if (text === undefined) return undefined;
  const ms = durationMs(text) ?? dateMs(text, nowEpochMs) ?? numberMs(text, nowEpochMs);
  return ms !== undefined && ms > 0 && ms <= MAX_RESET_MS ? ms : undefined;
}

const DURATION =
  /^(?=.)(?:(\d{1,6})d)?(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,9}(?:\.\d{1,9})?)s)?(?:(\d{1,12}(?:\.\d{1,9})?)ms)?(?:(\d{1,12}(?:\.\d{1,9})?)[uµμ]s)?$/u;

function durationMs(text: string): number | undefined {
  const parts = DURATION.exec(text)?.slice(1);
  if (!parts) return undefined;
  const unitsMs = [DAY_MS, 3_600_000, MINUTE_MS, 1_000, 1, 0.001];
  return parts.reduce((sum, part, place) => sum + Number(part ?? 0) * (unitsMs[place] ?? 0), 0);
}

const DATE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/u;

function dateMs(text: string, nowEpochMs: number): number | undefined {
  if (!DATE.test(text)) return undefined;
  const then = Date.parse(text);
  return Number.isNaN(then) ? undefined : then - nowEpochMs;
}

/** Times since 1970 are measured against a `date` in whole seconds, so they are no finer than dates. */
function isCoarse(text: string | undefined): boolean {
  if (text === undefined) return false;
  const value = count(text);
  return DATE.test(text) || (value !== undefined && (value > 1e9 || Number.isInteger(value)));
}

function numberMs(text: string, nowEpochMs: number): number | undefined {
  const value = count(text);
  if (value === undefined) return undefined;
  if (value > 1e12) return value - nowEpochMs;
  if (value > 1e9) return value * 1_000 - nowEpochMs;
  return value * 1_000;
}

const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/u;

function serverEpochMs(headers: ResponseHeaders, epochMs: number): number {
  const date = headers['date'];
  if (date === undefined || !HTTP_DATE.test(date)) return epochMs;
  const then = Date.parse(date);
  return Number.isNaN(then) ? epochMs : then;
}
