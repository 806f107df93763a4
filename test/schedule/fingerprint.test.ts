import { expect, test } from 'vitest';
import type { PromptRequest } from '../../src/plan/task.ts';
import { fingerprintOf } from '../../src/schedule/fingerprint.ts';

const REQUEST: PromptRequest = {
  model: { provider: 'openai', model: 'gpt-6.1-sol' },
  context: 'You review code.',
  system: undefined,
  prompt: 'Review it.',
  parameters: { maxTokens: 800, params: { seed: 1, user: { b: 1, a: [1, 2] } } },
};
const HOST = 'api.openai.com';

test('a fingerprint is a SHA-256 that stays the same from run to run', () => {
  expect(fingerprintOf(REQUEST, HOST)).toBe(fingerprintOf({ ...REQUEST }, HOST));
  expect(fingerprintOf(REQUEST, HOST)).toMatch(/^sha256:[0-9a-f]{64}$/);
});

test('it does not depend on the order of parameters', () => {
  const { params } = REQUEST.parameters;
  const reordered = { params: { user: { a: [1, 2], b: 1 }, seed: 1 }, maxTokens: 800 };
  expect(params).toEqual(reordered.params);
  expect(fingerprintOf({ ...REQUEST, parameters: reordered }, HOST)).toBe(
    fingerprintOf(REQUEST, HOST),
  );
});

test.each<[string, Partial<PromptRequest>]>([
  ['the model', { model: { provider: 'openai', model: 'gpt-6.1-terra' } }],
  ['the provider', { model: { provider: 'proxy', model: 'gpt-6.1-sol' } }],
  ['the context', { context: 'You review code!' }],
  ['no context', { context: undefined }],
  ['a system text', { system: 'You review code.', context: undefined }],
  ['the prompt', { prompt: 'Review it. ' }],
  ['a parameter', { parameters: { ...REQUEST.parameters, maxTokens: 801 } }],
  ['a parameter left out', { parameters: { maxTokens: 800 } }],
  [
    'the order of a list',
    { parameters: { maxTokens: 800, params: { seed: 1, user: { b: 1, a: [2, 1] } } } },
  ],
])('it changes with %s', (_, change) => {
  expect(fingerprintOf({ ...REQUEST, ...change }, HOST)).not.toBe(fingerprintOf(REQUEST, HOST));
});

test('it changes with the host', () => {
  expect(fingerprintOf(REQUEST, 'eu.api.openai.com')).not.toBe(fingerprintOf(REQUEST, HOST));
});
