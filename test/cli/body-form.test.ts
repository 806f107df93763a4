import { expect, test } from 'vitest';
import { folder, recordsIn, volley } from '../support/cli.ts';
import { manifestOn, prompts, served, WITH_KEY } from './served.ts';

const REFUSAL = {
  kind: 'error',
  status: 400,
  type: 'invalid_request_error',
  code: 'unsupported_parameter',
  message:
    "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
} as const;

test('a server with its own name for max_tokens gets that name, without a retry and within the budget', async () => {
  const server = await served({
    respond: ({ body }) => ('max_tokens' in body ? REFUSAL : { kind: 'answer' }),
  });
  const manifest = manifestOn(server, {
    defaults: { model: 'local/small', max_tokens: 100, max_retries: 0 },
    prices: { 'local/small': { input: 1, output: 1000 } },
    budget: { max_cost_usd: 2.1 },
    tasks: prompts(20),
  });
  const cwd = folder({ 'volley.yaml': manifest });
  const run = await volley(['run', 'volley.yaml'], { ...WITH_KEY, cwd });
  expect(run.stderr).toContain('20/20 succeeded');
  expect(run.code).toBe(0);
  const refused = server.requests.filter(({ body }) => 'max_tokens' in body);
  // Some requests were already in flight when the first refusal arrived.
  expect(refused.length).toBeLessThanOrEqual(8);
  expect(server.requests).toHaveLength(20 + refused.length);
  for (const record of recordsIn(run.stdout)) {
    expect(record).not.toHaveProperty('possibly_paid_attempts');
  }
});

test('the field that the manifest names is sent', async () => {
  const server = await served();
  const local = { type: 'openai', base_url: server.openaiUrl, max_tokens_field: 'max_new_tokens' };
  const manifest = manifestOn(server, {
    providers: { local },
    defaults: { model: 'local/small', max_tokens: 100 },
    tasks: prompts(1),
  });
  const cwd = folder({ 'volley.yaml': manifest });
  const run = await volley(['run', 'volley.yaml'], { ...WITH_KEY, cwd });
  expect(run.code).toBe(0);
  expect(server.requests[0]?.body).toMatchObject({ max_new_tokens: 100 });
  expect(server.requests[0]?.body).not.toHaveProperty('max_tokens');
});
