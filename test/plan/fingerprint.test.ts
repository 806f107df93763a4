import { describe, expect, test } from 'vitest';
import * as fc from 'fast-check';
import { requestFingerprint } from '../../src/plan/fingerprint.ts';
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
    'sha256:3dd1c82669c37885ce6097d032679c401eee94856d23488eb9705d723898c85b',
  );
});

describe('it stays the same when', () => {
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
