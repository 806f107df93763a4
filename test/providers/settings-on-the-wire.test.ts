import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadManifest, run } from '../../src/index.ts';
import { startServer, type SeenRequest, type TestServer } from '../support/server.ts';

const KEY = 'gateway-key-0123456789';
const SCHEMA = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ respond: () => ({ kind: 'answer', text: '{"city":"Rome"}' }) });
});
afterAll(() => server.close());

/** One request to a gateway with this entry. */
async function requestWith(
  entry: Readonly<Record<string, unknown>>,
  more: Readonly<Record<string, unknown>> = {},
): Promise<SeenRequest | undefined> {
  const { type = 'openai' } = entry;
  const baseUrl = type === 'anthropic' ? server.origin : server.openaiUrl;
  const gateway = { type, base_url: baseUrl, api_key_env: 'KEY', ...entry };
  const tasks = [{ id: 'a', prompt: 'Where?', max_tokens: 20, ...more }];
  const text = JSON.stringify({ providers: { gateway }, defaults: { model: 'gateway/m' }, tasks });
  const host = new URL(server.origin).host;
  const events = run(await loadManifest('m.yaml', { text }), {
    environment: { KEY, TEAM: 'team-secret-0123456789' },
    allowHosts: [`${host}=KEY`, `${host}=TEAM`],
  });
  for await (const event of events) {
    if (event.type === 'task_finished') expect(event.record.error).toBeUndefined();
  }
  return server.requests.at(-1);
}

const BEARER = { authorization: `Bearer ${KEY}`, 'x-api-key': undefined, 'api-key': undefined };
const X_API_KEY = { authorization: undefined, 'x-api-key': KEY, 'api-key': undefined };
const API_KEY = { authorization: undefined, 'x-api-key': undefined, 'api-key': KEY };
const NO_KEY = { authorization: undefined, 'x-api-key': undefined, 'api-key': undefined };

test.each([
  [{ headers: { 'X-Team': 'search' } }, { 'x-team': 'search' }],
  [{ headers_env: { 'X-Secret': 'TEAM' } }, { 'x-secret': 'team-secret-0123456789' }],
  [{}, BEARER],
  [{ auth: 'bearer' }, BEARER],
  [{ auth: 'x-api-key' }, X_API_KEY],
  [{ auth: 'api-key' }, API_KEY],
  [{ auth: 'none', api_key_env: undefined }, NO_KEY],
  [{ api: 'responses', auth: 'api-key' }, API_KEY],
  [{ type: 'anthropic' }, BEARER],
  [{ type: 'anthropic', auth: 'bearer' }, BEARER],
  [{ type: 'anthropic', auth: 'x-api-key' }, X_API_KEY],
  [{ type: 'anthropic', auth: 'api-key' }, API_KEY],
  [{ type: 'anthropic', auth: 'none', api_key_env: undefined }, NO_KEY],
  [
    { type: 'anthropic', api_version: '2023-06-01' },
    { ...X_API_KEY, 'anthropic-version': '2023-06-01' },
  ],
])('%j sends the headers %j', async (entry, headers) => {
  const seen = (await requestWith(entry))?.headers ?? {};
  expect(Object.fromEntries(Object.keys(headers).map((name) => [name, seen[name]]))).toEqual(
    headers,
  );
});

test.each([
  [{}, '/v1/chat/completions'],
  [{ api: 'responses' }, '/v1/responses'],
  [{ type: 'anthropic' }, '/v1/messages'],
  [
    { query: { 'api-version': '2026-10-01', team: 'a b' } },
    '/v1/chat/completions?api-version=2026-10-01&team=a%20b',
  ],
  [{ type: 'anthropic', query: { team: 'a' } }, '/v1/messages?team=a'],
])('%j asks for %s', async (entry, path) => {
  expect((await requestWith(entry))?.path).toBe(path);
});

test.each([
  [{}, { max_tokens: 20, max_completion_tokens: undefined }],
  [
    { max_tokens_field: 'max_completion_tokens' },
    { max_completion_tokens: 20, max_tokens: undefined },
  ],
  [{ max_tokens_field: 'max_new_tokens' }, { max_new_tokens: 20, max_tokens: undefined }],
  [{ stream: 'always' }, { stream: true }],
  [{ stream: 'never' }, { stream: undefined }],
])('%j sends the fields %j', async (entry, fields) => {
  const { body = {} } = (await requestWith(entry)) ?? {};
  expect(Object.fromEntries(Object.keys(fields).map((name) => [name, body[name]]))).toEqual(fields);
});

test.each([
  [{}, 'prompt'],
  [{ type: 'anthropic' }, 'prompt'],
  [{ structured_output: 'prompt', api: 'responses' }, 'prompt'],
  [{ api: 'responses' }, 'native'],
  [{ structured_output: 'native' }, 'native'],
  [{ type: 'anthropic', structured_output: 'native' }, 'native'],
])('%j sends a schema in this way: %s', async (entry, way) => {
  const { body = {} } = (await requestWith(entry, { schema: SCHEMA })) ?? {};
  const { messages, input, system, instructions, ...rest } = body;
  const said = JSON.stringify({ messages, input, system, instructions });
  expect([said.includes('city'), JSON.stringify(rest).includes('city')]).toEqual(
    way === 'prompt' ? [true, false] : [false, true],
  );
});
