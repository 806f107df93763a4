import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createRedactor } from '../../src/errors/redact.ts';
import { bodyFailure, httpFailure } from '../../src/providers/http-failures.ts';
import { createCleaner } from '../../src/providers/clean-message.ts';
import type { AttemptFailure } from '../../src/providers/provider.ts';
import { vendorFacts } from '../../scripts/embed-vendor-facts.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');

const SECRET = 'sk-canary-123456';

const CONTEXT = {
  provider: 'local',
  model: 'm',
  host: 'llm.example',
  keyVariable: 'TEAM_KEY',
  epochMs: NOW,
  clean: createCleaner(createRedactor([SECRET])),
  redact: (text: string) => text,
};

function failureFor(
  status: number,
  body: unknown,
  parts: { headers?: Record<string, string>; params?: readonly string[]; schema?: boolean } = {},
): AttemptFailure {
  const { headers = {}, params = [], schema = false } = parts;
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const context = { ...CONTEXT, extras: { schema, attachments: false, params } };
  return httpFailure({ status, headers, body, text }, context);
}

const error = (message: string, more: object = {}): object => ({ error: { message, ...more } });

/** An error as LiteLLM passes it on from a provider. */
function wrapped(exception: string, inner: unknown): object {
  const message = `litellm.${exception}: SomeException - ${JSON.stringify(inner)}. Received Model Group=m`;
  return error(message, { type: null, param: null, code: '400' });
}

test('a rejected key leads to exactly this failure', () => {
  const body = error(`Incorrect API key provided: ${SECRET}.`, { code: 'invalid_api_key' });
  expect(failureFor(401, body)).toEqual({
    code: 'AUTH',
    message: 'llm.example answered 401: Incorrect API key provided: [redacted].',
    hint: 'check the key in `TEAM_KEY`: it may be mistyped, revoked or from another account',
    httpStatus: 401,
    retryable: false,
    reach: 'provider',
    possiblyPaid: false,
  });
});

describe("each vendor's form of an error is read", () => {
  test.each<readonly [string, unknown]>([
    ['OpenAI', error('it broke', { type: 'x', code: null })],
    ['Anthropic', { type: 'error', ...error('it broke', { type: 'api_error' }) }],
    ['OpenRouter', { ...error('it broke', { code: 500 }), user_id: 'u' }],
    ['Ollama', { error: 'it broke' }],
    ['vLLM', { object: 'error', message: 'it broke', type: 'BadRequestError', code: 500 }],
    ['FastAPI', { detail: 'it broke' }],
    ['Mistral', { detail: [{ loc: ['body'], msg: 'it broke', type: 'missing' }] }],
    ['Gemini', [error('it broke', { code: 500, status: 'INTERNAL' })]],
    ['plain text', 'it broke'],
    ['a page', '<html><head><title>it broke</title></head><body>long</body></html>'],
  ])('%s', (_vendor, body) => {
    expect(failureFor(500, body).message).toBe('llm.example answered 500: it broke');
  });

  test('nothing at all', () => {
    expect(failureFor(500, '').message).toBe('llm.example answered 500');
  });
});

test.each([
  [429, 'insufficient_quota'],
  [429, 'credit_balance_exhausted'],
  [429, 'organization_spend_limit_exceeded'],
  [429, 'project_spend_limit_exceeded'],
  [429, 'organization_usage_limit_exceeded'],
  [429, 'enforced_spend_limit_reached'],
  [403, 'insufficient_quota'],
])('%d %s stops the provider', (status, code) => {
  const headers = { 'retry-after': '1' };
  expect(failureFor(status, error('x', { code }), { headers })).toMatchObject({
    code: 'QUOTA_EXHAUSTED',
    retryable: false,
    reach: 'provider',
  });
});

