import { expect, test } from 'vitest';
import { proxyFor } from '../../src/providers/proxy.ts';

const PROXIES = { HTTPS_PROXY: 'secure.corp:3128', HTTP_PROXY: 'http://plain.corp' };

test.each([
  ['https://a.example/v1', PROXIES, 'secure.corp:3128'],
  ['http://a.example/v1', PROXIES, 'plain.corp'],
  ['https://a.example/v1', { HTTP_PROXY: 'http://plain.corp' }, 'plain.corp'],
  ['http://a.example/v1', { HTTPS_PROXY: 'http://secure.corp' }, undefined],
  ['https://a.example/v1', { ...PROXIES, https_proxy: 'http://lower.corp' }, 'lower.corp'],
  ['https://a.example/v1', { HTTPS_PROXY: 'http://me:secret@p.corp:8080' }, 'p.corp:8080'],
  ['https://a.example/v1', {}, undefined],
  ['http://127.0.0.1:11434/v1', PROXIES, undefined],
  ['http://localhost:11434/v1', PROXIES, undefined],
])('%s with %j uses the proxy %s', (url, environment, host) => {
  expect(proxyFor(new URL(url), environment)?.name.host).toBe(host);
});

test.each([
  ['*', true],
  ['a.example', true],
  ['A.Example', true],
  ['example', true],
  ['.example', true],
  ['*.example', true],
  ['b.example a.example', true],
  ['b.example, a.example', true],
  ['a.example:443', true],
  ['a.example:8443', false],
  ['ample', false],
  ['b.example', false],
  ['', false],
  [',', false],
])('NO_PROXY=%j exempts https://a.example: %s', (list, exempt) => {
  const found = proxyFor(new URL('https://a.example/v1'), { ...PROXIES, NO_PROXY: list });
  expect(found === undefined).toBe(exempt);
});

test.each([
  ['http://10.1.2.3:8000/v1', '10.0.0.0/8', true],
  ['http://11.1.2.3:8000/v1', '10.0.0.0/8', false],
  ['http://10.1.2.3:8000/v1', '10.1.2.3', true],
  ['http://10.1.2.3:8000/v1', '2.3', false],
  ['http://[fd00::1]:8000/v1', 'fd00::/8', true],
  ['http://[fd00::1]:8000/v1', '10.0.0.0/8', false],
  ['http://10.1.2.3:8000/v1', '10.0.0.0/99', false],
  ['http://ollama:11434/v1', 'ollama', true],
])('%s with NO_PROXY=%s is exempt: %s', (url, list, exempt) => {
  expect(proxyFor(new URL(url), { ...PROXIES, NO_PROXY: list }) === undefined).toBe(exempt);
});
