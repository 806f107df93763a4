import { expect, test } from 'vitest';
import { findSecrets, maskSecrets, shown } from '../../src/manifest/recognize-secrets.ts';

const BODY = '0123456789abcdefABCDEF0123456789abcdef';

test.for([
  [`sk-ant-api03-${BODY}`, 'Anthropic API key'],
  [`sk-or-v1-${BODY}`, 'OpenRouter API key'],
  [`sk-proj-${BODY}`, 'OpenAI API key'],
  [`gsk_${BODY}`, 'Groq API key'],
  [`xai-${BODY}`, 'xAI API key'],
  [`AIza${BODY.slice(0, 35)}`, 'Google API key'],
  ['AKIA0123456789ABCDEF', 'AWS access key'],
  [`ghp_${BODY}`, 'GitHub token'],
  [`github_pat_${BODY}`, 'GitHub token'],
  [`glpat-${BODY}`, 'GitLab token'],
  [`npm_${BODY}`, 'npm token'],
  [`hf_${BODY}`, 'Hugging Face token'],
  ['-----BEGIN RSA PRIVATE KEY-----', 'private key'],
] as const)('%s is found and masked', ([secret, kind]) => {
  const text = `key: "${secret}" # ${secret}\n`;
  expect(
    findSecrets(text).map((found) => [found.kind, text.slice(found.start, found.end)]),
  ).toEqual([
    [kind, secret],
    [kind, secret],
  ]);
  expect(maskSecrets(text)).toBe(text.replaceAll(secret, '*'.repeat(secret.length)));
});

test.for([
  'sk-learn-is-a-library-for-machine-learning',
  'the desk-0123456789012345678901234567 is not one',
  'sk-short',
  'ghp_short',
  'AKIA is a prefix',
  'hf_transformers',
])('%s is not a secret', (text) => {
  expect(findSecrets(text)).toEqual([]);
});

test('a value is shown on one line of at most 60 characters', () => {
  expect(shown('short')).toBe('short');
  expect(shown('first\nsecond')).toBe('first…');
  expect(shown('x'.repeat(100))).toBe(`${'x'.repeat(59)}…`);
  expect(shown(`${'x'.repeat(50)} sk-ant-${BODY.repeat(20)}`)).not.toContain('sk-');
});
