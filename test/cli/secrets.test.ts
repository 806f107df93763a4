import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { describe, expect, it, onTestFinished, test } from 'vitest';
import { folder, recordsIn, shell, volley, type CliResult } from '../support/cli.ts';
import { isDeep } from '../support/scale.ts';
import { type Behaviour, type SeenRequest } from '../support/server.ts';
import { answerBody, promptOf, type Wire } from '../support/wires.ts';
import { manifestOn, providerOn, served, WIRES } from './served.ts';

/** Contains every kind of character that JSON, URLs and base64 encode. */
const KEY = String.raw`sk-"canary"/0123456789+abc\def=%tail`;
const OTHER_KEY = 'gsk_OtherCanary0123456789abcdef';
const PROXY_PASSWORD = 'proxy-canary-0123456789';
const SECRETS = [KEY, OTHER_KEY, PROXY_PASSWORD];

/** The secret that text reveals: as is, escaped, encoded or broken into lines. */
function secretIn(text: string): string | undefined {
  const whole = text.replaceAll(/\\n|\s+/g, '');
  const read = [text, whole, unescaped(whole), unescaped(unescaped(whole)), urlDecoded(whole)];
  const decoded = read.flatMap((each) => [each, urlDecoded(each), ...base64Texts(each)]);
  const folded = decoded.map((each) => each.toLowerCase());
  return SECRETS.find((secret) => {
    const ends = `${secret.slice(0, 8)}********${secret.slice(-4)}`;
    return [secret, ends].some((form) => folded.some((each) => each.includes(form.toLowerCase())));
  });
}

