import type { FailureCode } from '../errors/failure.ts';

/** What a server's refusal is about, whatever status it has. */
export type Reason = Extract<
  FailureCode,
  | 'QUOTA_EXHAUSTED'
  | 'AUTH'
  | 'FORBIDDEN'
  | 'CONTENT_FILTERED'
  | 'CONTEXT_TOO_LONG'
  | 'SCHEMA_MISMATCH'
  | 'NOT_FOUND'
  | 'TOO_LARGE'
  | 'RATE_LIMITED'
  | 'OVERLOADED'
  | 'TIMEOUT'
  | 'SERVER_ERROR'
  | 'BAD_REQUEST'
>;

/** A word for the kind of error: a `code`, `type`, `status` or `reason` in the body, lower case. */
interface ErrorWord {
  readonly word: string;
  readonly means: Reason;
  /** So general that the status knows better, where it is one of an error. */
  readonly isBroad?: true;
  readonly source: string;
}

/** What a message says where no word names the kind. */
interface ErrorText {
  readonly says: RegExp;
  readonly means: Reason;
  /** Statuses that it is looked for under; all if absent. */
  readonly under?: readonly number[];
  readonly source: string;
}

/**
 * What rate limits on the number of requests at once say: `Max concurrent requests reached` (Moonshot), `concurrency
 * limit` (Zhipu, Volcengine), `too many concurrent requests` (Bedrock, vLLM's front ends). Used as a hint only: where
 * it is missing, pacing finds out.
 */
export const AT_ONCE = /concurren/iu;

const OPENAI = 'https://platform.openai.com/docs/guides/error-codes';
const AZURE = 'https://learn.microsoft.com/azure/ai-foundry/openai/concepts/content-filter';
const ANTHROPIC = 'https://docs.claude.com/en/api/errors';
const GEMINI = 'https://ai.google.dev/gemini-api/docs/generate-content/api-errors';
const GOOGLE = 'https://cloud.google.com/apis/design/errors#error_info';
const GROQ = 'https://console.groq.com/docs/errors';
const FLEX = 'https://developers.openai.com/api/docs/guides/flex-processing';
const MISTRAL = 'https://github.com/continuedev/continue/issues/6185';
const OPENROUTER = 'https://openrouter.ai/docs/api-reference/errors';
const DEEPSEEK = 'https://api-docs.deepseek.com/quick_start/error_codes';
const MOONSHOT = 'https://platform.moonshot.ai/docs/api/errors';
const MINIMAX = 'https://platform.minimax.io/docs/api-reference/errorcode';
const ZHIPU = 'https://docs.z.ai/api-reference/api-code';
const ALIBABA = 'https://help.aliyun.com/zh/model-studio/error-code';
const VOLCENGINE = 'https://www.volcengine.com/docs/82379/1299023';
const XAI = 'https://github.com/i-am-bee/beeai-framework/issues/447';
const LITELLM = 'https://docs.litellm.ai/docs/exception_mapping';
const LITELLM_BUDGET = 'https://docs.litellm.ai/docs/proxy/users';
const LLAMA_CPP = 'https://github.com/ggml-org/llama.cpp/tree/master/tools/server';
const VLLM = 'https://docs.vllm.ai/en/latest/serving/openai_compatible_server';
const TOGETHER = 'https://docs.together.ai/docs/error-codes';
const BEDROCK = 'https://docs.aws.amazon.com/bedrock/latest/APIReference/CommonErrors.html';
const DEV_PROXY =
  'https://learn.microsoft.com/microsoft-cloud/dev/dev-proxy (Anthropic spend limits)';

