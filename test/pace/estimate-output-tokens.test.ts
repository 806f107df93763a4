import { expect, test } from 'vitest';
import {
  estimateOutputTokens,
  NO_ANSWERS,
  withAnswer,
} from '../../src/pace/estimate-output-tokens.ts';

test('before the first answer, output tokens are expected to be half of max_tokens, or 512', () => {
  expect(estimateOutputTokens(801, NO_ANSWERS)).toBe(401);
  expect(estimateOutputTokens(undefined, NO_ANSWERS)).toBe(512);
});

test('after that, output tokens are expected to be the mean of the answers, at most max_tokens', () => {
  const mean = [100, 200, 301].reduce(withAnswer, NO_ANSWERS);
  expect(estimateOutputTokens(undefined, mean)).toBe(201);
  expect(estimateOutputTokens(150, mean)).toBe(150);
});

test('the mean follows answers that become longer', () => {
  let mean = NO_ANSWERS;
  for (let answer = 0; answer < 1_000; answer += 1) mean = withAnswer(mean, 10);
  for (let answer = 0; answer < 200; answer += 1) mean = withAnswer(mean, 500);
  expect(estimateOutputTokens(undefined, mean)).toBeGreaterThan(480);
});
