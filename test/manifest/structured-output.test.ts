import { expect, test } from 'vitest';
import type { ProviderSettings } from '../../src/manifest/manifest.ts';
import { structuredOutput } from '../../src/manifest/structured-output.ts';

const PLAIN: ProviderSettings = {
  name: 'own',
  place: { file: 'volley.yaml', line: 1, column: 1 },
  type: undefined,
  baseUrl: undefined,
  baseUrlEnv: undefined,
  apiKeyEnv: undefined,
  api: undefined,
  apiVersion: undefined,
  limits: {},
  models: new Map(),
  mock: undefined,
};

const gateway = 'https://gw.corp/v1';

test.each([
  ['anthropic', undefined, 'native'],
  ['anthropic', { limits: { rpm: 5 } }, 'native'],
  ['anthropic', { baseUrl: 'https://api.anthropic.com' }, 'native'],
  ['anthropic', { baseUrl: 'https://api.anthropic.com/v1' }, 'native'],
  ['anthropic', { baseUrl: gateway }, 'prompt'],
  ['anthropic', { baseUrl: 'https://api.anthropic.com.evil.example' }, 'prompt'],
  ['anthropic', { baseUrlEnv: 'GATEWAY' }, 'prompt'],
  ['anthropic', { baseUrl: gateway, structuredOutput: 'native' }, 'native'],
  ['own', { type: 'anthropic', baseUrl: gateway }, 'prompt'],
  ['own', { type: 'anthropic', baseUrl: 'http://127.0.0.1:4000' }, 'prompt'],
  ['own', { type: 'anthropic', baseUrlEnv: 'GATEWAY' }, 'prompt'],
  ['own', { type: 'anthropic', baseUrl: 'https://api.anthropic.com' }, 'native'],
  ['own', { type: 'anthropic', baseUrl: gateway, structuredOutput: 'native' }, 'native'],
  ['own', { type: 'openai', baseUrl: gateway }, 'prompt'],
  ['own', { type: 'openai', baseUrl: gateway, api: 'responses' }, 'native'],
  ['openai', undefined, 'native'],
  ['deepseek', undefined, 'prompt'],
] as const)('a schema for %s with %j is sent like this: %s', (name, settings, expected) => {
  const providers = new Map(settings ? [[name, { ...PLAIN, ...settings }]] : []);
  expect(structuredOutput(name, providers)).toBe(expected);
});
