import { describe, expect, test } from 'vitest';
import { amendedForm } from '../../src/providers/refused-fields.ts';
import type { Behaviour } from '../support/server.ts';
import { PLAIN, failureOf, served, withParameters } from './setup.ts';

const { form } = PLAIN;
const openai = (
  message: string,
  code: string | null = null,
  param: string | null = null,
): object => ({
  error: { message, type: 'invalid_request_error', param, code },
});

describe('the rejection of a field that Volley chose', () => {
  test.each([
    [
      400,
      openai(
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
        'unsupported_parameter',
        'max_tokens',
      ),
    ],
    [400, openai('This field is not allowed.', 'unsupported_parameter', 'max_tokens')],
    [400, openai('Unrecognized request argument supplied: max_tokens')],
    [400, openai('`max_tokens` is not supported with reasoning models')],
    [400, openai("Unknown parameter: 'max_tokens'.", 'unknown_parameter', 'max_tokens')],
    [
      422,
      {
        detail: [
          {
            type: 'extra_forbidden',
            loc: ['body', 'max_tokens'],
            msg: 'Extra inputs are not permitted',
            input: 9,
          },
        ],
      },
    ],
    [
      422,
      {
        object: 'error',
        message: { detail: [{ type: 'extra_forbidden', loc: ['body', 'max_tokens'] }] },
      },
    ],
    [400, { message: 'Additional properties are not allowed (max_tokens was unexpected)' }],
    [
      400,
      {
        error: {
          message:
            'litellm.UnsupportedParamsError: azure does not support parameters: max_tokens; unsupported parameter',
          code: '400',
        },
      },
    ],
    [400, { error: 'json: unknown field "max_tokens"' }],
    [
      400,
      [
        {
          error: {
            code: 400,
            message: 'Invalid JSON payload received. Unknown name "max_tokens": Cannot find field.',
            status: 'INVALID_ARGUMENT',
          },
        },
      ],
    ],
  ])('leads to the other name of the field: %d %j', (status, body) => {
    expect(amendedForm(form, { max_tokens: 9 }, { status, body })).toEqual({
      ...form,
      maxTokensField: 'max_completion_tokens',
    });
  });

  test.each([
    [
      'a value that is too large',
      400,
      openai(
        'max_tokens is too large: 500000. This model supports at most 128000 completion tokens',
        'invalid_value',
        'max_tokens',
      ),
    ],
    [
      'another field',
      400,
      openai(
        "Unsupported parameter: 'temperature' is not supported with this model.",
        'unsupported_parameter',
        'temperature',
      ),
    ],
    [
      'another status',
      401,
      openai("Unsupported parameter: 'max_tokens'", 'unsupported_parameter', 'max_tokens'),
    ],
    [
      'a field whose name is longer',
      400,
      openai('Unrecognized request argument supplied: max_tokens_to_sample'),
    ],
    ['an empty body', 400, ''],
  ])('is not seen in an error with %s', (_name, status, body) => {
    expect(amendedForm(form, { max_tokens: 9, temperature: 1 }, { status, body })).toBeUndefined();
  });

  test('is not seen if the field was not sent', () => {
    const body = openai(
      "Unsupported parameter: 'max_tokens'",
      'unsupported_parameter',
      'max_tokens',
    );
    expect(amendedForm(form, {}, { status: 400, body })).toBeUndefined();
  });

  test.each([
    ['store', { store: false }, { forbidsStorage: false }],
    ['stream_options', { stream: true, stream_options: {} }, { asksForUsage: false }],
    ['stream', { stream: true }, { streams: false }],
    ['cache_control', {}, { marksCache: false }],
    ['prompt_cache_options', {}, { marksCache: false }],
    ['diagnostics', {}, { asksForDiagnosis: false }],
    ['prompt_cache_options.comparison_response_id', {}, { asksForDiagnosis: false }],
  ] as const)('leads to a request without `%s`', (field, sent, change) => {
    const streaming = { ...form, streams: true };
    const body = openai(`Unrecognized request argument supplied: ${field}`);
    expect(amendedForm(streaming, sent, { status: 400, body })).toEqual({
      ...streaming,
      ...change,
    });
  });

  test('leads to plain requests if the server does not stream', () => {
    const body = openai('Streaming is not supported for this model');
    const streaming = { ...form, streams: true };
    expect(amendedForm(streaming, { stream: true }, { status: 400, body })).toEqual(form);
  });
});

function unsupported(field: string): Behaviour {
  const body = openai(`Unsupported parameter: '${field}'`, 'unsupported_parameter', field);
  return {
    kind: 'reply',
    status: 400,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
}

describe('what a provider learns from a rejection', () => {
  const request = withParameters({ maxTokens: 9 });

  test('applies to its model, and requests in flight are sent again, too', async () => {
    const { server, send } = await served('chat', {
      respond: ({ body }) =>
        'max_tokens' in body ? unsupported('max_tokens') : { kind: 'answer' },
    });
    const firsts = await Promise.all([1, 2, 3].map(() => send(request)));
    for (const first of firsts) {
      expect(failureOf(first)).toMatchObject({ isAmended: true, possiblyPaid: false });
    }
    expect((await send(request)).kind).toBe('answered');
    expect(server.requests.at(-1)?.body).toMatchObject({ max_completion_tokens: 9 });
  });

  test('does not alternate between two rejections', async () => {
    const { send } = await served('chat', {
      respond: ({ body }) =>
        unsupported('max_tokens' in body ? 'max_tokens' : 'max_completion_tokens'),
    });
    const amended = [];
    for (let n = 0; n < 3; n += 1) amended.push(failureOf(await send(request)).isAmended);
    expect(amended).toEqual([true, undefined, undefined]);
  });

  test('does not change a field that the manifest sets', async () => {
    const endpoint = { maxTokensField: 'max_new_tokens' };
    const { server, send } = await served('chat', unsupported('max_new_tokens'), { endpoint });
    expect(failureOf(await send(request))).not.toHaveProperty('isAmended');
    expect(server.requests[0]?.body).toMatchObject({ max_new_tokens: 9 });
  });
});
