import { describe, expect, test } from 'vitest';
import { complaints, manifestOf } from './support.ts';

function manifest(entry: object): string {
  const local = { type: 'openai', base_url: 'https://llm.example.com/v1', ...entry };
  return JSON.stringify({ providers: { local }, tasks: [{ prompt: 'hi', model: 'local/m' }] });
}

describe('the entry of a provider', () => {
  test('has its header names stored in lower case', async () => {
    const { providers } = await manifestOf(
      manifest({
        auth: 'x-api-key',
        headers: { 'X-Team': 'reviews', 'HTTP-Referer': 'https://example.com', 'x-empty': '' },
        headers_env: { 'CF-AIG-Authorization': 'GATEWAY_TOKEN' },
        query: { 'api-version': '2026-10-21', 'x-mine': 'ignored' },
      }),
    );
    expect(providers.get('local')).toMatchObject({
      auth: 'x-api-key',
      headers: { 'x-team': 'reviews', 'http-referer': 'https://example.com', 'x-empty': '' },
      headersEnv: { 'cf-aig-authorization': 'GATEWAY_TOKEN' },
      query: { 'api-version': '2026-10-21' },
    });
  });

  test.each([
    'Authorization',
    'X-API-Key',
    'api-key',
    'x-goog-api-key',
    'Proxy-Authorization',
    'Host',
    'Content-Length',
    'Transfer-Encoding',
    'content-type',
    'Accept-Encoding',
    'Connection',
    'Anthropic-Version',
    'Cookie',
    'x-auth-token',
    'x-client-secret',
    'X-Forwarded-Host',
    'Forwarded',
    'X-Original-URL',
    'X-Rewrite-Url',
    'Helicone-Target-Url',
    'x-portkey-custom-host',
    'x-http-method-override',
    'x-upstream',
  ])('cannot set the header `%s` in plain text', async (name) => {
    const found = await complaints(manifest({ headers: { [name]: 'x' } }));
    expect(found).toContain(`error BAD_VALUE: the header \`${name}\` cannot be set: `);
  });

  test.each([
    'Authorization',
    'Host',
    'Proxy-Authorization',
    'x-forwarded-host',
    'helicone-target-url',
    'x-target-auth-token',
  ])('cannot set the header `%s` from a variable either', async (name) => {
    const found = await complaints(manifest({ headers_env: { [name]: 'KEY' } }));
    expect(found).toContain(`the header \`${name}\` cannot be set: `);
  });

  test('may set `Authorization` from a variable if it sends no key', async () => {
    const entry = { auth: 'none', headers_env: { Authorization: 'BASIC' } };
    const { providers } = await manifestOf(manifest(entry));
    expect(providers.get('local')?.headersEnv).toEqual({ authorization: 'BASIC' });
  });

  test.each(['key', 'api_key', 'access_token', 'sig', 'X-Amz-Signature', 'oauth_token'])(
    'cannot set the query parameter `%s`',
    async (name) => {
      const found = await complaints(manifest({ query: { [name]: 'x' } }));
      expect(found).toContain(`the parameter \`${name}\` cannot be set`);
    },
  );

  test.each([
    [{ headers: { 'a b': 'x' } }],
    [{ headers: { '': 'x' } }],
    [{ headers: { 'x-a': 'a\r\nx-b: c' } }],
    [{ headers: { 'x-a': 'a\u0000' } }],
    [{ headers: { 'x-a': 'é' } }],
    [{ headers: { 'x-a': 1 } }],
    [{ headers: ['x-a'] }],
    [{ headers_env: { 'x-a': 'a value' } }],
    [{ query: { $key: 'x' } }],
    [{ query: { 'a&b': 'x' } }],
    [{ auth: 'basic' }],
  ])('is refused with %j', async (entry) => {
    expect(await complaints(manifest(entry))).toMatch(/error (?:BAD_VALUE|WRONG_TYPE)/);
  });

  test('cannot set a header twice', async () => {
    const entry = { headers: { 'X-A': 'x' }, headers_env: { 'x-a': 'KEY' } };
    expect(await complaints(manifest(entry))).toContain('the header `x-a` appears twice');
  });

  test('is refused with a vendor’s API key in a header', async () => {
    const key = `sk-${'a1'.repeat(20)}`;
    const found = await complaints(manifest({ headers: { 'x-a': key } }));
    expect(found).toContain('SECRET_IN_MANIFEST');
    expect(found).not.toContain(key);
  });
});
