import { ERROR_TEXTS, ERROR_WORDS, type Reason } from './vendor-error-words.ts';

/**
 * Matches messages about limits on concurrent requests: `Max concurrent requests reached`
 * (Moonshot), `concurrency limit` (Zhipu, Volcengine), `too many concurrent requests` (Bedrock,
 * vLLM's front ends). This is only a hint: pacing learns without it too.
 */
export const AT_ONCE = /concurren/iu;

const OPENROUTER = 'https://openrouter.ai/docs/api-reference/errors';
const BEDROCK = 'https://docs.aws.amazon.com/bedrock/latest/APIReference/CommonErrors.html';
const GROQ = 'https://console.groq.com/docs/errors';
const ANTHROPIC = 'https://docs.claude.com/en/api/errors';
/** The meaning of a status alone. */
interface ErrorStatus {
  readonly status: number;
  readonly means: Reason;
  /** Retrying does not help, although the server is at fault. */
  readonly isForGood?: true;
  /** The request did not get as far as being charged. */
  readonly isUnpaid?: true;
  readonly source: string;
}

const HTTP = 'https://www.rfc-editor.org/rfc/rfc9110';
const CLOUDFLARE = 'https://developers.cloudflare.com/support/troubleshooting/http-status-codes';

/** As of November 2026. Other statuses from 400 are about the request, from 500 about the server. */
const ERROR_STATUSES: readonly ErrorStatus[] = [
  { status: 401, means: 'AUTH', source: HTTP },
  { status: 402, means: 'QUOTA_EXHAUSTED', source: OPENROUTER },
  { status: 403, means: 'FORBIDDEN', source: HTTP },
  { status: 404, means: 'NOT_FOUND', source: HTTP },
  { status: 405, means: 'NOT_FOUND', source: HTTP },
  { status: 408, means: 'TIMEOUT', source: HTTP },
  { status: 410, means: 'NOT_FOUND', source: HTTP },
  { status: 413, means: 'TOO_LARGE', source: HTTP },
  { status: 420, means: 'RATE_LIMITED', source: 'https://developer.x.com (enhance your calm)' },
  { status: 424, means: 'SERVER_ERROR', source: BEDROCK },
  { status: 425, means: 'SERVER_ERROR', isUnpaid: true, source: HTTP },
  { status: 429, means: 'RATE_LIMITED', source: HTTP },
  { status: 431, means: 'TOO_LARGE', source: HTTP },
  { status: 451, means: 'FORBIDDEN', source: HTTP },
  { status: 460, means: 'TIMEOUT', source: 'https://docs.aws.amazon.com/elasticloadbalancing' },
  { status: 498, means: 'OVERLOADED', source: 'https://console.groq.com/docs/flex-processing' },
  { status: 499, means: 'TIMEOUT', source: GROQ },
  { status: 500, means: 'SERVER_ERROR', isUnpaid: true, source: HTTP },
  { status: 501, means: 'SERVER_ERROR', isForGood: true, source: HTTP },
  { status: 503, means: 'OVERLOADED', source: HTTP },
  { status: 505, means: 'SERVER_ERROR', isForGood: true, source: HTTP },
  { status: 521, means: 'SERVER_ERROR', isUnpaid: true, source: CLOUDFLARE },
  { status: 522, means: 'SERVER_ERROR', isUnpaid: true, source: CLOUDFLARE },
  { status: 523, means: 'SERVER_ERROR', isUnpaid: true, source: CLOUDFLARE },
  { status: 525, means: 'SERVER_ERROR', isUnpaid: true, source: CLOUDFLARE },
  { status: 526, means: 'SERVER_ERROR', isUnpaid: true, source: CLOUDFLARE },
  { status: 529, means: 'OVERLOADED', source: ANTHROPIC },
  { status: 530, means: 'SERVER_ERROR', isUnpaid: true, source: CLOUDFLARE },
];

const BY_STATUS: ReadonlyMap<number, ErrorStatus> = new Map(
  ERROR_STATUSES.map((each) => [each.status, each]),
);

export function reasonOfStatus(status: number): Reason {
  return BY_STATUS.get(status)?.means ?? (status < 500 ? 'BAD_REQUEST' : 'SERVER_ERROR');
}

export function isForGood(status: number): boolean {
  return BY_STATUS.get(status)?.isForGood === true;
}

/** Whether a server's error may have happened after the work was done. */
export function mayBePaid(status: number): boolean {
  return status >= 500 && BY_STATUS.get(status)?.isUnpaid !== true;
}

/** Precedence of reasons, if an error has several. */
const ORDER: readonly Reason[] = [
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
];

/** The reason in an error's own words, if they say more than its status. */
export function reasonIn(
  status: number,
  error: { readonly words: ReadonlySet<string>; readonly messages: readonly string[] },
): Reason | undefined {
  const isOk = status < 400;
  const found = new Set<Reason>();
  for (const { word, means, isBroad } of ERROR_WORDS) {
    if (error.words.has(word) && (isBroad !== true || isOk)) found.add(means);
  }
  for (const { says, means, under } of ERROR_TEXTS) {
    if (!isOk && under?.includes(status) === false) continue;
    if (error.messages.some((message) => says.test(message))) found.add(means);
  }
  return ORDER.find((reason) => found.has(reason));
}
