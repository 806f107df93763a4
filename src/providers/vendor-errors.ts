import type { FailureCode } from '../errors/failure.ts';
import { broadErrorWords, errorTexts, errorWords } from '../generated/vendor-facts.ts';

/** What a server's error may be about, whatever its status. The first that applies counts. */
export const REASONS = [
  'QUOTA_EXHAUSTED',
  'AUTH',
  'CONTENT_FILTERED',
  'CONTEXT_TOO_LONG',
  'SCHEMA_MISMATCH',
  'NOT_FOUND',
  'TOO_LARGE',
  // Before the rate limit that some errors mention too: another rate would not help.
  'OVERLOADED',
  'RATE_LIMITED',
  'FORBIDDEN',
  'TIMEOUT',
  'SERVER_ERROR',
  'BAD_REQUEST',
] as const satisfies readonly FailureCode[];

export type Reason = (typeof REASONS)[number];

/**
 * Matches messages about limits on concurrent requests: `Max concurrent requests reached`
 * (Moonshot), `concurrency limit` (Zhipu, Volcengine), `too many concurrent requests` (Bedrock,
 * vLLM's front ends). This is only a hint: pacing learns without it too.
 */
export const AT_ONCE = /concurren/iu;

/**
 * The meaning of a status alone, by RFC 9110 or by those who use it, as of November 2026. Other
 * statuses from 400 are about the request, from 500 about the server.
 */
const STATUSES: Readonly<Partial<Record<Reason, readonly number[]>>> = {
  AUTH: [401],
  QUOTA_EXHAUSTED: [402], // https://openrouter.ai/docs/api-reference/errors
  FORBIDDEN: [403, 451],
  NOT_FOUND: [404, 405, 410],
  // 460: https://docs.aws.amazon.com/elasticloadbalancing
  // 499: https://console.groq.com/docs/errors
  TIMEOUT: [408, 460, 499],
  TOO_LARGE: [413, 431],
  RATE_LIMITED: [420, 429], // 420: https://developer.x.com (enhance your calm)
  // 424: https://docs.aws.amazon.com/bedrock/latest/APIReference/CommonErrors.html
  SERVER_ERROR: [424, 425],
  // 498: https://console.groq.com/docs/flex-processing, 529: https://docs.claude.com/en/api/errors
  OVERLOADED: [498, 503, 529],
};

/** Retrying does not help, although the server is at fault. */
const FOR_GOOD: ReadonlySet<number> = new Set([501, 505]);

/**
 * The request did not get as far as being charged. From 521: see
 * https://developers.cloudflare.com/support/troubleshooting/http-status-codes
 */
const UNPAID: ReadonlySet<number> = new Set([500, 521, 522, 523, 525, 526, 530]);

export function reasonOfStatus(status: number): Reason {
  const known = REASONS.find((reason) => STATUSES[reason]?.includes(status));
  return known ?? (status < 500 ? 'BAD_REQUEST' : 'SERVER_ERROR');
}

export function isForGood(status: number): boolean {
  return FOR_GOOD.has(status);
}

/** Whether a server's error may have happened after the work was done. */
export function mayBePaid(status: number): boolean {
  return status >= 500 && !UNPAID.has(status);
}

/** Reasons that say nothing about other tasks. */
const OF_ONE_TASK: ReadonlySet<Reason> = new Set([
  'CONTENT_FILTERED',
  'CONTEXT_TOO_LONG',
  'TOO_LARGE',
]);

interface ErrorText {
  readonly says: string;
  readonly means: Reason;
  /** The statuses for which it counts; default all. */
  readonly under?: readonly number[];
}

const WORDS = new Map<string, Reason>(Object.entries(errorWords));
/** These are so general that an error status is more precise. */
const BROAD_WORDS = new Map<string, Reason>(Object.entries(broadErrorWords));

/**
 * Errors quote prompts, and a prompt must not be able to stop a provider: reasons that concern
 * other tasks count only at the start of a message.
 */
const TEXTS = errorTexts.map(({ says, means, under }: ErrorText) => ({
  says: new RegExp(`${OF_ONE_TASK.has(means) ? '\\b' : '^\\s*'}(?:${says})`, 'iu'),
  means,
  under,
}));

/** The reason in an error's own words, if they say more than its status. */
export function reasonIn(
  status: number,
  error: { readonly words: ReadonlySet<string>; readonly messages: readonly string[] },
): Reason | undefined {
  const isOk = status < 400;
  const found = new Set<Reason | undefined>();
  for (const word of error.words)
    found.add(WORDS.get(word) ?? (isOk ? BROAD_WORDS.get(word) : undefined));
  for (const { says, means, under } of TEXTS) {
    if (!isOk && under?.includes(status) === false) continue;
    if (error.messages.some((message) => says.test(message))) found.add(means);
  }
  return REASONS.find((reason) => found.has(reason));
}
