import type { FailureCode } from '../errors/failure.ts';

/** What a server's error may be about, independent of its status. If it is about several, the first one counts. */
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

/** A word for the kind of error: a `code`, `type`, `status` or `reason` in the body, in lower case. */
interface ErrorWord {
  readonly word: string;
  readonly means: Reason;
  /** So general that an error status is more precise. */
  readonly isBroad?: true;
  readonly source: string;
}

/** A message for errors without a specific word. */
interface ErrorText {
  readonly says: RegExp;
  readonly means: Reason;
  /** The statuses for which it counts; default all. */
  readonly under: readonly number[] | undefined;
  readonly source: string;
}

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
const FIREWORKS = 'https://github.com/theopenco/llmgateway/pull/3838';
const OPENROUTER_KEY = 'https://github.com/gptme/gptme/issues/1449';
const SILICONFLOW = 'https://docs.siliconflow.com/en/faqs/error-code';
const ONE_API = 'https://github.com/songquanpeng/one-api/issues/898';
const CLINE = 'https://github.com/cline/cline/pull/10207';
const TGI = 'https://huggingface.co/docs/text-generation-inference';
const DEV_PROXY =
  'https://learn.microsoft.com/microsoft-cloud/dev/dev-proxy (Anthropic spend limits)';

/** As of November 2026. */
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
  ...words('QUOTA_EXHAUSTED', ONE_API, [
    'insufficient_user_quota',
    'pre_consume_token_quota_failed',
  ]),
  ...words('QUOTA_EXHAUSTED', CLINE, ['spend_limit_exceeded']),
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
  ...words('AUTH', ANTHROPIC, ['authentication_error']),
  ...words('AUTH', GROQ, ['organization_restricted']),
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

/** Statuses under which a context that is too long is reported. */
const LONG = [400, 413, 422];
/** Statuses about a request, not about an account or a server. */
const OF_REQUEST = [400, 403, 404, 413, 422];

/** The statuses for which a text counts are last; default all. */
type TextRow = readonly [source: string, says: RegExp, under?: readonly number[]];

