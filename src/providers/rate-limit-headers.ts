import type { LimitKind } from '../manifest/declared-limits.ts';
import type { AnnouncedLimit, ResponseHeaders } from './provider.ts';
import { epochMsOf, isPointInTime, plainNumber, waitIn } from './parse-wait-time.ts';

/**
 * The limits in an answer's headers: `x-ratelimit-*` as written by OpenAI, Azure, Groq, Mistral,
 * Cerebras and Fireworks, `anthropic-ratelimit-*`, and, if none of these counts requests, the bare
 * `x-ratelimit-*` of OpenRouter and the `ratelimit-*` of an IETF draft. Values in an unknown format
 * count as absent, and so does a limit or reset of 0 or -1. Dates are compared with the server's
 * own `date` header, or with `epochMs`.
 */
export function announcedLimits(
  headers: ResponseHeaders,
  epochMs: number,
): readonly AnnouncedLimit[] {
  const found: AnnouncedLimit[] = [];
  let countsRequests = false;
  for (const each of FAMILIES) {
    const limit = plainNumber(headers[each.limit]);
    const remaining = plainNumber(headers[each.remaining]);
    if (each.isBare && countsRequests) continue;
    countsRequests ||= each.kind === 'requests' && isPresent(each, headers);
    if (limit === undefined && remaining === undefined) continue;
    // A limit of 0 or below means that the server has no such limit, or does not say.
    if (limit === 0 || isNegative(headers[each.limit])) continue;
    found.push({
      kind: each.kind,
      spanMs: each.spanMs,
      limit,
      remaining,
      resetMs: resetMs(headers[each.reset], epochMsOf(headers['date']) ?? epochMs),
      resetErrorMs: isCoarse(headers[each.reset]) ? 1_000 : 0,
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
  /**
   * The header names do not say what is counted, nor over which time span: it is ten seconds on one
   * server and a day on another. They count requests, unless another family does.
   */
  readonly isBare: boolean;
}

/** `*` stands for `limit`, `remaining` and `reset`. */
const NAMES: ReadonlyArray<readonly [kind: LimitKind, names: string, spanMs?: number]> = [
  ['requests', 'x-ratelimit-*-requests'],
  ['tokens', 'x-ratelimit-*-tokens'],
  ['requests', 'x-ratelimit-*-requests-minute', MINUTE_MS],
  ['requests', 'x-ratelimit-*-requests-day', DAY_MS],
  ['requests', 'x-ratelimit-*-req-minute', MINUTE_MS],
  ['tokens', 'x-ratelimit-*-tokens-minute', MINUTE_MS],
  ['tokens', 'x-ratelimit-*-tokens-day', DAY_MS],
  ['input_tokens', 'x-ratelimit-*-tokens-prompt', MINUTE_MS],
  ['output_tokens', 'x-ratelimit-*-tokens-generated', MINUTE_MS],
  ['requests', 'anthropic-ratelimit-requests-*', MINUTE_MS],
  ['tokens', 'anthropic-ratelimit-tokens-*', MINUTE_MS],
  ['input_tokens', 'anthropic-ratelimit-input-tokens-*', MINUTE_MS],
  ['output_tokens', 'anthropic-ratelimit-output-tokens-*', MINUTE_MS],
  ['requests', 'x-ratelimit-*'],
  ['requests', 'ratelimit-*'],
];

const FAMILIES = NAMES.map(([kind, names, spanMs]): Family => ({
  kind,
  spanMs,
  limit: names.replace('*', 'limit'),
  remaining: names.replace('*', 'remaining'),
  reset: names.replace('*', 'reset'),
  isBare: /^(?:x-)?ratelimit-\*$/.test(names),
}));

function isPresent({ limit, remaining }: Family, headers: ResponseHeaders): boolean {
  return headers[limit] !== undefined || headers[remaining] !== undefined;
}

function isNegative(text: string | undefined): boolean {
  return text !== undefined && text.startsWith('-');
}

/** A later reset means that a clock is wrong, rather than that the limit resets so late. */
const MAX_RESET_MS = 31 * DAY_MS;

function resetMs(text: string | undefined, nowEpochMs: number): number | undefined {
  const ms = text === undefined ? undefined : waitIn(text, nowEpochMs);
  return ms !== undefined && ms > 0 && ms <= MAX_RESET_MS ? ms : undefined;
}

/**
 * Whether a reset is accurate only to a second. That includes every point in time, because the
 * `date` that it is compared with is in whole seconds.
 */
function isCoarse(text: string | undefined): boolean {
  if (text === undefined) return false;
  return isPointInTime(text) || Number.isInteger(plainNumber(text));
}
