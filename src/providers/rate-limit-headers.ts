import type { LimitKind } from '../manifest/limit-names.ts';
import type { AnnouncedLimit, ResponseHeaders } from './provider.ts';
import { epochMsOf, isPointInTime, plainNumber, waitIn } from './times.ts';

/**
 * The limits in an answer's headers: `x-ratelimit-*` as written by OpenAI, Azure, Groq, Mistral, Cerebras and Fireworks,
 * `anthropic-ratelimit-*`, and, if none of these counts requests, the bare `x-ratelimit-*` of OpenRouter and the
 * `ratelimit-*` of an IETF draft. Values in an unknown format count as absent, and so does a limit or reset of 0 or -1.
 * Dates are compared with the server's own `date` header, or with `epochMs`.
 */
export function announcedLimits(
  headers: ResponseHeaders,
  epochMs: number,
): readonly AnnouncedLimit[] {
  const found: AnnouncedLimit[] = [];
  let isTold = false;
  for (const family of FAMILIES) {
    const limit = plainNumber(headers[family.limit]);
    const remaining = plainNumber(headers[family.remaining]);
    if (family.isBare === true && isTold) continue;
    isTold ||= family.kind === 'requests' && isPresent(family, headers);
    if (limit === undefined && remaining === undefined) continue;
    // A limit of 0 or below: the server has no such limit, or does not tell.
    if (limit === 0 || isNegative(headers[family.limit])) continue;
    found.push({
      kind: family.kind,
      spanMs: family.spanMs,
      limit,
      remaining,
      resetMs: resetMs(headers[family.reset], epochMsOf(headers['date']) ?? epochMs),
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
  /** The names do not say what is counted: requests, unless another family counts those. */
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

/** The time span is unknown: ten seconds at one server, a day at another. */
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

function isNegative(text: string | undefined): boolean {
  return text !== undefined && text.startsWith('-');
}

/** A later reset says more about a clock than about a limit. */
const MAX_RESET_MS = 31 * DAY_MS;

function resetMs(text: string | undefined, nowEpochMs: number): number | undefined {
  const ms = text === undefined ? undefined : waitIn(text, nowEpochMs);
  return ms !== undefined && ms > 0 && ms <= MAX_RESET_MS ? ms : undefined;
}

/** Points in time are compared with a `date` in whole seconds. */
function isCoarse(text: string | undefined): boolean {
  if (text === undefined) return false;
  return isPointInTime(text) || Number.isInteger(plainNumber(text));
}