/** Read November 2026. */
export const ERROR_WORDS: readonly ErrorWord[] = [
  ...words('QUOTA_EXHAUSTED', OPENAI, [
    'insufficient_quota',
    'billing_hard_limit_reached',
    'billing_not_active',
    'credit_balance_exhausted',
    'organization_usage_limit_exceeded',
    'organization_spend_limit_exceeded',
    'project_spend_limit_exceeded',
  ]),
  ...words('QUOTA_EXHAUSTED', ANTHROPIC, ['billing_error']),
  ...words('QUOTA_EXHAUSTED', DEV_PROXY, [
    'enforced_spend_limit_reached',
    'contract_spend_limit_reached',
    'linked_organization_spend_limit_reached',
    'workspace_spend_limit_reached',
  ]),
  ...words('QUOTA_EXHAUSTED', OPENROUTER, ['insufficient_credits', 'payment_required']),
  ...words('QUOTA_EXHAUSTED', MOONSHOT, ['exceeded_current_quota_error']),
  ...words('QUOTA_EXHAUSTED', MINIMAX, ['insufficient_balance_error']),
  ...words('QUOTA_EXHAUSTED', DEEPSEEK, ['insufficient_balance']),
  ...words('QUOTA_EXHAUSTED', LITELLM_BUDGET, ['budget_exceeded']),
  ...words('QUOTA_EXHAUSTED', ALIBABA, ['arrearage', 'allocationquota.freetieronly']),
  ...words('QUOTA_EXHAUSTED', VOLCENGINE, ['accountoverdueerror']),
  ...words('QUOTA_EXHAUSTED', ZHIPU, ['1113']),
  ...words('AUTH', OPENAI, ['invalid_api_key', 'invalid_organization', 'account_deactivated']),
  ...words('AUTH', GOOGLE, ['api_key_invalid', 'api_key_expired', 'api_key_service_blocked']),
  ...words('AUTH', MOONSHOT, ['invalid_authentication_error', 'incorrect_api_key_error']),
  ...words('AUTH', MINIMAX, ['authorized_error']),
  ...words('AUTH', ALIBABA, ['invalidapikey', 'invalidaccesskeyid']),
  ...words('AUTH', LITELLM, ['auth_error', 'token_not_found_in_db', 'expired_key']),
  ...words('AUTH', BEDROCK, [
    'unrecognizedclientexception',
    'expiredtokenexception',
    'invalidsignatureexception',
    'incompletesignatureexception',
    'missingauthenticationtokenexception',
  ]),
  ...broad('AUTH', ANTHROPIC, ['authentication_error']),
  ...broad('AUTH', GOOGLE, ['unauthenticated']),
  ...words('CONTENT_FILTERED', OPENAI, [
    'content_policy_violation',
    'moderation_blocked',
    'image_content_policy_violation',
    'misalignment_policy_violation',
    'bio_policy',
  ]),
  ...words('CONTENT_FILTERED', AZURE, [
    'content_filter',
    'responsibleaipolicyviolation',
    'content_management_policy',
  ]),
  ...words('CONTENT_FILTERED', ALIBABA, ['datainspectionfailed', 'data_inspection_failed']),
  ...words('CONTENT_FILTERED', LITELLM, ['contentpolicyviolationerror']),
  ...words('CONTENT_FILTERED', MINIMAX, ['new_sensitive']),
  ...words('CONTENT_FILTERED', ZHIPU, ['1301']),
  ...words('CONTEXT_TOO_LONG', OPENAI, ['context_length_exceeded', 'string_above_max_length']),
  ...words('CONTEXT_TOO_LONG', ANTHROPIC, ['model_context_window_exceeded']),
  ...words('CONTEXT_TOO_LONG', LITELLM, ['contextwindowexceedederror', 'context_window_exceeded']),
  ...words('CONTEXT_TOO_LONG', LLAMA_CPP, ['exceed_context_size_error']),
  ...words('SCHEMA_MISMATCH', GROQ, ['json_validate_failed']),
  ...words('NOT_FOUND', OPENAI, ['model_not_found']),
  ...words('NOT_FOUND', MOONSHOT, ['resource_not_found_error']),
  ...words('NOT_FOUND', TOGETHER, ['model_not_available']),
  ...words('NOT_FOUND', VOLCENGINE, ['invalidendpointormodel.notfound', 'modelnotopen']),
  ...words('NOT_FOUND', VLLM, ['notfounderror']),
  ...broad('NOT_FOUND', ANTHROPIC, ['not_found_error']),
  ...broad('NOT_FOUND', GOOGLE, ['not_found']),
  ...words('TOO_LARGE', ANTHROPIC, ['request_too_large']),
  ...words('RATE_LIMITED', OPENAI, ['rate_limit_exceeded', 'ramp_limit_exceeded']),
  ...words('RATE_LIMITED', ANTHROPIC, ['rate_limit_error']),
  ...words('RATE_LIMITED', MOONSHOT, ['rate_limit_reached_error']),
  ...words('RATE_LIMITED', BEDROCK, ['throttlingexception', 'throttling']),
  ...words('RATE_LIMITED', ALIBABA, ['throttling.ratequota', 'throttling.allocationquota']),
  ...words('RATE_LIMITED', ZHIPU, ['1302', '1305']),
  ...broad('RATE_LIMITED', GOOGLE, ['resource_exhausted']),
  ...words('OVERLOADED', ANTHROPIC, ['overloaded_error']),
  ...words('OVERLOADED', GROQ, ['capacity_exceeded']),
  ...words('OVERLOADED', FLEX, ['resource_unavailable']),
  ...words('OVERLOADED', MISTRAL, ['service_tier_capacity_exceeded']),
  ...words('OVERLOADED', MOONSHOT, ['engine_overloaded_error']),
  ...words('OVERLOADED', OPENAI, ['server_is_overloaded', 'slow_down']),
  ...words('OVERLOADED', BEDROCK, ['modelnotreadyexception', 'serviceunavailableexception']),
  ...broad('OVERLOADED', GOOGLE, ['unavailable']),
  ...broad('FORBIDDEN', ANTHROPIC, ['permission_error']),
  ...broad('FORBIDDEN', GOOGLE, ['permission_denied']),
  ...broad('TIMEOUT', ANTHROPIC, ['timeout_error']),
  ...broad('TIMEOUT', GOOGLE, ['deadline_exceeded']),
  ...broad('SERVER_ERROR', OPENAI, ['server_error', 'internal_server_error']),
  ...broad('SERVER_ERROR', ANTHROPIC, ['api_error']),
  ...broad('SERVER_ERROR', GOOGLE, ['internal']),
  ...broad('BAD_REQUEST', OPENAI, ['invalid_request_error', 'invalid_prompt']),
  ...broad('BAD_REQUEST', GOOGLE, ['invalid_argument', 'failed_precondition']),
];

