import { describe, expect, test } from 'vitest';
import type { Verdict } from '../../src/providers/judge-answer.ts';
import { anthropicDialect } from '../../src/providers/anthropic.ts';
import { chatDialect } from '../../src/providers/openai-chat.ts';
import { responsesDialect } from '../../src/providers/openai-responses.ts';
import { undiciWire } from '../../src/providers/undici-wire.ts';
import type { Behaviour } from '../support/server.ts';
import { describeContract } from './contract.ts';
import { failureOf, PLAIN, promptRequest, served, verdictOf, withParameters } from './setup.ts';

describeContract('chat');
describeContract('chat', { name: 'a stream', open: undiciWire, stream: 'always' });

const dialect = chatDialect;

describe('request', () => {
  test('parameters have their names in this API', () => {
    const request = withParameters({
      maxTokens: 9,
      temperature: 0,
      topP: 1,
      stop: ['END'],
      reasoning: 'low',
      params: { seed: 7 },
    });
    expect(dialect.encode(request, PLAIN)).toEqual({
      ok: true,
      body: {
        model: 'test-model',
        messages: [{ role: 'user', content: 'ping' }],
        max_tokens: 9,
        temperature: 0,
        top_p: 1,
        stop: ['END'],
        reasoning_effort: 'low',
        seed: 7,
      },
    });
  });

  test('context and system are one system message, context first', () => {
    expect(dialect.encode(promptRequest({ context: 'A', system: 'B' }), PLAIN)).toMatchObject({
      body: { messages: [{ role: 'system', content: 'A\n\nB' }, { role: 'user' }] },
    });
  });

  test.each(
    'model messages input instructions system prompt stream stream_options background n best_of max_tokens maxOutputTokens max_completion_tokens max_output_tokens'.split(
      ' ',
    ),
  )('params must not contain `%s`, in any wire format', (key) => {
    const request = withParameters({ params: { [key]: true } });
    for (const each of [chatDialect, responsesDialect, anthropicDialect]) {
      expect(each.encode(request, PLAIN)).toMatchObject({
        ok: false,
        failure: {
          code: 'BAD_REQUEST',
          message: `\`params\` must not contain \`${key}\``,
          retryable: false,
          possiblyPaid: false,
        },
      });
    }
  });
});

describe('the end of an answer', () => {
  test.each(['stop', 'eos', 'STOP', 'end_turn'])('%s is a finished answer', (word) => {
    expect(decode(word)).toMatchObject({ kind: 'answered', text: 'hello' });
  });

  test.each([
    ['length', 'TRUNCATED', 'length'],
    ['model_length', 'TRUNCATED', 'length'],
    ['content_filter', 'CONTENT_FILTERED', 'content_filter'],
    ['tool_calls', 'BAD_RESPONSE', 'tool_calls'],
    ['function_call', 'BAD_RESPONSE', 'tool_calls'],
  ])('%s is %s', (word, code, finishReason) => {
    expect(decode(word)).toMatchObject({
      failure: { code, finishReason, retryable: false, partialOutput: 'hello', possiblyPaid: true },
    });
  });

  test('DeepSeek without capacity pauses the lane', () => {
    expect(decode('insufficient_system_resource')).toMatchObject({
      failure: { code: 'OVERLOADED', retryable: true, reach: 'lane' },
    });
  });

  test('a refusal along with text is REFUSED', () => {
    expect(decode('stop', { content: null, refusal: 'I cannot.' })).toMatchObject({
      failure: { code: 'REFUSED', partialOutput: 'I cannot.' },
    });
  });

  test("only the text counts in Mistral's parts", () => {
    const content = [
      { type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] },
      { type: 'text', text: 'yes' },
    ];
    expect(decode('stop', { content })).toMatchObject({ kind: 'answered', text: 'yes' });
  });

  const whole = { choices: [{ message: { content: 'yes' }, finish_reason: 'stop' }] };

  test.each([
    ['in `data`', JSON.stringify({ code: 0, msg: 'ok', data: whole })],
    ['in `response`', JSON.stringify({ response: whole, usage: { completion_tokens: 1 } })],
    ['in a list', JSON.stringify([whole])],
    [
      'next to numbers that JSON does not have',
      JSON.stringify({ ...whole, speed: 'S', text: 'NaN "Infinity' }).replace('"S"', '-Infinity'),
    ],
    ['in a delta', '{"choices":[{"delta":{"content":"yes"}}]}'],
  ])('an answer %s is an answer', async (_name, body) => {
    const { send } = await served('chat', reply(body));
    expect(await send()).toMatchObject({ kind: 'answered', answer: { text: 'yes' } });
  });

  test.each([
    [
      'vLLM',
      { object: 'error', message: 'max_tokens is bad', type: 'BadRequestError', code: 400 },
      { code: 'BAD_REQUEST', retryable: false },
    ],
    [
      'Cloudflare',
      { success: false, errors: [{ code: 5007, message: 'max_tokens is bad' }], result: null },
      { code: 'BAD_RESPONSE' },
    ],
    ['FastAPI', { detail: 'max_tokens is bad' }, { code: 'BAD_RESPONSE' }],
    [
      'a gateway',
      { code: 'InvalidApiKey', msg: 'max_tokens is bad' },
      { code: 'AUTH', reach: 'provider' },
    ],
  ])('an error from %s in a 200 is reported in its own words', async (_name, body, expected) => {
    const { send } = await served('chat', reply(JSON.stringify(body)));
    const failure = failureOf(await send());
    expect(failure).toMatchObject({ ...expected, possiblyPaid: true });
    expect(failure.message).toContain('max_tokens is bad');
  });

  test('an upstream failure inside a choice counts with its own status', async () => {
    const choices = [{ finish_reason: 'error', error: { code: 503, message: 'upstream' } }];
    const { send } = await served('chat', { kind: 'answer', override: { choices } });
    expect(failureOf(await send())).toMatchObject({ code: 'OVERLOADED', httpStatus: 200 });
  });
});

function decode(word: string, message: object = { content: 'hello' }): Verdict {
  return verdictOf(dialect, { choices: [{ message, finish_reason: word }] });
}

function reply(body: string): Behaviour {
  return { kind: 'reply', status: 200, body };
}
