import { expect, test } from 'vitest';
import { baseUrlProblem } from '../../src/manifest/base-url.ts';

test.for([
  'https://api.openai.com/v1',
  'https://llm.example.com',
  'https://llm.example.com:8443/v1/',
  'https://[2001:db8::1]/v1',
  'http://localhost:11434/v1',
  'http://127.0.0.1:11434/v1',
  'http://127.9.9.9',
  'http://[::1]:8080',
  'http://llm.example.com/v1',
  'https://llm_gateway.example.com/v1',
])('%s is a valid address', (url) => {
  expect(baseUrlProblem(url)).toBe(undefined);
});

test.for([
  ['https://$(id).example.com', '`https://$(id).example.com` has no host'],
  ['https://a`id`.example.com', '`https://a`id`.example.com` has no host'],
  ["https://a'b.example.com", "`https://a'b.example.com` has no host"],
  ['https://a;b.example.com', '`https://a;b.example.com` has no host'],
  ['https://user:pass@llm.example.com', 'a `base_url` must not contain a user name or password'],
  ['https://api.openai.com@evil.example', 'a `base_url` must not contain a user name or password'],
  ['https://@evil.example', 'a `base_url` must not contain a user name or password'],
  [
    'https://llm.example.com/v1?key=1',
    '`https://llm.example.com/v1?key=1` has a query or fragment',
  ],
  ['https://llm.example.com/v1#x', '`https://llm.example.com/v1#x` has a query or fragment'],
  ['https://llm.example.com/v1?', '`https://llm.example.com/v1?` has a query or fragment'],
  ['//llm.example.com', '`//llm.example.com` is not a URL'],
  ['llm.example.com/v1', '`llm.example.com/v1` is not a URL'],
  ['https:/llm.example.com', '`https:/llm.example.com` is not a URL'],
  ['https:///llm.example.com', '`https:///llm.example.com` is not a URL'],
  ['https:\\\\llm.example.com', '`https:\\\\llm.example.com` is not a URL'],
  ['https://llm.example.com\\@evil', '`https://llm.example.com\\@evil` is not a URL'],
  ['https://llm.exam\tple.com', '`https://llm.exam\tple.com` is not a URL'],
  [' https://llm.example.com', '` https://llm.example.com` is not a URL'],
  ['https://llm.example.com\u200b', '`https://llm.example.com\u200b` is not a URL'],
  ['ftp://llm.example.com', '`ftp://llm.example.com` is not a URL'],
  ['file:///etc/passwd', '`file:///etc/passwd` is not a URL'],
  ['https://', '`https://` is not a URL'],
  ['', '`` is not a URL'],
  [
    'https://llm.example.com/v1/chat/completions',
    '`https://llm.example.com/v1/chat/completions` ends in `/chat/completions`, which Volley adds itself',
  ],
  ['${BASE_URL}', '`base_url` does not expand variables'],
  ['https://$HOST/v1', '`base_url` does not expand variables'],
  ['https://{{ vars.host }}', '`base_url` does not expand variables'],
] as const)('%j is not a valid address', ([url, message]) => {
  expect(baseUrlProblem(url)).toMatchObject({ code: 'BAD_URL', message });
});

test.for([
  ['http://127.0.0.1:9/v1/chat/completions', 'write `http://127.0.0.1:9/v1`'],
  ['http://127.0.0.1:9/v1/chat/completions/', 'write `http://127.0.0.1:9/v1`'],
  ['https://llm.example.com/v1/responses', 'write `https://llm.example.com/v1`'],
  ['https://llm.example.com/v1/messages', 'write `https://llm.example.com`'],
  ['https://llm.example.com/anthropic/messages', 'write `https://llm.example.com/anthropic`'],
  ['localhost:8000', 'write `http://localhost:8000/v1`'],
  ['127.0.0.1:9/v1', 'write `http://127.0.0.1:9/v1`'],
  ['[::1]:9', 'write `http://[::1]:9/v1`'],
  ['llm.example.com', 'write `https://llm.example.com/v1`'],
  ['llm.example.com:8443/api', 'write `https://llm.example.com:8443/api`'],
  ['localhost:8000/v1/chat/completions', 'write `http://localhost:8000/v1`'],
  ['sk-secret@llm.example.com', 'for example, write `https://llm.example.com/v1`'],
  ['nonsense', 'for example, write `https://llm.example.com/v1`'],
] as const)('%s: the hint shows what to write', ([url, hint]) => {
  expect(baseUrlProblem(url)).toMatchObject({ code: 'BAD_URL', hint });
});
