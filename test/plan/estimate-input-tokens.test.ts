import { expect, test } from 'vitest';
import { roughRequestTokens } from '../../src/plan/estimate-input-tokens.ts';
import type { PromptRequest } from '../../src/plan/task.ts';

const REQUEST: PromptRequest = {
  model: { provider: 'local', model: 'm' },
  context: undefined,
  system: undefined,
  prompt: '',
  parameters: {},
};

test('tokens are a quarter of the UTF-8 bytes of context, system and prompt, at least 1', () => {
  const request = { ...REQUEST, context: 'abcd', system: '日本', prompt: 'ab' };
  expect(roughRequestTokens(request)).toBe(3);
  expect(roughRequestTokens(REQUEST)).toBe(1);
});
