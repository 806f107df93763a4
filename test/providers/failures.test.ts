import { describe, expect, test } from 'vitest';
import { createRedactor } from '../../src/errors/redact.ts';
import { httpFailure } from '../../src/providers/failures.ts';
import { createCleaner } from '../../src/providers/message-text.ts';
import type { AttemptFailure } from '../../src/providers/provider.ts';

function failureFor(
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): AttemptFailure {
  return httpFailure(
    { status, headers, body, text: typeof body === 'string' ? body : JSON.stringify(body) },
    {
      provider: 'openai',
      model: 'gpt-x',
      host: 'api.openai.com',
      keyVariable: 'OPENAI_API_KEY',
      epochMs: 0,
      clean: createCleaner(createRedactor(['sk-canary-123456'])),
      redact: (text) => text,
    },
  );
}

test('a rejected key: whole message and hint', () => {
  const body = {
    error: { message: 'Incorrect API key provided: sk-canary-123456.', code: 'invalid_api_key' },
  };
  expect(failureFor(401, body)).toEqual({
    code: 'AUTH',
    message: 'api.openai.com answered 401: Incorrect API key provided: [redacted].',
    hint: 'check the key in `OPENAI_API_KEY`: it may be mistyped, revoked or from another account',
    httpStatus: 401,
    retryable: false,
    reach: 'provider',
    possiblyPaid: false,
  });
});

describe("each vendor's wording", () => {
  test.each([
    ['OpenAI', { error: { message: 'it broke', type: 'x', code: null } }],
    ['Anthropic', { type: 'error', error: { type: 'api_error', message: 'it broke' } }],
    ['OpenRouter', { error: { code: 500, message: 'it broke' }, user_id: 'u' }],
    ['Ollama', { error: 'it broke' }],
    ['vLLM', { object: 'error', message: 'it broke', type: 'BadRequestError', code: 500 }],
    ['FastAPI', { detail: 'it broke' }],
    ['Mistral', { detail: [{ loc: ['body'], msg: 'it broke', type: 'missing' }] }],
    ['Gemini', [{ error: { code: 500, message: 'it broke', status: 'INTERNAL' } }]],
    ['plain text', 'it broke'],
    ['a page', '<html><head><title>it broke</title></head><body>long</body></html>'],
  ])('%s', (_vendor, body) => {
    expect(failureFor(500, body).message).toBe('api.openai.com answered 500: it broke');
  });

  test('nothing at all', () => {
    expect(failureFor(500, '').message).toBe('api.openai.com answered 500');
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
  expect(
    failureFor(status, { error: { code, message: 'x' } }, { 'retry-after': '1' }),
  ).toMatchObject({
    code: 'QUOTA_EXHAUSTED',
    retryable: false,
    reach: 'provider',
  });
});

test.each([
  'Your credit balance is too low to access the Anthropic API.',
  'You have reached your specified API usage limits. You will regain access on 2026-12-01.',
  'This workspace has reached its monthly spend limit.',
])('400 %s stops the provider', (message) => {
  expect(failureFor(400, { error: { message } })).toMatchObject({
    code: 'QUOTA_EXHAUSTED',
    reach: 'provider',
  });
});

test('a prompt quoted in an error cannot stop the provider', () => {
  const message = 'bad message: "You have reached your usage limit, credit balance is too low"';
  expect(failureFor(400, { error: { message } })).toMatchObject({
    code: 'BAD_REQUEST',
    reach: 'task',
  });
});

test("Gemini's RESOURCE_EXHAUSTED is a rate limit, whatever its text says about a quota", () => {
  const body = [
    {
      error: {
        code: 429,
        status: 'RESOURCE_EXHAUSTED',
        message: 'You exceeded your current quota',
      },
    },
  ];
  expect(failureFor(429, body)).toMatchObject({
    code: 'RATE_LIMITED',
    retryable: true,
    reach: 'lane',
  });
});

test('a request larger than a minute allows is not retried', () => {
  const message = 'Request too large for gpt-x: Limit 30000, Requested 41000';
  const body = { error: { message, code: 'rate_limit_exceeded' } };
  expect(failureFor(429, body)).toMatchObject({
    code: 'TOO_LARGE',
    retryable: false,
    reach: 'task',
  });
});

test.each([
  [400, { error: { message: "This model's maximum context length is 8192 tokens." } }],
  [
    400,
    {
      error: {
        message: 'input length and `max_tokens` exceed context limit: 199000 + 4096 > 200000',
      },
    },
  ],
  [413, { error: { message: 'prompt is too long: 9 tokens > 8 maximum' } }],
  [400, { error: { type: 'exceed_context_size_error', message: 'x' } }],
])('%d with a context that is too long: %o', (status, body) => {
  expect(failureFor(status, body)).toMatchObject({ code: 'CONTEXT_TOO_LONG', retryable: false });
});

test.each([400, 401, 402, 403, 404, 413, 422])(
  '`x-should-retry: true` does not make a %d worth a retry',
  (status) => {
    expect(failureFor(status, {}, { 'x-should-retry': 'true' }).retryable).toBe(false);
  },
);

test.each([500, 502, 503, 504, 520, 522, 524, 529, 425, 408, 429])(
  '%d is retried unless the server says not to',
  (status) => {
    expect([
      failureFor(status, {}).retryable,
      failureFor(status, {}, { 'x-should-retry': 'false' }).retryable,
    ]).toEqual([true, false]);
  },
);

test('a message is limited, and the limit does not cut a secret in half', () => {
  const { message } = failureFor(400, {
    error: { message: `${'y'.repeat(490)} sk-canary-123456` },
  });
  expect(message.length).toBeLessThan(560);
  expect(message).not.toContain('sk-c');
});

test('a load that grows too fast is distinguished from one that is too high', () => {
  const ramp = {
    error: { type: 'rate_limit_error', code: 'ramp_limit_exceeded', message: 'slow down' },
  };
  expect(failureFor(429, ramp)).toMatchObject({ code: 'RATE_LIMITED', growsTooFast: true });
  const rate = { error: { type: 'rate_limit_error', message: 'slow down' } };
  expect(failureFor(429, rate)).not.toHaveProperty('growsTooFast');
});

test.each([
  ['Max concurrent requests reached', true],
  ['Your account reached its concurrency limit', true],
  ['Rate limit reached for requests', false],
])('a rate limit on concurrent requests is recognized: %s', (message, isAtOnce) => {
  const failure = failureFor(429, { error: { message } });
  expect(failure.tooManyAtOnce ?? false).toBe(isAtOnce);
});

test.each([{ code: 'resource_unavailable', message: 'no' }, { message: 'Resource Unavailable' }])(
  'a flex tier without capacity is an overload, not a rate limit: %o',
  (error) => {
    expect(failureFor(429, { error })).toMatchObject({
      code: 'OVERLOADED',
      reach: 'lane',
      retryable: true,
    });
  },
);
