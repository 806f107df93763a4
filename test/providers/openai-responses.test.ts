import { describe, expect, test } from 'vitest';
import type { Verdict } from '../../src/providers/judge-answer.ts';
import { responsesDialect } from '../../src/providers/openai-responses.ts';
import { undiciWire } from '../../src/providers/undici-wire.ts';
import { describeContract } from './contract.ts';
import { failureOf, PLAIN, served, verdictOf, withParameters } from './setup.ts';

describeContract('responses');
describeContract('responses', { name: 'a stream', open: undiciWire, stream: 'always' });

describe('request', () => {
  test('parameters have their names in this API', () => {
    const request = withParameters({ maxTokens: 9, temperature: 0, topP: 1, reasoning: 'xhigh' });
    expect(responsesDialect.encode(request, PLAIN)).toEqual({
      ok: true,
      body: {
        model: 'test-model',
        input: 'ping',
        max_output_tokens: 9,
        temperature: 0,
        top_p: 1,
        reasoning: { effort: 'xhigh' },
        store: false,
      },
    });
  });

  test('`params` may allow the server to store the answer', () => {
    const request = withParameters({ params: { store: true } });
    expect(responsesDialect.encode(request, PLAIN)).toMatchObject({ body: { store: true } });
  });

  test('`stop` is refused before anything is sent', () => {
    expect(responsesDialect.encode(withParameters({ stop: ['x'] }), PLAIN)).toMatchObject({
      ok: false,
      failure: {
        code: 'BAD_REQUEST',
        message: '`stop` does not exist on the Responses API',
        hint: 'leave it out, or set `api: chat` for `local`',
      },
    });
  });

  test.each([
    [{ temperature: 0.5, params: { temperature: 1 } }, 'temperature'],
    [{ reasoning: 'low', params: { reasoning: { effort: 'high' } } }, 'reasoning.effort'],
    [{ reasoning: 'low', params: { reasoning: 'high' } }, 'reasoning'],
  ] as const)('params must not replace what the task has set: %j', (parameters, name) => {
    expect(responsesDialect.encode(withParameters(parameters), PLAIN)).toMatchObject({
      ok: false,
      failure: { message: `\`params\` must not contain \`${name}\`, which the task has set` },
    });
  });

  test('params may add to what the task has set', () => {
    const parameters = { reasoning: 'low', params: { reasoning: { summary: 'auto' } } } as const;
    expect(responsesDialect.encode(withParameters(parameters), PLAIN)).toMatchObject({
      body: { reasoning: { effort: 'low', summary: 'auto' } },
    });
  });
});

describe('the end of an answer', () => {
  test.each([
    ['max_output_tokens', 'TRUNCATED', 'length'],
    ['content_filter', 'CONTENT_FILTERED', 'content_filter'],
    ['steered', 'TRUNCATED', 'length'],
  ])('incomplete because of %s is %s', (reason, code, finishReason) => {
    expect(
      decode({ status: 'incomplete', incomplete_details: { reason }, output: said('half') }),
    ).toMatchObject({ failure: { code, finishReason, retryable: false, partialOutput: 'half' } });
  });

  const aside = {
    type: 'message',
    phase: 'commentary',
    content: [{ type: 'output_text', text: 'hm' }],
  };

  test.each([
    ['a comment before it', { output: [aside, ...said('yes')] }],
    ['content as a string', { output: [{ type: 'message', content: 'yes' }] }],
    ['parts in another wire format', { output: [{ type: 'message', content: [{ text: 'yes' }] }] }],
    ['only the derived field', { output: [], output_text: 'yes' }],
  ])('an answer with %s gives its text', (_name, body) => {
    expect(decode({ status: 'completed', ...body })).toMatchObject({
      kind: 'answered',
      text: 'yes',
    });
  });

  test('a comment is the answer if there is nothing else', () => {
    expect(decode({ status: 'completed', output: [aside] })).toMatchObject({ text: 'hm' });
  });

  test('a refusal part is REFUSED with its text', () => {
    const output = [{ type: 'message', content: [{ type: 'refusal', refusal: 'I cannot.' }] }];
    expect(decode({ status: 'completed', output })).toMatchObject({
      failure: { code: 'REFUSED', partialOutput: 'I cannot.' },
    });
  });

  test('a tool call alone is not an answer', () => {
    expect(
      decode({ status: 'completed', output: [{ type: 'function_call', name: 'x' }] }),
    ).toMatchObject({ failure: { code: 'BAD_RESPONSE', retryable: false } });
  });

  test.each(['in_progress', 'queued', 'cancelled'])('status `%s` is final', (status) => {
    expect(decode({ status, output: [] })).toMatchObject({
      failure: { code: 'BAD_RESPONSE', retryable: false, finishReason: status },
    });
  });

  test.each([
    ['server_error', { code: 'SERVER_ERROR', retryable: true, possiblyPaid: true }],
    ['rate_limit_exceeded', { code: 'RATE_LIMITED', retryable: true, reach: 'lane' }],
    ['invalid_image', { code: 'BAD_REQUEST', retryable: false }],
    ['bio_policy', { code: 'CONTENT_FILTERED', retryable: false }],
    ['insufficient_quota', { code: 'QUOTA_EXHAUSTED', reach: 'provider' }],
  ])('failed with %s in a 200', async (code, expected) => {
    const { send } = await served('responses', {
      kind: 'answer',
      override: { status: 'failed', error: { code, message: 'it failed' }, output: [] },
    });
    expect(failureOf(await send())).toMatchObject(expected);
  });
});

function decode(body: Readonly<Record<string, unknown>>): Verdict {
  return verdictOf(responsesDialect, body);
}

function said(text: string): readonly unknown[] {
  return [{ type: 'message', content: [{ type: 'output_text', text }] }];
}