/** As of November 2026. Flex without capacity is an overload: fewer requests would not be accepted either. */
const TEXTS: Readonly<Partial<Record<Reason, readonly TextRow[]>>> = {
  QUOTA_EXHAUSTED: [
    [ANTHROPIC, /(?:you|your|this|the) credit balance is too low/],
    [DEEPSEEK, /insufficient (?:account )?(?:balance|credits?|funds)\b/],
    [MOONSHOT, /your account [^.]{0,80}\binsufficient balance\b/],
    [LITELLM_BUDGET, /(?:budget has been exceeded|exceededbudget)\b/],
    [XAI, /your (?:newly created )?team [^.]{0,80}(?:doesn't|does not) have any credits/],
    [XAI, /your (?:newly created )?team [^.]{0,80}has (?:either )?(?:used all|run out|exhausted)/],
    [XAI, /you have run out of credits\b/],
    [TOGETHER, /credit limit exceeded\b/],
    [OPENROUTER, /(?:this request requires more credits|insufficient credits)/],
    [OPENROUTER_KEY, /key limit exceeded\b/],
    [ALIBABA, /access denied, please make sure your account is in good standing/],
    [GEMINI, /your prepayment credits are depleted\b/],
    [FIREWORKS, /account [\w.@-]{1,100} is suspended\b/],
    [SILICONFLOW, /(?:sorry, )?your account balance is insufficient\b/],
    [ZHIPU, /余额不足/],
    [ONE_API, /(?:user quota is not enough|用户额度不足)/],
    // Google uses the first sentence for rate limits.
    [OPENAI, /you exceeded your current quota, [^.]{0,80}\. [^.]{0,80}\bplatform\.openai\.com\b/],
    [OPENAI, /your account is not active, please check your billing details\b/],
    [
      DEV_PROXY,
      /(?:you|your|this|the) [^.]{0,80}\b(?:reached|exceeded) [^.]{0,60}(?:spend|spending|usage) limits?\b/,
      [400, 402, 403, 429],
    ],
  ],
  AUTH: [
    [XAI, /(?:incorrect|invalid)(?:\s|%20)api(?:\s|%20)key(?:\s|%20)provided\b/],
    [
      GEMINI,
      /(?:(?:the|your|this) )?(?:provided )?api key (?:you provided )?(?:is )?(?:not valid|invalid|expired|not found)\b/,
    ],
    [AZURE, /access denied due to invalid subscription key\b/],
    [GEMINI, /(?:please pass a valid api key|missing a valid api key)\b/],
    [GOOGLE, /method doesn't allow unregistered callers\b/],
    [LITELLM, /authentication (?:error|fails?|failed)\b/],
    [OPENROUTER, /no (?:auth credentials found|cookie auth credentials found)/],
    [MOONSHOT, /invalid (?:authentication|api[ _-]?key|(?:api|access) token)\b/],
    [MINIMAX, /(?:login fail|invalid api key)\b/],
    [TOGETHER, /(?:missing|no) (?:api[ _-]?key|authorization header)\b/],
    [MOONSHOT, /(?:invalid|expired) (?:or expired )?token\b/, [401, 403, 498]],
  ],
  CONTENT_FILTERED: [
    [OPENROUTER, /(?:flagged|moderation)\b/, [403]],
    [
      OPENAI,
      /(?:your |invalid )?(?:input|prompt|request)[^.]{0,60}\b(?:flagged|safety system|moderation)\b/,
      [400],
    ],
    [AZURE, /the response was filtered\b/, [400]],
    [ALIBABA, /(?:input|output) data may contain inappropriate content\b/, [400]],
  ],
  CONTEXT_TOO_LONG: [
    [BEDROCK, /input is too long for requested model\b/, [400]],
    [GEMINI, /input (?:length|token count)\b[^.]{0,80}\bexceed/, LONG],
    [OPENROUTER, /maximum context length\b/, LONG],
    [XAI, /maximum prompt length is\b/, LONG],
    [TGI, /inputs` tokens \+ `max_new_tokens` must be\b/, LONG],
    [ANTHROPIC, /prompt is too long\b/, [...LONG, 500]],
    [VLLM, /maximum context length is\b/, [...LONG, 500]],
    [
      LLAMA_CPP,
      /exceeds? (?:the )?(?:available |model'?s? )?(?:maximum )?context (?:size|length|limit|window)/,
      [...LONG, 500],
    ],
  ],
  SCHEMA_MISMATCH: [[LITELLM, /litellm\.JSONSchemaValidationError\b/]],
  NOT_FOUND: [
    [
      OPENAI,
      /the model [`'"]?[\w./:@-]{1,100}[`'"]? (?:does not exist|was not found|is not found|not found)\b/,
      OF_REQUEST,
    ],
    [OPENROUTER, /[\w./:@-]{1,100} is not a valid model id\b/, OF_REQUEST],
    [BEDROCK, /the provided model identifier is invalid\b/, OF_REQUEST],
    [DEEPSEEK, /model not exist\b/, OF_REQUEST],
    [LITELLM, /[^.]{0,40}\binvalid model name passed in\b/, OF_REQUEST],
    [TOGETHER, /unable to access model\b/, OF_REQUEST],
  ],
  TOO_LARGE: [[OPENAI, /request too large\b/, [413, 429]]],
  RATE_LIMITED: [[OPENROUTER, /rate limit (?:exceeded|reached)\b/, [400, 403, 500, 503]]],
  OVERLOADED: [
    [FLEX, /resource unavailable\b/, [429]],
    [MISTRAL, /service tier capacity exceeded\b/, [429]],
    [DEEPSEEK, /(?:the )?server is (?:currently )?overloaded\b/, [500, 503]],
  ],
};

/**
 * Errors quote prompts, and a prompt must not be able to stop a provider: reasons that concern other tasks count only
 * at the start of a message.
 */
export const ERROR_TEXTS: readonly ErrorText[] = REASONS.flatMap((means) =>
  (TEXTS[means] ?? []).map(([source, text, under]) => {
    const start = OF_ONE_TASK.has(means) ? '\\b' : '^\\s*';
    return { says: new RegExp(`${start}(?:${text.source})`, 'iu'), means, under, source };
  }),
);

function words(means: Reason, source: string, list: readonly string[]): readonly ErrorWord[] {
  return list.map((word) => ({ word, means, source }));
}

function broad(means: Reason, source: string, list: readonly string[]): readonly ErrorWord[] {
  return list.map((word) => ({ word, means, isBroad: true, source }));
}
