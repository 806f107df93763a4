import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folder, volley } from '../support/cli.ts';
import type { Behaviour } from '../support/server.ts';
import { KEY, manifestOn, prompts, served, WITH_KEY } from './served.ts';

interface Line {
  readonly v: number;
  readonly at: string;
  readonly request: { readonly url: string; readonly headers: object; readonly body: unknown };
  readonly response?: { readonly status: number; readonly headers: object; readonly body: unknown };
  readonly error?: string;
}

async function debugged(
  respond: (n: number) => Behaviour,
  flags: readonly string[] = [],
): Promise<{ lines: readonly Line[]; text: string; mode: number; code: number | null }> {
  const server = await served({ respond: (_, n) => respond(n) });
  const cwd = folder({ 'volley.yaml': manifestOn(server, { tasks: prompts(1) }) });
  const args = ['run', 'volley.yaml', '--retry-delay', '10ms', '--debug', 'debug.jsonl', ...flags];
  const run = await volley(args, { ...WITH_KEY, cwd });
  const path = join(cwd, 'debug.jsonl');
  const text = readFileSync(path, 'utf8');
  const lines = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line): Line => JSON.parse(line));
  return { lines, text, mode: statSync(path).mode & 0o777, code: run.code };
}

describe('--debug', () => {
  test('keeps each attempt with its request and response, in a separate file', async () => {
    const { lines, mode, code } = await debugged((n) =>
      n === 0 ? { kind: 'error', status: 500, message: 'try again' } : { kind: 'answer' },
    );
    expect(code).toBe(0);
    expect(mode).toBe(0o600);
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatchObject({
      v: 1,
      request: { method: 'POST', body: { model: 'small' } },
      response: { status: 500, body: { error: { message: 'try again' } } },
    });
    expect(lines[1]).toMatchObject({ response: { status: 200 } });
    expect(lines[0]?.request.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/v1\/chat\/completions$/u);
    expect(new Date(lines[0]?.at ?? '').getTime()).not.toBeNaN();
  });

  test('does not contain the key, even where a server repeats it', async () => {
    const { text, lines } = await debugged(() => ({
      kind: 'answer',
      text: `your key is ${KEY}`,
      headers: { 'x-echo': KEY, 'set-cookie': `session=${KEY}` },
    }));
    expect(text).not.toContain(KEY);
    expect(text).not.toContain(KEY.slice(0, 12));
    expect(lines[0]?.request.headers).toMatchObject({ authorization: '[redacted]' });
    expect(lines[0]?.response?.headers).toMatchObject({ 'set-cookie': '[redacted]' });
  });

  test.each([
    ['a connection that breaks', { kind: 'reset', when: 'before' }, undefined],
    ['a body that breaks off', { kind: 'reset', when: 'mid-body' }, { status: 200 }],
    ['a web page', { kind: 'reply', status: 502, body: '<html>' }, { status: 502, body: '<html>' }],
    ['silence', { kind: 'silence', part: '{' }, { status: 200, body: '{' }],
  ] satisfies Array<[string, Behaviour, object | undefined]>)(
    'shows %s',
    async (_name, behaviour, response) => {
      const flags = ['--max-retries', '0', '--timeout', '1s'];
      const { lines } = await debugged(() => behaviour, flags);
      expect(lines).toHaveLength(1);
      if (response) expect(lines[0]?.response).toMatchObject(response);
      else expect(lines[0]).not.toHaveProperty('response');
      if (behaviour.kind !== 'reply') expect(lines[0]?.error).toMatch(/./u);
    },
  );

  test('cannot be the results file', async () => {
    const server = await served();
    const cwd = folder({ 'volley.yaml': manifestOn(server, { tasks: prompts(1) }) });
    const args = ['run', 'volley.yaml', '-o', 'out.jsonl', '--debug', 'out.jsonl'];
    const run = await volley(args, { ...WITH_KEY, cwd });
    expect(run.code).toBe(2);
    expect(run.stderr).toContain('set by `--debug`, is the file where the results go');
    expect(server.requests).toHaveLength(0);
  });
});