/** Reasons that say nothing about other tasks. */
const OF_ONE_TASK: ReadonlySet<Reason> = new Set([
  'CONTENT_FILTERED',
  'CONTEXT_TOO_LONG',
  'TOO_LARGE',
]);

/** What a provider says of a request, and not of an account or a server. */
const OF_A_REQUEST = [400, 403, 404, 413, 422];

/** Read November 2026. */
export const ERROR_TEXTS: readonly ErrorText[] = [
  text('QUOTA_EXHAUSTED', ANTHROPIC, /(?:you|your|this|the) credit balance is too low/),
  text(
    'QUOTA_EXHAUSTED',
    DEV_PROXY,
    /(?:you|your|this|the) [^.]{0,80}\b(?:reached|exceeded) [^.]{0,60}(?:spend|spending|usage) limits?\b/,
    [400, 402, 403, 429],
  ),
  text('QUOTA_EXHAUSTED', DEEPSEEK, /insufficient (?:account )?(?:balance|credits?|funds)\b/),
  text('QUOTA_EXHAUSTED', MOONSHOT, /your account [^.]{0,80}\binsufficient balance\b/),
  text('QUOTA_EXHAUSTED', LITELLM_BUDGET, /(?:budget has been exceeded|exceededbudget)\b/),
  text(
    'QUOTA_EXHAUSTED',
    XAI,
    /your (?:newly created )?team [^.]{0,80}(?:(?:doesn't|does not) have any credits|has (?:either )?(?:used all|run out|exhausted))/,
  ),
  text('QUOTA_EXHAUSTED', TOGETHER, /credit limit exceeded\b/),
  text(
    'QUOTA_EXHAUSTED',
    OPENROUTER,
    /(?:this request requires more credits|insufficient credits)/,
  ),
  text(
    'QUOTA_EXHAUSTED',
    ALIBABA,
    /access denied, please make sure your account is in good standing/,
  ),
  text('AUTH', XAI, /(?:incorrect|invalid)(?:\s|%20)api(?:\s|%20)key(?:\s|%20)provided\b/),
  text('AUTH', GEMINI, /api key (?:not valid|expired|not found)\b/),
  text('AUTH', GEMINI, /(?:please pass a valid api key|missing a valid api key)\b/),
  text('AUTH', GOOGLE, /method doesn't allow unregistered callers\b/),
  text('AUTH', LITELLM, /authentication (?:error|fails?|failed)\b/),
  text('AUTH', OPENROUTER, /no (?:auth credentials found|cookie auth credentials found)/),
  text('AUTH', MOONSHOT, /invalid (?:authentication|api[ _-]?key|access token)\b/),
  text('AUTH', MOONSHOT, /(?:invalid|expired) (?:or expired )?token\b/, [401, 403, 498]),
  text('AUTH', MINIMAX, /(?:login fail|invalid api key)\b/),
  text('AUTH', TOGETHER, /(?:missing|no) (?:api[ _-]?key|authorization header)\b/),
  text('CONTENT_FILTERED', OPENROUTER, /(?:flagged|moderation)\b/, [403]),
  text(
    'CONTENT_FILTERED',
    OPENAI,
    /(?:your |invalid )?(?:input|prompt|request)[^.]{0,60}\b(?:flagged|safety system|moderation)\b/,
    [400],
  ),
  text('CONTENT_FILTERED', AZURE, /the response was filtered\b/, [400]),
  text(
    'CONTENT_FILTERED',
    ALIBABA,
    /(?:input|output) data may contain inappropriate content\b/,
    [400],
  ),
  text('CONTEXT_TOO_LONG', ANTHROPIC, /prompt is too long\b/, [400, 413, 422, 500]),
  text('CONTEXT_TOO_LONG', BEDROCK, /input is too long for requested model\b/, [400]),
  text('CONTEXT_TOO_LONG', VLLM, /maximum context length is\b/, [400, 413, 422, 500]),
  text(
    'CONTEXT_TOO_LONG',
    LLAMA_CPP,
    /exceeds? (?:the )?(?:available |model'?s? )?(?:maximum )?context (?:size|length|limit|window)/,
    [400, 413, 422, 500],
  ),
  text(
    'CONTEXT_TOO_LONG',
    GEMINI,
    /input (?:length|token count)\b[^.]{0,80}\bexceed/,
    [400, 413, 422],
  ),
  text('CONTEXT_TOO_LONG', OPENROUTER, /maximum context length\b/, [400, 413, 422]),
  text(
    'NOT_FOUND',
    OPENAI,
    /the model [`'"]?[\w./:@-]{1,100}[`'"]? (?:does not exist|was not found|is not found|not found)\b/,
    OF_A_REQUEST,
  ),
  text('NOT_FOUND', BEDROCK, /the provided model identifier is invalid\b/, OF_A_REQUEST),
  text('NOT_FOUND', DEEPSEEK, /model not exist\b/, OF_A_REQUEST),
  text('NOT_FOUND', OPENROUTER, /[\w./:@-]{1,100} is not a valid model id\b/, OF_A_REQUEST),
  text('NOT_FOUND', LITELLM, /[^.]{0,40}\binvalid model name passed in\b/, OF_A_REQUEST),
  text('NOT_FOUND', TOGETHER, /unable to access model\b/, OF_A_REQUEST),
  text('TOO_LARGE', OPENAI, /request too large\b/, [413, 429]),
  text('RATE_LIMITED', OPENROUTER, /rate limit (?:exceeded|reached)\b/, [400, 403, 500, 503]),
  text('OVERLOADED', FLEX, /resource unavailable\b/, [429]),
  text('OVERLOADED', MISTRAL, /service tier capacity exceeded\b/, [429]),
  text('OVERLOADED', DEEPSEEK, /(?:the )?server is (?:currently )?overloaded\b/, [500, 503]),
  // A flex tier without room: fewer requests would not be admitted either.
];

/** What a status means by itself. */
interface ErrorStatus {
  readonly status: number;
  readonly means: Reason;
  /** Sending it again does not help, though it is the server's trouble. */
  readonly isForGood?: true;
  /** The request did not get to where it is charged. */
  readonly isUnpaid?: true;
  readonly source: string;
}

const HTTP = 'https://www.rfc-editor.org/rfc/rfc9110';
const CLOUDFLARE = 'https://developers.cloudflare.com/support/troubleshooting/http-status-codes';

/** Read November 2026. Other statuses from 400 are about the request, from 500 about the server. */
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

/** Whether a server's own trouble may have come after the work was done. */
export function mayBePaid(status: number): boolean {
  return status >= 500 && BY_STATUS.get(status)?.isUnpaid !== true;
}

/** The reasons in the order in which they count, where an error has several. */
const ORDER: readonly Reason[] = [
  'QUOTA_EXHAUSTED',
  'AUTH',
  'CONTENT_FILTERED',
  'CONTEXT_TOO_LONG',
  'SCHEMA_MISMATCH',
  'NOT_FOUND',
  'TOO_LARGE',
  // More telling than the rate that some name besides: another rate would not help.
  'OVERLOADED',
  'RATE_LIMITED',
  'FORBIDDEN',
  'TIMEOUT',
  'SERVER_ERROR',
  'BAD_REQUEST',
];

/** What an error's own words say; undefined when they say nothing that its status does not. */
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

function words(means: Reason, source: string, list: readonly string[]): readonly ErrorWord[] {
  return list.map((word) => ({ word, means, source }));
}

function broad(means: Reason, source: string, list: readonly string[]): readonly ErrorWord[] {
  return list.map((word) => ({ word, means, isBroad: true, source }));
}

/**
 * Errors quote prompts, and a prompt must not be able to stop a provider: what concerns more than one
 * task is looked for at the beginning of a message only.
 */
function text(means: Reason, source: string, says: RegExp, under?: readonly number[]): ErrorText {
  const start = OF_ONE_TASK.has(means) ? '\\b' : '^\\s*';
  return {
    says: new RegExp(`${start}(?:${says.source})`, 'iu'),
    means,
    source,
    ...(under && { under }),
  };
}
