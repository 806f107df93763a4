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

test('a fingerprint stays what it is, or every results file would be paid for again', () => {
  expect(requestFingerprint(REQUEST, 'api.openai.com')).toBe(
    'v2:sha256:3dd1c82669c37885ce6097d032679c401eee94856d23488eb9705d723898c85b',
  );
});

test('the fingerprints of earlier releases stay what they were, CRLF and labels included', () => {
  expect(earlierFingerprints(REQUEST, 'api.openai.com')).toEqual([
    'sha256:3dd1c82669c37885ce6097d032679c401eee94856d23488eb9705d723898c85b',
  ]);
  const params = { ...REQUEST.parameters.params, user: 'me' };
  const other = { ...REQUEST, prompt: 'Hello\r\n', parameters: { ...REQUEST.parameters, params } };
  expect(earlierFingerprints(other, 'api.openai.com')).toEqual([
    'sha256:624c11a1df487c1c492de23df3150964aa3c46b1aa1bb80c50cda4636964bc41',
  ]);
});

test('it does not depend on how a provider is told the schema, and both ways of 0.1.0 are recognized', () => {
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

test('it begins with a version, which tells it from those of 0.1.0', () => {
  expect(isCurrentFingerprint(of(REQUEST))).toBe(true);
  expect(earlierFingerprints(REQUEST, 'a').some(isCurrentFingerprint)).toBe(false);
});

describe('it stays the same when', () => {
  test('the head of the prompt may be cached', () => {
    expect(of({ ...REQUEST, headLength: 3 })).toBe(of(REQUEST));
  });

  test('keys are written in another order', () => {
    const params = { a: { c: null, d: [1, 2] }, b: 1 };
    const other = { ...REQUEST, parameters: { params, stop: ['a', 'b'], maxTokens: 5 } };
    expect(of(other)).toBe(of(REQUEST));
  });

  test('a provider gets another name in the manifest', () => {
    expect(of({ ...REQUEST, model: { provider: 'mine', model: 'gpt-6.1-sol' } })).toBe(of(REQUEST));
  });

  test('something absent is there as undefined', () => {
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
  ])('`params` say how it is kept, labeled or delivered: %j', (labels) => {
    const params = { ...REQUEST.parameters.params, ...labels };
    expect(of({ ...REQUEST, parameters: { ...REQUEST.parameters, params } })).toBe(of(REQUEST));
    const { params: _, ...plain } = REQUEST.parameters;
    expect(of({ ...REQUEST, parameters: { ...plain, params: labels } })).toBe(
      of({ ...REQUEST, parameters: plain }),
    );
  });
});

describe('it changes when', () => {
  test.each<[string, Partial<PromptRequest>]>([
    ['one character of the prompt does', { prompt: 'Hello ' }],
    ['the system text goes', { system: undefined }],
    ['the system text is empty instead of absent', { system: '' }],
    ['the context does', { context: 'shared' }],
    ['the context moves into the prompt', { context: undefined, prompt: 'SharedHello' }],
    ['the model does', { model: { provider: 'openai', model: 'gpt-6.1' } }],
    ['a parameter does', { parameters: { ...REQUEST.parameters, maxTokens: 6 } }],
    ['a parameter of 0 is added', { parameters: { ...REQUEST.parameters, temperature: 0 } }],
    ['the order of a list does', { parameters: { ...REQUEST.parameters, stop: ['b', 'a'] } }],
    [
      'a number becomes a text',
      { parameters: { ...REQUEST.parameters, params: { b: '1', a: { d: [1, 2], c: null } } } },
    ],
    ['a null goes', { parameters: { ...REQUEST.parameters, params: { b: 1, a: { d: [1, 2] } } } }],
  ])('%s', (_, change) => {
    expect(of({ ...REQUEST, ...change })).not.toBe(of(REQUEST));
  });

  test('the host does', () => {
    expect(requestFingerprint(REQUEST, 'a')).not.toBe(requestFingerprint(REQUEST, 'b'));
  });

  test('any two texts differ', () => {
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