function unescaped(text: string): string {
  return text
    .replaceAll(/\\u([0-9a-f]{4})/gi, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    )
    .replaceAll(/\\(["\\/])/g, '$1');
}

function urlDecoded(text: string): string {
  return text.replaceAll(/%[0-9a-f]{2}/gi, (escape) =>
    String.fromCharCode(Number.parseInt(escape.slice(1), 16)),
  );
}

function base64Texts(text: string): readonly string[] {
  return [...text.matchAll(/[\w+/-]{16,}/g)].flatMap(([word]) =>
    [0, 1, 2, 3].map((at) => Buffer.from(word.slice(at), 'base64').toString('latin1')),
  );
}

/** The ways in which a server may write a secret. */
const SPELLINGS: ReadonlyArray<(secret: string) => string> = [
  (secret) => secret,
  (secret) => JSON.stringify({ authorization: `Bearer ${secret}` }),
  (secret) => `https://evil.example/?key=${encodeURIComponent(secret)}`,
  (secret) => Buffer.from(`Bearer ${secret}`).toString('base64'),
  (secret) => Buffer.from(`me:${secret}`).toString('base64url'),
  (secret) => `${secret.slice(0, 12)}\n  ${secret.slice(12)}`,
  (secret) => `no such key: ${secret.slice(0, 8)}********${secret.slice(-4)}`,
  (secret) => `https://${secret.toUpperCase()}.example`,
  (secret) => secret.replaceAll(/[a-f]/g, (each) => `%${each.charCodeAt(0).toString(16)}`),
  (secret) => secret.replaceAll(/[a-f]/g, (each) => `\\u00${each.charCodeAt(0).toString(16)}`),
  (secret) =>
    wrapped(Buffer.from(`a long line before ${secret} and one behind`).toString('base64')),
];

function wrapped(text: string): string {
  return text.replaceAll(/.{24}/g, '$&\r\n');
}

/** The places where a server may put a secret. `text` contains it. */
const PLACES: Readonly<Record<string, (text: string, request: SeenRequest) => Behaviour>> = {
  answer: (text) => ({ kind: 'answer', text: `you sent ${text}` }),
  'request-id': (text) => ({
    kind: 'answer',
    headers: { 'x-request-id': oneLine(text), 'request-id': oneLine(text) },
  }),
  limits: (text) => ({
    kind: 'answer',
    headers: {
      'x-ratelimit-limit-requests': oneLine(text),
      'anthropic-ratelimit-requests-limit': oneLine(text),
      'retry-after': oneLine(text),
    },
  }),
  'stop-reason': (text) => ({ kind: 'answer', stopReason: text }),
  model: (text) => ({ kind: 'answer', override: { model: text, id: text } }),
  message: (text) => ({ kind: 'error', status: 400, message: text }),
  words: (text) => ({ kind: 'error', status: 500, type: text, code: text, message: 'no' }),
  refused: (text) => ({ kind: 'error', status: 401, message: `wrong key ${text}` }),
  busy: (text) => ({
    kind: 'error',
    status: 429,
    message: text,
    // Too long to wait for.
    headers: { 'retry-after': '3600', 'x-request-id': oneLine(text) },
  }),
  'error-in-200': (text) => ({
    kind: 'reply',
    status: 200,
    body: JSON.stringify({ error: { message: text, code: text }, request_id: text }),
  }),
  page: (text) => ({
    kind: 'reply',
    status: 502,
    headers: { 'content-type': 'text/html' },
    body: `<html><title>${text}</title>${text}</html>`,
  }),
  garbage: (text) => ({ kind: 'reply', status: 200, body: `{"not json": ${text}` }),
  'garbage that is cut': (text) => ({
    kind: 'reply',
    status: 200,
    body: `${'x'.repeat(4096 - Math.ceil(text.length / 2))}${text}`,
  }),
  redirect: (text) => ({
    kind: 'redirect',
    status: 307,
    location: `https://evil.example/${encodeURIComponent(text)}`,
  }),
  escaped: (text, request) => ({
    kind: 'reply',
    status: 200,
    body: JSON.stringify(answerBody(request, { text })).replaceAll('s', String.raw`\u0073`),
  }),
};

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}

interface Case {
  readonly place: string;
  readonly spelling: number;
  readonly wire: Wire;
}

const CASES = Object.keys(PLACES).flatMap((place) =>
  SPELLINGS.flatMap((_, spelling) => WIRES.map((wire): Case => ({ place, spelling, wire }))),
);

/** Every place with every spelling, but each pair on only one of the wires. */
const FEWER_CASES = CASES.filter(
  (_, at) => at % WIRES.length === Math.floor(at / WIRES.length) % WIRES.length,
);

/**
 * A third of these on all wires, another one for each `part`; all of them in `npm run test:deep`.
 */
function some(part: number): readonly Case[] {
  return isDeep
    ? FEWER_CASES
    : FEWER_CASES.filter((_, at) => Math.floor(at / WIRES.length) % 3 === part);
}

/** Each case has its own provider, because some answers stop their provider. */
async function hostile(cases: readonly Case[]): Promise<string> {
  const server = await served({
    respond(request) {
      const [place = '', spelling = '0', secret = ''] = promptOf(request).split(' ');
      const text = SPELLINGS[Number(spelling)]?.(SECRETS[Number(secret)] ?? '') ?? '';
      return PLACES[place.replaceAll('_', ' ')]?.(text, request) ?? { kind: 'answer' };
    },
  });
  const providers = cases.map(({ wire }, at) => [
    `p${at}`,
    wire === 'anthropic'
      ? { type: 'anthropic', base_url: server.origin, api_key_env: 'TEST_KEY' }
      : { type: 'openai', api: wire, base_url: server.openaiUrl, api_key_env: 'OTHER_KEY' },
  ]);
  const tasks = cases.map(({ place, spelling }, at) => ({
    id: `t${at}`,
    model: `p${at}/small`,
    prompt: `${place.replaceAll(' ', '_')} ${spelling} ${at % 2}`,
  }));
  return JSON.stringify({
    providers: Object.fromEntries(providers),
    defaults: { max_retries: 1 },
    tasks,
  });
}

const ENV = { TEST_KEY: KEY, OTHER_KEY, GITHUB_ACTIONS: 'true' };

/** Everything that a command left behind: its output, and every file below these folders. */
function traces({ stdout, stderr }: CliResult, ...folders: readonly string[]) {
  const files = folders.flatMap((path) =>
    readdirSync(path, { recursive: true, encoding: 'utf8' })
      .map((name) => join(path, name))
      .filter((file) => statSync(file).isFile())
      .map((file) => [file, readFileSync(file, 'latin1')] as const),
  );
  return [['stdout', stdout] as const, ['stderr', stderr] as const, ...files];
}

function expectNoSecret(run: CliResult, ...folders: readonly string[]): void {
  for (const [where, text] of traces(run, ...folders)) {
    if (secretIn(text) === undefined) continue;
    const line = text.split('\n').find((each) => secretIn(each) !== undefined) ?? text;
    expect.fail(`${where} contains ${secretIn(text)}: ${line.slice(0, 2_000)}`);
  }
}

const AFTER_A_RUN = [
  ['run', '-o', 'out.jsonl', '--resume', '--explain', '--retry-delay', '1ms'],
  ['plan', '-o', 'out.jsonl'],
  ['plan', '--json'],
  ['plan', '--exact'],
  ['run', '--sample', '3', '-o', 'sample.jsonl'],
  ['run', '--simulate', '--json'],
  ['limits'],
  ['limits', '--json'],
  ['validate', '--graph'],
  ['validate', '--json'],
] as const;

/** Writes every character as a JSON escape. */
function disguised(secret: string): string {
  return Array.from(secret, (each) => `\\u00${each.charCodeAt(0).toString(16)}`).join('');
}

test('a parsed answer contains no key, however the key was escaped', async () => {
  const secret = 'gsk_OtherCanary0123456789abcdef';
  const text = `{"note":"you sent ${disguised(secret)}","list":["${disguised(secret)}"]}`;
  const server = await served({ respond: () => ({ kind: 'answer', text }) });
  const schema = { type: 'object', properties: { note: { type: 'string' } } };
  const provider = { ...providerOn(server, 'chat'), api_key_env: 'TEST_KEY' };
  const manifest = manifestOn(server, { tasks: [{ prompt: 'hi', schema }], provider });
  const cwd = folder({ 'm.yaml': manifest });
  const env = { TEST_KEY: secret };
  const run = await volley(['run', 'm.yaml', '-o', 'out.jsonl'], { cwd, env });
  expect(run.code).toBe(0);
  const [record] = recordsIn(readFileSync(join(cwd, 'out.jsonl'), 'utf8'));
  expect(record?.output).toMatchObject({ note: 'you sent [redacted]', list: ['[redacted]'] });
  expectNoSecret(run, cwd);
});

describe('no key gets out, wherever a server puts it', () => {
  it.each([
    [isDeep ? CASES : FEWER_CASES, '--progress plain -o out.jsonl --summary-file summary.json'],
    [some(0), '--progress json --output-format json'],
    [some(1), '--progress tty --output-format text --color'],
    [some(2), '--quiet --json --fail-fast'],
  ])('$1', async (cases, flags) => {
    const cwd = folder({ 'm.yaml': await hostile(cases) });
    const cache = folder();
    const options = { cwd, env: { ...ENV, XDG_CACHE_HOME: cache } };
    const args = ['run', 'm.yaml', '--retry-delay', '1ms', ...flags.split(' ')];
    const run = await volley(args, options);
    expect([1, 4]).toContain(run.code);
    expectNoSecret(run, cwd, cache);
  });

  it('and no other command prints one after a run', async () => {
    const cwd = folder({ 'm.yaml': await hostile(some(0)) });
    const cache = folder();
    const options = { cwd, env: { ...ENV, XDG_CACHE_HOME: cache } };
    await volley(['run', 'm.yaml', '-o', 'out.jsonl', '--retry-delay', '1ms'], options);
    for (const [command, ...flags] of AFTER_A_RUN) {
      const run = await volley([command, 'm.yaml', ...flags], options);
      expect(run.code, run.stderr).not.toBe(70);
      expectNoSecret(run);
    }
    expectNoSecret({ code: 0, signal: null, stdout: '', stderr: '' }, cwd, cache);
  });

  it('and commands without a manifest print none, whatever their arguments', async () => {
    const cwd = folder({ 'm.json': await hostile(some(1)) });
    for (const args of [
      ['ask', '--file', 'm.json', '--retry-delay', '1ms'],
      ['ask', '-m', 'mock/m', `What is ${KEY}?`],
      ['ask', '-m', OTHER_KEY, 'hi'],
      ['run', '--api-key', KEY],
      ['run', KEY],
      ['plan', `--set=${KEY}`],
      [OTHER_KEY, KEY],
      ['init'],
      ['limits'],
      ['schema', KEY],
      ['--help'],
    ]) {
      const run = await volley(args, { cwd, env: ENV });
      expect(run.code, run.stderr).not.toBe(70);
      expectNoSecret(run, cwd);
    }
  });

  it('even in the emergency dump on a full disk', async () => {
    const cwd = folder({ 'm.yaml': await hostile(FEWER_CASES) });
    const run = await shell(
      'ulimit -f 16; volley run m.yaml -o out.jsonl --emergency-dump dump.jsonl --grace 1s --retry-delay 1ms',
      { cwd, env: ENV },
    );
    expect(run.code).toBe(74);
    expect(readdirSync(cwd)).toContain('dump.jsonl');
    expectNoSecret(run, cwd);
  });

  it('even if the SDKs and Node log everything', async () => {
    const cwd = folder({ 'm.yaml': await hostile(some(2)) });
    const debug = {
      DEBUG: '*',
      OPENAI_LOG: 'debug',
      ANTHROPIC_LOG: 'debug',
      NODE_DEBUG: 'undici,fetch',
    };
    expectNoSecret(await volley(['run', 'm.yaml'], { cwd, env: { ...ENV, ...debug } }), cwd);
  });
});

const FAR_MANIFEST = JSON.stringify({
  providers: {
    p: {
      type: 'openai',
      base_url: 'https://llm.example.com/v1',
      base_url_env: 'BASE_URL',
      api_key_env: 'TEST_KEY',
    },
  },
  tasks: [{ prompt: 'hi', model: 'p/m', max_retries: 0 }],
});

describe('no key gets out of', () => {
  it.each([
    ['an error that is thrown', 'crypto.hash = () => { throw new Error(said); };'],
    ['an error in a timer', 'setTimeout(() => { throw new Error(said); }, 400);'],
    ['a rejected promise that nobody awaits', 'setTimeout(() => void Promise.reject(said), 400);'],
  ])('a bug: %s', async (_kind, bug) => {
    const server = await served({ respond: () => ({ kind: 'hang' }) });
    const cwd = folder({
      'm.yaml': JSON.stringify({
        providers: { p: { type: 'openai', base_url: server.openaiUrl, api_key_env: 'TEST_KEY' } },
        tasks: [{ prompt: 'hi', model: 'p/m' }],
      }),
      'bug.mjs': [
        "import crypto from 'node:crypto';",
        "import { syncBuiltinESMExports } from 'node:module';",
        'const said = `no such thing: Bearer ${process.env.TEST_KEY}`;',
        bug,
        'syncBuiltinESMExports();',
      ].join('\n'),
    });
    const run = await volley(['run', 'm.yaml'], {
      cwd,
      env: { ...ENV, NODE_OPTIONS: `--import ${resolve(cwd, 'bug.mjs')}` },
    });
    expect(run.code).toBe(70);
    expect(run.stderr).toContain('a bug in Volley: ');
    expect(run.stderr).toContain('no such thing: Bearer [redacted]');
    expectNoSecret(run, cwd);
  });

  it.each([
    [{ HTTPS_PROXY: `http://me:${PROXY_PASSWORD}@127.0.0.1:1` }],
    [{ HTTPS_PROXY: `http://me:${PROXY_PASSWORD}@127.0.0.1:99999` }],
    [{ https_proxy: `me:${PROXY_PASSWORD}@proxy` }],
    [{ HTTPS_PROXY: `http://me:${PROXY_PASSWORD} @ a b` }],
    [{ BASE_URL: `https://me:${PROXY_PASSWORD}@llm.example.com` }],
    [{ BASE_URL: `https://llm.example.com/v1?key=${PROXY_PASSWORD}` }],
    [{ BASE_URL: `https:/ ${PROXY_PASSWORD}` }],
    [{ TEST_KEY: `${KEY}\n` }],
    [{ TEST_KEY: `"${KEY} "` }],
  ])('the environment: %j', async (environment) => {
    const cwd = folder({ 'm.yaml': FAR_MANIFEST });
    for (const command of ['run', 'plan', 'limits', 'validate']) {
      const run = await volley([command, 'm.yaml'], {
        cwd,
        env: { ...ENV, VOLLEY_ALLOW_HOSTS: 'llm.example.com=TEST_KEY', ...environment },
      });
      expect(run.code).not.toBe(70);
      expectNoSecret(run);
    }
  });

  it('a proxy that repeats what it received', async () => {
    const proxy = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', (sent) => {
        const said = JSON.stringify({ error: { message: String(sent) } });
        const head = `HTTP/1.1 407 ${oneLine(String(sent))}\r\nx-request-id: ${oneLine(String(sent))}`;
        socket.end(`${head}\r\ncontent-length: ${said.length}\r\n\r\n${said}`);
      });
    });
    await new Promise<void>((listening) => proxy.listen(0, '127.0.0.1', listening));
    onTestFinished(() => void proxy.close());
    const address = proxy.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const cwd = folder({ 'm.yaml': FAR_MANIFEST });
    const run = await volley(['run', 'm.yaml'], {
      cwd,
      env: {
        ...ENV,
        VOLLEY_ALLOW_HOSTS: 'llm.example.com=TEST_KEY',
        HTTPS_PROXY: `http://me:${PROXY_PASSWORD}@127.0.0.1:${port}`,
      },
    });
    // The proxy's password is wrong, so this is the exit code for provider settings.
    expect(run.code).toBe(4);
    expectNoSecret(run);
  });

  it.each([
    `tasks: [{prompt: hi, model: openai/x}]\nproviders: {openai: {api_key: ${OTHER_KEY}}}\n`,
    `tasks: [{prompt: hi, model: openai/x}]\nproviders: {openai: {api_key_env: ${OTHER_KEY}}}\n`,
    `tasks: [{prompt: hi, model: openai/x}]\nproviders: {openai: {base_url: "https://me:${PROXY_PASSWORD}@host"}}\n`,
    `tasks: [{prompt: hi, model: openai/x, params: {key: ${OTHER_KEY}}}]\n`,
    `tasks: [{prompt: "call it with ${OTHER_KEY}", model: openai/x, promt: 1}]\n`,
    `# ${OTHER_KEY}\ntasks: [{prompt: "{{ nothing }}", model: mock/${OTHER_KEY}}]\n`,
    `${OTHER_KEY}: 1\ntasks: [hi]\n`,
    `tasks: [hi\n  ${OTHER_KEY}: [\n`,
    `tasks: [{prompt: '${KEY}', modle: x}]\n`,
  ])('a manifest that contains a key: %s', async (text) => {
    const cwd = folder({ 'm.yaml': text });
    for (const args of [['validate'], ['validate', '--json'], ['plan'], ['run']]) {
      const [command = '', ...flags] = args;
      const run = await volley([command, 'm.yaml', ...flags], {
        cwd,
        env: ENV,
      });
      expect(run.code).not.toBe(70);
      expectNoSecret(run);
    }
  });

  it('the command to resume', async () => {
    const server = await served({ respond: () => ({ kind: 'error', status: 400 }) });
    const cwd = folder({
      'm.yaml': JSON.stringify({
        providers: { p: { type: 'openai', base_url: server.openaiUrl } },
        tasks: [{ prompt: '{{ vars.key }}', model: 'p/m' }],
        vars: { key: '' },
      }),
    });
    const run = await volley(['run', 'm.yaml', '-o', 'o.jsonl', '--set', `key=${KEY}`], {
      cwd,
      env: ENV,
    });
    expect(run.stderr).toContain('to continue: volley run m.yaml -o o.jsonl --set key=… --resume');
    expectNoSecret(run, cwd);
  });
});
