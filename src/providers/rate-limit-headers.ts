import type { LimitKind } from '../manifest/declared-limits.ts';
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
  let countsRequests = false;
  for (const each of FAMILIES) {
    const limit = plainNumber(headers[each.limit]);
    const remaining = plainNumber(headers[each.remaining]);
    if (each.isBare === true && countsRequests) continue;
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
   * The header names do not say what is counted. It is requests, unless another family counts
   * those.
   */
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

/** The time span is unknown: it is ten seconds on one server and a day on another. */
function bare(start: string): Family {
  return { ...family('requests', undefined, (part) => `${start}-${part}`), isBare: true };
}

function plain(kind: LimitKind, name: string, spanMs?: number): Family {
  return family(kind, spanMs, (part) => `x-ratelimit-${part}-${name}`);
}

function anthropic(kind: LimitKind, name: string): Family {
  return family(kind, MINUTE_MS, (part) => `anthropic-ratelimit-${name}-${part}`);
}

function family(
  kind: LimitKind,
  spanMs: number | undefined,
  nameOf: (part: string) => string,
): Family {
  return {
    kind,
    spanMs,
    limit: nameOf('limit'),
    remaining: nameOf('remaining'),
    reset: nameOf('reset'),
  };
}

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
