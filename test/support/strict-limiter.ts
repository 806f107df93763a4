import type { Wire } from './wires.ts';

/** Limits that the test server enforces exactly. */
export interface StrictLimits {
  /** Requests per minute, as a bucket that starts full and refills evenly. */
  readonly rpm?: number;
  /** Size of the bucket. Default: `rpm`. */
  readonly burst?: number;
  /** The maximum number of concurrent requests. */
  readonly concurrency?: number;
  /** Whether answers carry the vendor's rate-limit headers. Default: true. */
  readonly announced?: boolean;
  /** `retry-after` of a 429 in seconds; null leaves it out. Default: until the next token. */
  readonly retryAfterS?: number | null;
}

export type Verdict =
  | { readonly ok: true; readonly headers: Record<string, string> }
  | { readonly ok: false; readonly headers: Record<string, string> };

/** Admits or refuses requests in real time. A refused request takes nothing from the bucket. */
export function createStrictLimiter(limits: StrictLimits): {
  admit(wire: Wire, active: number): Verdict;
} {
  const capacity = limits.burst ?? limits.rpm ?? Number.POSITIVE_INFINITY;
  const perMs = (limits.rpm ?? Number.POSITIVE_INFINITY) / 60_000;
  let tokens = capacity;
  let lastMs = performance.now();
  return {
    admit(wire, active) {
      const nowMs = performance.now();
      if (limits.rpm !== undefined) {
        tokens = Math.min(capacity, tokens + (nowMs - lastMs) * perMs);
        lastMs = nowMs;
      }
      const crowded = limits.concurrency !== undefined && active > limits.concurrency;
      if (!crowded && tokens >= 1) {
        tokens -= 1;
        return { ok: true, headers: announce(limits, wire, tokens, 1 / perMs) };
      }
      const untilTokenMs = crowded ? 1000 : (1 - tokens) / perMs;
      const seconds =
        limits.retryAfterS === undefined
          ? Math.max(1, Math.ceil(untilTokenMs / 1000))
          : limits.retryAfterS;
      return {
        ok: false,
        headers: {
          ...announce(limits, wire, 0, untilTokenMs),
          ...(seconds === null ? {} : { 'retry-after': String(seconds) }),
        },
      };
    },
  };
}

function announce(
  limits: StrictLimits,
  wire: Wire,
  tokens: number,
  resetMs: number,
): Record<string, string> {
  if (limits.announced === false || limits.rpm === undefined) return {};
  const remaining = String(Math.floor(tokens));
  if (wire === 'anthropic') {
    return {
      'anthropic-ratelimit-requests-limit': String(limits.rpm),
      'anthropic-ratelimit-requests-remaining': remaining,
      'anthropic-ratelimit-requests-reset': new Date(Date.now() + resetMs).toISOString(),
    };
  }
  return {
    'x-ratelimit-limit-requests': String(limits.rpm),
    'x-ratelimit-remaining-requests': remaining,
    'x-ratelimit-reset-requests': `${Math.ceil(resetMs)}ms`,
  };
}