describe('a wrong key stops the provider, with any status', () => {
  const xai = { code: 'Client specified an invalid argument' };

  test.each<readonly [name: string, status: number, body: unknown]>([
    ['xAI', 400, { ...xai, error: 'Incorrect API key provided: no***23.' }],
    ['xAI, encoded', 400, { ...xai, error: 'Incorrect%20API%20key%20provided:%20no***23.' }],
    ['Gemini', 400, [error('API key not valid.', { code: 400, status: 'INVALID_ARGUMENT' })]],
    ['Gemini by its reason', 400, error('Bad.', { details: [{ reason: 'API_KEY_INVALID' }] })],
    ['Gemini, expired', 400, error('API key expired.', { status: 'INVALID_ARGUMENT' })],
    ['Google without a key', 403, error("Method doesn't allow unregistered callers.")],
    ['OpenAI by its code', 400, error('No.', { code: 'invalid_api_key' })],
    ['OpenRouter', 401, error('No auth credentials found', { code: 401 })],
    ['Moonshot', 401, error('Invalid Authentication', { type: 'invalid_authentication_error' })],
    ['Alibaba', 400, { code: 'InvalidApiKey', message: 'Invalid API-key provided.' }],
    [
      'LiteLLM around xAI',
      400,
      wrapped('BadRequestError', { error: 'Incorrect API key provided' }),
    ],
    ['LiteLLM by its type', 400, error('No.', { type: 'token_not_found_in_db' })],
    ['LiteLLM by its text', 400, error('Authentication Error, Invalid proxy server token passed')],
    ['a token that expired', 498, { message: 'Invalid or expired token' }],
    ['Anthropic by its type', 400, error('invalid x-api-key', { type: 'authentication_error' })],
    ['Azure', 403, error('Access denied due to invalid subscription key or wrong API endpoint.')],
    ['Cohere', 400, { message: 'invalid api token' }],
    ['Fireworks', 403, error('The API key you provided is invalid.')],
    ['Groq', 400, error('Organization has been restricted.', { code: 'organization_restricted' })],
    ['a gateway', 400, error('The provided API key is invalid.')],
    [
      'a server error that contains it',
      500,
      error('Failed', { metadata: { raw: '{"error":{"code":"invalid_api_key","message":"no"}}' } }),
    ],
  ])('%s', (_name, status, body) => {
    expect(failureFor(status, body)).toMatchObject({
      code: 'AUTH',
      retryable: false,
      reach: 'provider',
      hint: expect.stringContaining('TEAM_KEY'),
    });
  });
});

describe('an empty account stops the provider, in whatever words', () => {
  const raw = '{"error":{"message":"x","type":"exceeded_current_quota_error"}}';
  const depleted = 'Your prepayment credits are depleted.';
  const suspended =
    'Account acme is suspended, possibly due to reaching the monthly spending limit or failure to pay past invoices.';
  const current =
    'You exceeded your current quota, please check your plan and billing details. For more information on this error, read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors.';

  test.each<readonly [name: string, status: number, body: unknown]>([
    ['Moonshot', 429, error('x', { type: 'exceeded_current_quota_error' })],
    [
      'Moonshot by its text',
      403,
      error('Your account org-0 <ak> is suspended due to insufficient balance, please recharge'),
    ],
    ['MiniMax', 429, error('x (1008)', { type: 'insufficient_balance_error' })],
    ['MiniMax as a server error', 500, error('insufficient balance (1008)', { type: 'api_error' })],
    ['DeepSeek', 402, error('Insufficient Balance', { type: 'unknown_error' })],
    ['DeepSeek in LiteLLM', 400, wrapped('BadRequestError', error('Insufficient Balance'))],
    ['LiteLLM', 400, error('x', { type: 'budget_exceeded' })],
    ['LiteLLM by its texts', 400, error('Budget has been exceeded! Current cost: 10')],
    ['LiteLLM, for a user', 429, error('ExceededBudget: User=x over budget. Spend=10')],
    ['Zhipu', 429, error('余额不足', { code: '1113' })],
    ['Alibaba', 400, error('x', { code: 'Arrearage' })],
    [
      'Alibaba by its text',
      400,
      error('Access denied, please make sure your account is in good standing.'),
    ],
    ['Volcengine', 403, error('overdue', { code: 'AccountOverdueError' })],
    ['xAI', 403, { code: 'no', error: "Your newly created team doesn't have any credits yet." }],
    [
      'xAI, used up',
      403,
      { code: 'no', error: 'Your team 0-1 has either used all credits or not.' },
    ],
    ['OpenRouter', 402, error('This request requires more credits, or fewer max_tokens.')],
    ['OpenRouter around Moonshot', 429, error('Failed', { code: 429, metadata: { raw } })],
    ['Anthropic', 400, error('Your credit balance is too low to access the Anthropic API.')],
    ['Anthropic, a workspace', 400, error('This workspace has reached its monthly spend limit.')],
    ['Google, prepaid', 402, error(depleted, { status: 'RESOURCE_EXHAUSTED' })],
    ['Google, prepaid, as a 429', 429, [error(depleted, { status: 'RESOURCE_EXHAUSTED' })]],
    ['Fireworks', 412, error(suspended, { code: 'PRECONDITION_FAILED' })],
    ['Fireworks in LiteLLM', 412, wrapped('APIError', error(suspended))],
    ['OpenRouter, a key', 403, error('Key limit exceeded (total limit). Manage it using x')],
    ['SiliconFlow', 403, { code: 30001, message: 'Sorry, your account balance is insufficient' }],
    ['Zhipu in a gateway', 429, error('余额不足或无可用资源包,请充值。')],
    ['xAI, a subscription', 403, { code: 'a:b', error: 'You have run out of credits or need x' }],
    ['one-api', 403, error('user quota is not enough', { code: 'insufficient_user_quota' })],
    ['new-api', 403, error('用户额度不足, 剩余额度: ＄-0.000100')],
    ['new-api, a key', 403, error('x', { code: 'pre_consume_token_quota_failed' })],
    ['Cline', 429, error('x', { code: 'SPEND_LIMIT_EXCEEDED' })],
    ['OpenAI in a gateway', 429, error(current)],
    [
      'OpenAI in a gateway, inactive',
      429,
      error('Your account is not active, please check your billing details.'),
    ],
  ])('%s', (_name, status, body) => {
    expect(failureFor(status, body)).toMatchObject({
      code: 'QUOTA_EXHAUSTED',
      retryable: false,
      reach: 'provider',
    });
  });

  test('Google also says quota for a rate limit', () => {
    const body = error('You exceeded your current quota, please check your plan.', {
      code: 429,
      status: 'RESOURCE_EXHAUSTED',
    });
    expect(failureFor(429, body)).toMatchObject({ code: 'RATE_LIMITED', reach: 'lane' });
  });
});

