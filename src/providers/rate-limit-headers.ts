import type { LimitKind } from '../manifest/limit-names.ts';
import type { AnnouncedLimit, ResponseHeaders } from './provider.ts';
import { epochMsOf, isPointInTime, plainNumber, waitIn } from './times.ts';

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
    const limit = plainNumber(headers[family.limit]);
    const remaining = plainNumber(headers[family.remaining]);
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

/** The period is unknown: ten seconds at one server, a day at another. */
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

/** A reset further off than this says more about a clock than about a limit. */
const MAX_RESET_MS = 31 * DAY_MS;

function resetMs(text: string | undefined, nowEpochMs: number): number | undefined {
  const ms = text === undefined ? undefined : waitIn(text, nowEpochMs);
  return ms !== undefined && ms > 0 && ms <= MAX_RESET_MS ? ms : undefined;
}

/** Points in time are measured against a `date` in whole seconds, and no finer than that. */
function isCoarse(text: string | undefined): boolean {
  if (text === undefined) return false;
  return isPointInTime(text) || Number.isInteger(plainNumber(text));
}
