import { describe, expect, test } from 'vitest';
import * as fc from 'fast-check';
import {
  earlierFingerprints,
  isCurrentFingerprint,
  requestFingerprint,
} from '../../src/plan/fingerprint.ts';
import { withSchema } from '../../src/plan/schema-prompt.ts';
import type { PromptRequest } from '../../src/plan/task.ts';

const REQUEST: PromptRequest = {
  model: { provider: 'openai', model: 'gpt-6.1-sol' },
  context: 'Shared',
  system: 'Be brief',
  prompt: 'Hello',
  parameters: { maxTokens: 5, stop: ['a', 'b'], params: { b: 1, a: { d: [1, 2], c: null } } },
};

test('a fingerprint never changes, or every results file would be paid for again', () => {
  expect(requestFingerprint(REQUEST, 'api.openai.com')).toBe(
    'v2:sha256:3dd1c82669c37885ce6097d032679c401eee94856d23488eb9705d723898c85b',
  );
});

test('the fingerprints of earlier releases do not change, including CRLF and labels', () => {
  expect(earlierFingerprints(REQUEST, 'api.openai.com')).toEqual([
    'sha256:3dd1c82669c37885ce6097d032679c401eee94856d23488eb9705d723898c85b',
  ]);
  const params = { ...REQUEST.parameters.params, user: 'me' };
  const other = { ...REQUEST, prompt: 'Hello\r\n', parameters: { ...REQUEST.parameters, params } };
  expect(earlierFingerprints(other, 'api.openai.com')).toEqual([
    'sha256:624c11a1df487c1c492de23df3150964aa3c46b1aa1bb80c50cda4636964bc41',
  ]);
});

test('a fingerprint is the same for both ways of sending a schema, and both forms from 0.1.0 are recognized', () => {
  const schema = { json: { type: 'object' }, native: undefined };
  const told = withSchema(REQUEST.prompt, schema);
  const inPrompt = { ...REQUEST, prompt: told, schema };
  const native = { ...REQUEST, schema: { ...schema, native: schema.json } };
  expect(told).not.toBe(REQUEST.prompt);
  expect(of(inPrompt)).toBe(of(native));
  expect(of(native)).not.toBe(of(REQUEST));
  const earlier = earlierFingerprints(native, 'a');
  expect(new Set(earlier).size).toBe(2);
  expect(earlierFingerprints(inPrompt, 'a')).toEqual(earlier);
});

test('a fingerprint starts with a version, which distinguishes it from those in 0.1.0', () => {
  expect(isCurrentFingerprint(of(REQUEST))).toBe(true);
  expect(earlierFingerprints(REQUEST, 'a').some(isCurrentFingerprint)).toBe(false);
});

describe('a fingerprint stays the same if', () => {
  test('the head of the prompt may be cached', () => {
    expect(of({ ...REQUEST, headLength: 3 })).toBe(of(REQUEST));
  });

  test('keys are in another order', () => {
    const params = { a: { c: null, d: [1, 2] }, b: 1 };
    const other = { ...REQUEST, parameters: { params, stop: ['a', 'b'], maxTokens: 5 } };
    expect(of(other)).toBe(of(REQUEST));
  });

  test('a provider has another name in the manifest', () => {
    expect(of({ ...REQUEST, model: { provider: 'mine', model: 'gpt-6.1-sol' } })).toBe(of(REQUEST));
  });

  test('an absent value is given as undefined', () => {
    const { context: _, ...without } = REQUEST;
    expect(of({ ...without, context: undefined })).toBe(
      of(Object.assign({ context: undefined }, without)),
    );
    const parameters: object = { ...REQUEST.parameters, temperature: undefined };
    expect(of({ ...REQUEST, parameters })).toBe(of(REQUEST));
  });

  test.each(['context', 'system', 'prompt'])('the %s has CRLF instead of LF', (name) => {
    const [crlf, lf] = [{ [name]: '\r\na\r\n\r\nb' }, { [name]: '\na\n\nb' }];
    expect(of({ ...REQUEST, ...crlf })).toBe(of({ ...REQUEST, ...lf }));
    expect(of({ ...REQUEST, ...lf })).not.toBe(of({ ...REQUEST, [name]: 'a\n\nb' }));
  });

  test.each([
    { service_tier: 'flex' },
    { store: false },
    { store: true, metadata: { team: 'a' } },
    { prompt_cache_key: 'k', prompt_cache_retention: '24h' },
    { cache_control: { type: 'ephemeral' } },
    { user: 'u', safety_identifier: 's' },
    { stream: true, stream_options: { include_usage: true } },
  ])('`params` only affect how the request is stored, labeled or delivered: %j', (labels) => {
    const params = { ...REQUEST.parameters.params, ...labels };
    expect(of({ ...REQUEST, parameters: { ...REQUEST.parameters, params } })).toBe(of(REQUEST));
    const { params: _, ...plain } = REQUEST.parameters;
    expect(of({ ...REQUEST, parameters: { ...plain, params: labels } })).toBe(
      of({ ...REQUEST, parameters: plain }),
    );
  });
});

describe('a fingerprint changes with', () => {
  test.each<[string, Partial<PromptRequest>]>([
    ['one character of the prompt', { prompt: 'Hello ' }],
    ['the system prompt removed', { system: undefined }],
    ['an empty system prompt instead of none', { system: '' }],
    ['another context', { context: 'shared' }],
    ['the context moved into the prompt', { context: undefined, prompt: 'SharedHello' }],
    ['another model', { model: { provider: 'openai', model: 'gpt-6.1' } }],
    ['another parameter', { parameters: { ...REQUEST.parameters, maxTokens: 6 } }],
    ['a parameter of 0 added', { parameters: { ...REQUEST.parameters, temperature: 0 } }],
    ['another order of a list', { parameters: { ...REQUEST.parameters, stop: ['b', 'a'] } }],
    [
      'a number that becomes text',
      { parameters: { ...REQUEST.parameters, params: { b: '1', a: { d: [1, 2], c: null } } } },
    ],
    [
      'a null removed',
      { parameters: { ...REQUEST.parameters, params: { b: 1, a: { d: [1, 2] } } } },
    ],
  ])('%s', (_, change) => {
    expect(of({ ...REQUEST, ...change })).not.toBe(of(REQUEST));
  });

  test('another host', () => {
    expect(requestFingerprint(REQUEST, 'a')).not.toBe(requestFingerprint(REQUEST, 'b'));
  });

  test('any change of a string', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (one, other) => {
        expect(of({ ...REQUEST, prompt: one }) === of({ ...REQUEST, prompt: other })).toBe(
          one === other,
        );
      }),
    );
  });
});

function of(request: PromptRequest): string {
  return requestFingerprint(request, 'api.openai.com');
}