describe('a prompt quoted in an error does not affect other tasks', () => {
  test.each([
    'The prompt "Incorrect API key provided" is not allowed',
    'Invalid value: {"error":{"code":"insufficient_quota"}}',
    "messages.0.content: input was 'Your credit balance is too low'",
    'bad message: "You have reached your usage limit, credit balance is too low"',
    'Bad text - {"error":{"code":"invalid_api_key"}}',
  ])('%s', (message) => {
    expect(failureFor(400, error(message))).toMatchObject({ code: 'BAD_REQUEST', reach: 'task' });
  });
});

describe('each status has its meaning', () => {
  test.each([
    [400, 'BAD_REQUEST', false, false],
    [403, 'FORBIDDEN', false, false],
    [405, 'NOT_FOUND', false, false],
    [408, 'TIMEOUT', true, true],
    [409, 'BAD_REQUEST', false, false],
    [420, 'RATE_LIMITED', true, false],
    [424, 'SERVER_ERROR', true, false],
    [451, 'FORBIDDEN', false, false],
    [460, 'TIMEOUT', true, true],
    [498, 'OVERLOADED', true, false],
    [499, 'TIMEOUT', true, true],
    [500, 'SERVER_ERROR', true, false],
    [501, 'SERVER_ERROR', false, false],
    [520, 'SERVER_ERROR', true, true],
    [522, 'SERVER_ERROR', true, false],
    [524, 'SERVER_ERROR', true, true],
    [530, 'SERVER_ERROR', true, false],
    [599, 'SERVER_ERROR', true, true],
  ])('%d is %s', (status, code, retryable, possiblyPaid) => {
    expect(failureFor(status, '')).toMatchObject({ code, retryable, possiblyPaid });
  });

  test.each([
    [400, error('no', { code: 'context_length_exceeded' }), 'CONTEXT_TOO_LONG'],
    [500, error('no', { type: 'ContextWindowExceededError' }), 'CONTEXT_TOO_LONG'],
    [
      400,
      error('Prompt has 9 tokens, too large for a maximum context length of 8'),
      'CONTEXT_TOO_LONG',
    ],
    [400, error("This model's maximum context length is 8192 tokens."), 'CONTEXT_TOO_LONG'],
    [400, error('input length and `max_tokens` exceed context limit: 3 > 2'), 'CONTEXT_TOO_LONG'],
    [413, error('prompt is too long: 9 tokens > 8 maximum'), 'CONTEXT_TOO_LONG'],
    [400, error("This model's maximum prompt length is 8 but it has 9."), 'CONTEXT_TOO_LONG'],
    [422, { error: '`inputs` tokens + `max_new_tokens` must be <= 8.' }, 'CONTEXT_TOO_LONG'],
    [400, error('x', { type: 'exceed_context_size_error' }), 'CONTEXT_TOO_LONG'],
    [400, error('Model Not Exist', { type: 'invalid_request_error' }), 'NOT_FOUND'],
    [400, error('foo/bar is not a valid model ID', { code: 400 }), 'NOT_FOUND'],
    [400, error('/chat/completions: Invalid model name passed in model=x.'), 'NOT_FOUND'],
    [413, error('Request too large for `x`', { code: 'rate_limit_exceeded' }), 'TOO_LARGE'],
    [429, error('Request too large for `x`', { code: 'rate_limit_exceeded' }), 'TOO_LARGE'],
    [
      400,
      { code: 'DataInspectionFailed', message: 'Input data may contain inappropriate content.' },
      'CONTENT_FILTERED',
    ],
    [
      400,
      error('no', { innererror: { code: 'ResponsibleAIPolicyViolation' } }),
      'CONTENT_FILTERED',
    ],
    [400, error('no', { code: 'json_validate_failed' }), 'SCHEMA_MISMATCH'],
    [500, error('litellm.JSONSchemaValidationError: model=m, returned'), 'SCHEMA_MISMATCH'],
    [400, { __type: 'ThrottlingException', message: 'Too many requests' }, 'RATE_LIMITED'],
    [500, error('no', { type: 'overloaded_error' }), 'OVERLOADED'],
  ])('%d with %o is %s', (status, body, code) => {
    expect(failureFor(status, body).code).toBe(code);
  });

  test.each([
    [
      error('slow down', { code: 429 }),
      'RATE_LIMITED',
      'llm.example answered 200 with error 429: slow down',
    ],
    [
      error('x', { type: 'overloaded_error' }),
      'OVERLOADED',
      'llm.example answered 200 with an error: x',
    ],
    [
      { base_resp: { status_code: 1008, status_msg: 'insufficient balance' } },
      'QUOTA_EXHAUSTED',
      'llm.example answered 200 with an error: insufficient balance',
    ],
  ])('in a 200, %o is %s, and the 200 is reported', (body, code, message) => {
    const reply = { status: 200, headers: {}, body, text: '' };
    expect(bodyFailure(reply, 502, CONTEXT)).toMatchObject({
      code,
      message,
      httpStatus: 200,
      possiblyPaid: true,
    });
  });
});

describe('a wait is found wherever the server puts it', () => {
  test.each<readonly [name: string, body: unknown, waitMs: number | undefined]>([
    [
      "Google's detail",
      error('x', { details: [{ '@type': 'RetryInfo', retryDelay: '5s' }] }),
      5_000,
    ],
    ['its text', error('You exceeded your quota. Please retry in 5.2s.'), 5_200],
    [
      'OpenAI',
      error('Rate limit reached for m. Please try again in 1.24s. Visit https://x'),
      1_240,
    ],
    ['OpenAI, short', error('Limit 3. Please try again in 20ms. Visit'), 20],
    ['OpenAI, long', error('Please try again in 6m0s. Contact us'), 360_000],
    ['Groq', error('Used 9. Please try again in 7m12.5s.'), 432_500],
    ['Azure', error('Please retry after 12 seconds.'), 12_000],
    ['a minute', error('Try again in 1 minute'), 60_000],
    [
      'OpenRouter',
      error('x', { metadata: { headers: { 'X-RateLimit-Reset': String(NOW + 7_000) } } }),
      // One second is added to a point in time.
      8_000,
    ],
    ['OpenRouter, seconds', error('x', { metadata: { headers: { 'Retry-After': '3' } } }), 3_000],
    ['a field', error('x', { retry_after: 4 }), 4_000],
    ['a field in milliseconds', error('x', { retry_after_ms: 1_500 }), 1_500],
    ['a field as a string', { message: 'x', retryAfter: '9s' }, 9_000],
    [
      'a gateway that wraps it',
      wrapped('RateLimitError', error('x', { details: [{ retryDelay: '8s' }] })),
      8_000,
    ],
    ['nothing', error('slow down'), undefined],
    ['a number that is not a wait', error('You sent 5 requests. Do not try again.'), undefined],
  ])('%s', (_name, body, waitMs) => {
    expect(failureFor(429, body).retryAfterMs).toBe(waitMs);
  });

  test('the header wins', () => {
    const headers = { 'retry-after': '2' };
    expect(failureFor(429, error('retry in 9s'), { headers }).retryAfterMs).toBe(2_000);
  });
});

describe('the message has the cause on one line', () => {
  test.each<readonly [name: string, body: unknown, said: string]>([
    [
      'pydantic',
      {
        detail: [
          {
            type: 'extra_forbidden',
            loc: ['body', 'store'],
            msg: 'Extra inputs are not permitted',
          },
        ],
      },
      'store: Extra inputs are not permitted',
    ],
    [
      'pydantic in a message',
      { object: 'error', message: { detail: [{ loc: ['body', 'store'], msg: 'Not permitted' }] } },
      'store: Not permitted',
    ],
    [
      'pydantic as Python prints it',
      {
        object: 'error',
        message:
          "[{'type': 'extra_forbidden', 'loc': ('body', 'store'), 'msg': 'Not permitted', 'input': False}]",
      },
      'store: Not permitted',
    ],
    [
      'pydantic under a title',
      error(
        "1 validation error:\n  {'type': 'missing', 'loc': ('body', 'messages', 0, 'role'), 'msg': 'Field required', 'input': {}}",
      ),
      '1 validation error: messages.0.role: Field required',
    ],
    [
      'two pydantic errors',
      {
        detail: [
          { loc: ['body', 'a'], msg: 'one' },
          { loc: ['body', 'b'], msg: 'two' },
        ],
      },
      'a: one: b: two',
    ],
    [
      'OpenRouter',
      error('Provider returned error', {
        code: 400,
        metadata: { raw: '{"error":{"message":"max_tokens is too large","param":null}}' },
      }),
      'Provider returned error: max_tokens is too large',
    ],
    [
      'OpenRouter with text inside',
      error('Provider returned error', {
        metadata: { raw: 'm is temporarily rate-limited upstream.' },
      }),
      'Provider returned error: m is temporarily rate-limited upstream.',
    ],
    [
      'OpenRouter with an event inside',
      error('Provider returned error', {
        metadata: { raw: 'data: {"error":{"message":"no JSON mode"}}' },
      }),
      'Provider returned error: no JSON mode',
    ],
    [
      'LiteLLM',
      wrapped('BadRequestError', error('store is unknown')),
      'litellm.BadRequestError: SomeException: store is unknown',
    ],
    [
      'LiteLLM with bytes inside',
      error('litellm.APIError: VLLMException - b\'{"detail":"no such route"}\''),
      'litellm.APIError: VLLMException: no such route',
    ],
    [
      'LiteLLM with a Python error inside',
      error(
        "litellm.BadRequestError: Error code: 400 - {'error': {'message': 'bad store', 'param': None}}",
      ),
      'litellm.BadRequestError: Error code: 400: bad store',
    ],
    [
      'Cloudflare',
      { success: false, errors: [{ code: 7009, message: 'no such model' }] },
      'no such model',
    ],
    [
      'Zod',
      { error: { name: 'ZodError', issues: [{ path: ['top_k'], message: 'too high' }] } },
      'top_k: too high',
    ],
    [
      'Zod as a string',
      error('[{"code":"too_big","path":["top_k"],"message":"too high"}]', { name: 'ZodError' }),
      'top_k: too high',
    ],
    [
      'Google',
      error('Invalid argument.', {
        details: [{ fieldViolations: [{ field: 'top_k', description: 'too high' }] }],
      }),
      'Invalid argument.: top_k: too high',
    ],
    [
      'Spring',
      { error: 'Bad Request', errors: [{ field: 'top_k', defaultMessage: 'too high' }] },
      'Bad Request: top_k: too high',
    ],
    [
      'RFC 7807',
      { title: 'Invalid', invalid_params: [{ name: 'top_k', reason: 'too high' }] },
      'top_k: too high',
    ],
    [
      'JSON:API',
      { errors: [{ detail: 'too high', source: { pointer: '/options/top_k' } }] },
      'options.top_k: too high',
    ],
    ['Ajv', { error: [{ instancePath: '/top_k', message: 'too high' }] }, 'top_k: too high'],
    ['Django', { errors: { top_k: ['too high'] } }, 'top_k: too high'],
    ['the same twice', { message: 'it broke', error: { message: 'it broke' } }, 'it broke'],
    [
      'a key that is not ours',
      error('no access with sk-proj-abcdefghijklmnop1234567890'),
      `no access with ${'*'.repeat(34)}`,
    ],
    [
      'an address with a password',
      error('cannot reach https://user:hunter2@up.example/v1'),
      'cannot reach https://[redacted]@up.example/v1',
    ],
  ])('%s', (_name, body, said) => {
    expect(failureFor(422, body).message).toBe(`llm.example answered 422: ${said}`);
  });

  test('and the hint names the parameter', () => {
    const body = error("Unknown parameter: 'store'.", { param: 'store' });
    expect(failureFor(400, body, { params: ['store'] })).toMatchObject({
      parameter: 'store',
      hint: 'leave `store` out of `params`, or change it',
    });
    const schema = error('not supported', { param: 'response_format' });
    expect(failureFor(400, schema, { schema: true }).hint).toBe(
      'if `m` does not accept a schema, set `structured_output: prompt` for `local`',
    );
  });
});

test("vendors' words match the data file, in which each has the address of its source", () => {
  const generated = new URL('../../src/generated/vendor-facts.ts', import.meta.url);
  expect(vendorFacts()).toBe(readFileSync(generated, 'utf8'));
});

test('an error body is read within limits, however deep or long', () => {
  let deep: unknown = 'x';
  for (let level = 0; level < 1_000; level += 1) deep = { error: deep };
  const wide = { errors: Array.from({ length: 50_000 }, () => ({ message: 'x'.repeat(10) })) };
  const texts = [
    '[['.repeat(30_000),
    `Error: ${'{"a":'.repeat(20_000)}`,
    `Error${' '.repeat(60_000)}`,
    `${'Error  '.repeat(50)}x{`,
  ];
  for (const body of [deep, wide, ...texts.map((text) => error(text))])
    expect(failureFor(400, body).code).toBe('BAD_REQUEST');
});

test.each([
  ['OpenAI, by its message', error('Resource Unavailable', { type: 'rate_limit_error' })],
  ['OpenAI, by its code', error('No capacity', { code: 'resource_unavailable' })],
  ['OpenAI, in lower case', error('Resource unavailable. Try again later.', { code: null })],
  [
    'Mistral',
    {
      object: 'error',
      message: 'Service tier capacity exceeded for this model.',
      type: 'service_tier_capacity_exceeded',
      code: '3505',
    },
  ],
])('a 429 for a lack of flex capacity is an overload, not a rate limit: %s', (_name, body) => {
  expect(failureFor(429, body)).toMatchObject({
    code: 'OVERLOADED',
    retryable: true,
    reach: 'lane',
    possiblyPaid: false,
  });
});

test('a prompt about resources stays a rate limit', () => {
  const body = error('Rate limit reached: the prompt said "resource unavailable"');
  expect(failureFor(429, body).code).toBe('RATE_LIMITED');
});

test.each([400, 401, 402, 403, 404, 413, 422])(
  '`x-should-retry: true` does not make a %d worth a retry',
  (status) => {
    const headers = { 'x-should-retry': 'true' };
    expect(failureFor(status, {}, { headers }).retryable).toBe(false);
  },
);

test.each([500, 502, 503, 504, 520, 522, 524, 529, 425, 408, 429])(
  '%d is retried unless the server says not to',
  (status) => {
    const headers = { 'x-should-retry': 'false' };
    expect(failureFor(status, {}).retryable).toBe(true);
    expect(failureFor(status, {}, { headers }).retryable).toBe(false);
  },
);

test('a message is limited, and the limit does not cut a secret in half', () => {
  const { message } = failureFor(400, error(`${'y'.repeat(490)} ${SECRET}`));
  expect(message.length).toBeLessThan(560);
  expect(message).not.toContain('sk-c');
});

test('a load that grows too fast is distinguished from one that is too high', () => {
  const type = 'rate_limit_error';
  const ramp = failureFor(429, error('slow down', { type, code: 'ramp_limit_exceeded' }));
  expect(ramp).toMatchObject({ code: 'RATE_LIMITED', growsTooFast: true });
  expect(failureFor(429, error('slow down', { type }))).not.toHaveProperty('growsTooFast');
});

test.each([
  ['Max concurrent requests reached', true],
  ['Your account reached its concurrency limit', true],
  ['Rate limit reached for requests', false],
])('a rate limit on concurrent requests is recognized: %s', (message, isAtOnce) => {
  expect(failureFor(429, error(message)).tooManyAtOnce ?? false).toBe(isAtOnce);
});
