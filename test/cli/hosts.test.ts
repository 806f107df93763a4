import { describe, expect, it } from 'vitest';
import { folder, recordsIn, volley, type CliResult } from '../support/cli.ts';
import type { TestServer } from '../support/server.ts';
import { served } from './served.ts';

const CANARY = 'canary-key-0123456789abcdef';

interface Attack {
  readonly providers: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly flags?: readonly string[];
  readonly command?: string;
}

/** Runs a manifest with a task for each provider, in an environment that binds no key to a host. */
function run({ providers, env = {}, flags = [], command = 'run' }: Attack): Promise<CliResult> {
  const tasks = Object.keys(providers).map((name) => ({ prompt: 'hi', model: `${name}/m` }));
  const defaults = { max_retries: 0, max_tokens: 5 };
  const cwd = folder({ 'volley.yaml': JSON.stringify({ providers, defaults, tasks }) });
  return volley([command, 'volley.yaml', ...flags], { cwd, env, bindsServers: false });
}

/** The flags that a refusal prints. */
function flagsIn({ stderr }: CliResult): readonly string[] {
  return [...stderr.matchAll(/(--allow-(?:host|http)) ([^\s;]+)/g)].flatMap(([, flag, host]) => [
    flag ?? '',
    host ?? '',
  ]);
}

const hostOf = (server: TestServer): string => new URL(server.origin).host;

describe('T1: a manifest cannot choose where a key goes', () => {
  it.each(['STRIPE_SECRET_KEY', 'GITHUB_TOKEN', 'AWS_SECRET_ACCESS_KEY', 'OPENAI_API_KEY'])(
    'no local server gets `%s` unless it is bound, and the printed flag binds it',
    async (variable) => {
      const server = await served();
      const providers = {
        x: { type: 'openai', base_url: server.openaiUrl, api_key_env: variable },
      };
      const env = { [variable]: CANARY };
      const refused = await run({ providers, env });
      expect(refused.code).toBe(4);
      expect(refused.stderr).toContain(`\`${variable}\` must not be sent to \`${hostOf(server)}\``);
      expect(refused.stdout + refused.stderr).not.toContain(CANARY);
      expect(server.requests).toEqual([]);
      const allowed = await run({ providers, env, flags: flagsIn(refused) });
      expect(allowed.code, allowed.stderr).toBe(0);
      expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([
        `Bearer ${CANARY}`,
      ]);
    },
  );

  it('a host that is allowed for one key gets no other', async () => {
    const server = await served();
    const entry = { base_url: server.openaiUrl };
    const providers = {
      openai: entry,
      openrouter: entry,
      groq: entry,
      own: { type: 'openai', ...entry, api_key_env: 'GATEWAY_KEY' },
      anthropic: { base_url: server.origin },
    };
    const env = {
      OPENAI_API_KEY: `${CANARY}-openai`,
      OPENROUTER_API_KEY: `${CANARY}-openrouter`,
      GROQ_API_KEY: `${CANARY}-groq`,
      ANTHROPIC_API_KEY: `${CANARY}-anthropic`,
      GATEWAY_KEY: 'gateway-key-0123456789',
    };
    const flags = ['--allow-host', `${hostOf(server)}=GATEWAY_KEY`];
    const ran = await run({ providers, env, flags });
    expect(ran.code, ran.stderr).toBe(0);
    const keys = server.requests.map(
      ({ headers }) => headers.authorization ?? headers['x-api-key'],
    );
    expect(keys.filter((key) => key !== undefined)).toEqual(['Bearer gateway-key-0123456789']);
    expect(keys).toHaveLength(5);
    expect(server.requests.map((each) => JSON.stringify(each)).join('')).not.toContain(CANARY);
  });

  it('a separate key goes to another host only if the caller names its variable', async () => {
    const server = await served();
    const providers = { openai: { base_url: server.openaiUrl, api_key_env: 'OPENAI_API_KEY' } };
    const env = { OPENAI_API_KEY: CANARY };
    const flags = ['--allow-host', hostOf(server)];
    expect((await run({ providers, env, flags })).code).toBe(4);
    expect(server.requests).toEqual([]);
  });

  it.each([
    [{ type: 'openai', base_url_env: 'LLM_URL', api_key_env: 'TEAM_KEY' }, {}],
    [{ type: 'openai', base_url_env: 'LLM_URL', api_key_env: 'TEAM_KEY' }, { LLM_URL: '' }],
    [{ type: 'anthropic', base_url_env: 'LLM_URL' }, {}],
  ])(
    "an entry without an address, %j with %j, does not get the vendor's address",
    async (team, env) => {
      const attack = { providers: { team }, env: { ...env, TEAM_KEY: CANARY } };
      const checked = await run({ ...attack, command: 'validate' });
      expect(checked.code).toBe(2);
      expect(checked.stdout).toContain(
        'error MISSING_KEY: the provider `team` has no address: `LLM_URL` is not set',
      );
      const ran = await run(attack);
      expect([ran.code, ran.stdout]).toEqual([4, '']);
      expect(ran.stderr).toContain('set it: export LLM_URL=https://…, or add a `base_url`');
    },
  );

  it('the address on the command line is the caller’s own, and so is its bound key', async () => {
    const server = await served();
    const args = ['ask', '-m', 'gateway/m', '--base-url', server.openaiUrl, 'hi'];
    const env = { GATEWAY_KEY: CANARY, OPENAI_API_KEY: CANARY, CI: 'true' };
    const cwd = folder();
    const keyless = await volley(args, { cwd, env, bindsServers: false });
    expect(keyless.code, keyless.stderr).toBe(0);
    const bound = ['--allow-host', `${hostOf(server)}=GATEWAY_KEY`];
    expect((await volley([...args, ...bound], { cwd, env, bindsServers: false })).code).toBe(0);
    const unset = ['--allow-host', `${hostOf(server)}=MYKEY`];
    const refused = await volley([...args, ...unset], { cwd, env, bindsServers: false });
    expect(refused.code).toBe(4);
    expect(refused.stderr).toContain('`MYKEY` is not set\n  hint: set it: export MYKEY=…');
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([
      undefined,
      `Bearer ${CANARY}`,
    ]);
  });

  it.each([
    [['--base-url', 'http://127.0.0.1:9', 'hi'], '`volley ask` needs a model'],
    [['-m', 'a/b', '--base-url', 'nonsense', 'hi'], '--base-url: `nonsense` is not a URL'],
    [
      ['-m', 'a/b', '--base-url', 'https://u:p@h', 'hi'],
      'must not contain a user name or password',
    ],
    [
      ['-m', 'a/b', '--base-url', 'http://127.0.0.1:9', '-f', 'volley.yaml'],
      '`--base-url` works only with prompts, not with a manifest',
    ],
  ])('ask %j is refused', async (args, message) => {
    const cwd = folder({ 'volley.yaml': '{"tasks":["hi"]}' });
    const ran = await volley(['ask', ...args], { cwd });
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain(message);
  });
});

describe('T2: the environment stays private', () => {
  it.each([
    ['a secret', CANARY],
    ['a secret with a scheme', `${CANARY}://x`],
    ['an address with a password', `https://me:${CANARY}@llm.example.com/v1`],
    ['an address with a query', `https://llm.example.com/v1?key=${CANARY}`],
    ['an address that is not allowed', `https://${CANARY}.example.com/v1`],
    ['an address without encryption', `http://${CANARY}.example.com/v1`],
    ['an address and more', `https://llm.example.com/v1 ${CANARY}`],
  ])(
    'if `base_url_env` contains %s, no part of it is printed or resolved',
    async (_what, value) => {
      const providers = { x: { type: 'openai', base_url_env: 'SOME_SECRET' } };
      // Any lookup of the value would resolve to this machine.
      const env = { SOME_SECRET: value, RESOLVES: 'x=127.0.0.1' };
      for (const command of ['run', 'plan', 'validate', 'limits']) {
        const ran = await run({ providers, env, command });
        expect(ran.code).not.toBe(70);
        expect(ran.stdout + ran.stderr).not.toContain(CANARY.slice(0, 10));
      }
      const ran = await run({ providers, env });
      expect(ran.code).toBe(4);
      expect(ran.stderr).toContain('`SOME_SECRET`');
    },
  );

  it.each(['$', '${', '{{', '{{ ', '%', 'env:'])(
    'a header or a query with `%sSECRET` is sent literally or refused, never replaced',
    async (start) => {
      const end = { '${': '}', '{{': '}}', '{{ ': ' }}', '%': '%' }[start] ?? '';
      const text = `${start}SECRET${end}`;
      const server = await served();
      const providers = {
        x: {
          type: 'openai',
          base_url: server.openaiUrl,
          headers: { 'x-team': text },
          query: { team: text },
        },
      };
      await run({ providers, env: { SECRET: CANARY } });
      expect(JSON.stringify(server.requests)).not.toContain(CANARY);
    },
  );

  it('a header takes a variable only if the caller bound it', async () => {
    const server = await served();
    const providers = {
      x: {
        type: 'openai',
        base_url: server.openaiUrl,
        api_key_env: 'GATEWAY_KEY',
        headers: { 'X-Team': 'a' },
        headers_env: { 'cf-aig-authorization': 'GATEWAY_TOKEN' },
        query: { 'api-version': '2026-10-21' },
        auth: 'api-key',
      },
    };
    const env = { GATEWAY_KEY: `${CANARY}-1`, GATEWAY_TOKEN: `${CANARY}-2` };
    const refused = await run({ providers, env });
    expect(refused.code).toBe(4);
    expect(refused.stderr).toContain('`GATEWAY_KEY` and `GATEWAY_TOKEN` must not be sent to');
    const half = await run({ providers, env, flags: flagsIn(refused).slice(0, 2) });
    expect(half.code).toBe(4);
    expect(server.requests).toEqual([]);
    const allowed = await run({ providers, env, flags: flagsIn(refused) });
    expect(allowed.code, allowed.stderr).toBe(0);
    const [request] = server.requests;
    expect(request?.path).toBe('/v1/chat/completions?api-version=2026-10-21');
    expect(request?.headers).toMatchObject({
      'api-key': `${CANARY}-1`,
      'cf-aig-authorization': `${CANARY}-2`,
      'x-team': 'a',
    });
    expect(request?.headers.authorization).toBeUndefined();
  });

  it('a header’s variable is redacted if a server repeats it', async () => {
    const server = await served({
      respond: () => ({ kind: 'error', status: 400, message: `no: ${CANARY}` }),
    });
    const providers = {
      x: { type: 'openai', base_url: server.openaiUrl, headers_env: { 'x-gateway': 'GATEWAY' } },
    };
    const flags = ['--allow-host', `${hostOf(server)}=GATEWAY`];
    const ran = await run({ providers, env: { GATEWAY: CANARY }, flags });
    expect(ran.stdout + ran.stderr).not.toContain(CANARY);
    expect(recordsIn(ran.stdout)[0]?.error?.message).toContain('no: [redacted]');
  });

  it('`auth: none` sends no key', async () => {
    const server = await served();
    const x = { type: 'openai', base_url: server.openaiUrl, api_key_env: 'KEY', auth: 'none' };
    const flags = ['--allow-host', `${hostOf(server)}=KEY`];
    expect((await run({ providers: { x }, env: { KEY: CANARY }, flags })).code).toBe(0);
    expect(JSON.stringify(server.requests[0]?.headers)).not.toContain(CANARY);
  });

  it('`--keys-file` loads keys, keeps variables that are set, and cannot change anything else', async () => {
    const server = await served();
    const providers = {
      x: { type: 'openai', base_url: server.openaiUrl, api_key_env: 'GATEWAY_KEY' },
    };
    const file = folder({
      '.env': `GATEWAY_KEY="${CANARY}" # ours\n`,
      bad: `A=1\nGATEWAY_KEY: ${CANARY}\n`,
    });
    const flags = ['--allow-host', `${hostOf(server)}=GATEWAY_KEY`];
    const loaded = await run({ providers, flags: [...flags, '--keys-file', `${file}/.env`] });
    expect(loaded.code, loaded.stderr).toBe(0);
    const env = { GATEWAY_KEY: 'mine-0123456789' };
    await run({ providers, env, flags: [...flags, '--keys-file', `${file}/.env`] });
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([
      `Bearer ${CANARY}`,
      'Bearer mine-0123456789',
    ]);
    const missing = await run({ providers, flags: ['--keys-file', `${file}/none`] });
    expect(missing.code).toBe(2);
    expect(missing.stderr).toContain('/none');
    const bad = await run({ providers, flags: ['--keys-file', `${file}/bad`] });
    expect(bad.code).toBe(2);
    expect(bad.stderr).toContain(
      'bad:2: this line is not `NAME=value`\n  hint: write `GATEWAY_KEY=…`',
    );
    expect(bad.stderr).not.toContain(CANARY);
    const bound = await run({ providers, flags: ['--keys-file', `${file}/.env`] });
    expect(bound.code).toBe(4);
  });

  it.each([
    'VOLLEY_X',
    'NODE_OPTIONS',
    'https_proxy',
    'ALL_PROXY',
    'OTEL_X',
    'CI',
    'SSL_CERT_FILE',
  ])('a `--keys-file` that sets `%s` is refused', async (name) => {
    const file = folder({ '.env': `A_KEY=1\n${name}=${CANARY}\n` });
    const ran = await run({ providers: {}, flags: ['--keys-file', `${file}/.env`] });
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain(`sets \`${name}\`, which a keys file must not set`);
    expect(ran.stderr).not.toContain(CANARY);
  });

  it('the command to resume hides the values of `--set`, and is refused until they are filled in', async () => {
    const server = await served({ respond: () => ({ kind: 'error', status: 400 }) });
    const providers = { x: { type: 'openai', base_url: server.openaiUrl } };
    const flags = ['-o', 'o.jsonl', '--set', `token=${CANARY}`, `--set=other=${CANARY} b`];
    const tasks = [{ prompt: '{{ vars.token }} {{ vars.other }}', model: 'x/m' }];
    const vars = { token: '', other: '' };
    const cwd = folder({ 'volley.yaml': JSON.stringify({ providers, vars, tasks }) });
    const ran = await volley(['run', 'volley.yaml', ...flags], { cwd });
    expect(ran.stderr).toContain('--set token=… --set=other=… --resume');
    expect(ran.stderr).not.toContain(CANARY);
    const pasted = await volley(
      ['run', 'volley.yaml', '-o', 'o.jsonl', '--set', 'token=…', '--resume'],
      { cwd },
    );
    expect(pasted.code).toBe(2);
    expect(pasted.stderr).toContain('write the value of `token` in place of `…`');
    expect(server.requests).toHaveLength(1);
  });
});

describe('T3: no redirect takes a key along', () => {
  it.each([301, 302, 303, 307, 308])('%i is not followed, wherever it leads', async (status) => {
    const elsewhere = await served();
    const host = hostOf(elsewhere);
    const locations = [
      `http://${host}/v1`,
      `//${host}/v1`,
      `https://${host}/v1`,
      'file:///etc/passwd',
    ];
    const server = await served({
      respond: (_, n) => ({ kind: 'redirect', status, location: locations[n % 4] ?? '' }),
    });
    const entry = {
      type: 'openai',
      base_url: server.openaiUrl,
      api_key_env: 'GATEWAY_KEY',
      headers_env: { 'x-gateway': 'GATEWAY_KEY' },
    };
    const providers = { a: entry, b: entry, c: entry, d: entry };
    const flags = ['--allow-host', `${hostOf(server)}=GATEWAY_KEY`];
    const ran = await run({ providers, env: { GATEWAY_KEY: CANARY }, flags });
    expect(ran.code).not.toBe(0);
    expect(server.requests).toHaveLength(4);
    expect(elsewhere.requests).toEqual([]);
  });
});

describe('T21: private addresses are called only if the caller allows them', () => {
  it('in CI, a local port is called only with the printed flag', async () => {
    const server = await served();
    const providers = { x: { type: 'openai', base_url: server.openaiUrl } };
    const env = { CI: 'true' };
    const refused = await run({ providers, env });
    expect(refused.code).toBe(4);
    expect(refused.stderr).toContain('on this machine; in CI, the command must allow that');
    expect(server.requests).toEqual([]);
    const allowed = await run({ providers, env, flags: flagsIn(refused) });
    expect(allowed.code, allowed.stderr).toBe(0);
    expect((await run({ providers, env: { CI: 'false' } })).code).toBe(0);
  });

  it.each([
    'https://10.0.0.1/v1',
    'https://192.168.1.1/v1',
    'https://169.254.169.254/latest',
    'https://0xa9fea9fe/latest',
    'https://2852039166/latest',
    'https://[::ffff:169.254.169.254]/v1',
    'https://[fd00:ec2::254]/v1',
    'https://[fe80::1]/v1',
    'https://0.0.0.0/v1',
    'https://100.100.100.200/v1',
    'http://10.0.0.1/v1',
    'http://0.0.0.0:8080/v1',
  ])('%s is refused', async (base_url) => {
    const ran = await run({ providers: { x: { type: 'openai', base_url } } });
    expect(ran.code).toBe(4);
    expect(ran.stderr).toContain('is not allowed');
  });
});

describe('T33: a name is judged by the address that it resolves to', () => {
  it.each(['127.0.0.1', '0.0.0.0', '169.254.169.254', '::1', '::ffff:127.0.0.1', 'fe80::1'])(
    'an allowed name that resolves to %s is not called until that address is allowed',
    async (address) => {
      const server = await served();
      const { port } = new URL(server.origin);
      const base_url = `http://gateway.example:${port}/v1`;
      const providers = { x: { type: 'openai', base_url, api_key_env: 'GATEWAY_KEY' } };
      const env = {
        GATEWAY_KEY: CANARY,
        RESOLVES: `gateway.example=${address}`,
      };
      const flags = ['--allow-http', `gateway.example:${port}=GATEWAY_KEY`];
      const refused = await run({ providers, env, flags });
      expect(refused.code).toBe(4);
      expect(refused.stderr).toContain(`\`gateway.example:${port}\` resolves to ${address}`);
      expect(server.requests).toEqual([]);
      if (address !== '127.0.0.1') return;
      const allowed = await run({ providers, env, flags: [...flags, ...flagsIn(refused)] });
      expect(allowed.code, allowed.stderr).toBe(0);
      expect(server.requests[0]?.headers.authorization).toBe(`Bearer ${CANARY}`);
    },
  );

  it.each(['10.0.0.1', '192.168.1.1', '172.16.0.1', '100.64.0.1', 'fd00::1', '127.0.0.1'])(
    "a built-in provider's host that resolves to %s gets no key",
    async (address) => {
      const env = {
        OPENAI_API_KEY: CANARY,
        RESOLVES: `api.openai.com=${address}`,
      };
      const ran = await run({ providers: { openai: {} }, env });
      expect(ran.code).toBe(4);
      expect(ran.stderr).toContain(`\`api.openai.com\` resolves to ${address}`);
    },
  );

  it('`http:` to another machine needs the printed flag', async () => {
    const server = await served();
    const { port } = new URL(server.origin);
    const base_url = `http://gateway.example:${port}/v1`;
    const providers = { x: { type: 'openai', base_url, api_key_env: 'GATEWAY_KEY' } };
    const env = {
      GATEWAY_KEY: CANARY,
      RESOLVES: 'gateway.example=127.0.0.1',
      VOLLEY_ALLOW_HOSTS: '127.0.0.1',
    };
    const checked = await run({ providers, env, command: 'validate' });
    expect(checked.code).toBe(2);
    expect(checked.stdout).toContain(`--allow-http gateway.example:${port}=GATEWAY_KEY`);
    const withHost = ['--allow-host', `gateway.example:${port}=GATEWAY_KEY`];
    expect((await run({ providers, env, flags: withHost })).code).toBe(4);
    const refused = await run({ providers, env });
    expect(refused.code).toBe(4);
    expect(server.requests).toEqual([]);
    const flags = flagsIn(refused);
    expect(flags).toEqual(['--allow-http', `gateway.example:${port}=GATEWAY_KEY`]);
    expect((await run({ providers, env, flags, command: 'validate' })).code).toBe(0);
    expect((await run({ providers, env, flags })).code).toBe(0);
    expect(server.requests[0]?.headers.authorization).toBe(`Bearer ${CANARY}`);
  });
});

describe('validate --permissions', () => {
  it('lists what a manifest reads and writes, its hosts and its variables', async () => {
    const manifest = {
      output: 'out.jsonl',
      providers: {
        gateway: {
          type: 'openai',
          base_url: 'https://llm.example.com/v1',
          api_key_env: 'GATEWAY_KEY',
          headers_env: { 'x-gateway': 'GATEWAY_TOKEN' },
        },
        secret: { type: 'openai', base_url_env: 'SOME_URL' },
      },
      tasks: [
        { prompt: { file: 'prompts/a.md' }, model: 'gateway/m' },
        { prompt: 'hi', model: 'openai/gpt-6.1-sol' },
        { prompt: 'hi', model: 'secret/m' },
        { prompt: '{{ item.x }}', for_each: { file: 'rows.csv' }, model: 'mock/m' },
      ],
    };
    const cwd = folder({
      'volley.yaml': JSON.stringify(manifest),
      'prompts/a.md': 'Hi.',
      'rows.csv': 'x\n1\n',
    });
    const env = { SOME_URL: `https://${CANARY}.example.com` };
    const args = ['validate', 'volley.yaml', '--permissions'];
    const text = await volley(args, { cwd, env });
    expect(text.code).toBe(0);
    expect(text.stdout).toBe(`\
volley.yaml: valid, 4 tasks
reads:
  volley.yaml
  prompts/a.md
  rows.csv
writes:
  out.jsonl
contacts:
  llm.example.com (\`gateway\`), with key \`GATEWAY_KEY\` (not sent there), header \`GATEWAY_TOKEN\` (not sent there); a run needs --allow-host llm.example.com=GATEWAY_KEY --allow-host llm.example.com=GATEWAY_TOKEN
  api.openai.com (\`openai\`), with key \`OPENAI_API_KEY\`
  the server in \`SOME_URL\` (\`secret\`); not allowed
`);
    const json = await volley([...args, '--json'], { cwd, env });
    expect(JSON.parse(json.stdout)).toMatchObject({
      valid: true,
      permissions: {
        reads: ['volley.yaml', 'prompts/a.md', 'rows.csv'],
        writes: ['out.jsonl'],
        contacts: [
          {
            provider: 'gateway',
            host: 'llm.example.com',
            allowed: false,
            variables: [
              { name: 'GATEWAY_KEY', use: 'key', bound: false },
              { name: 'GATEWAY_TOKEN', use: 'header', bound: false },
            ],
            flags: [
              '--allow-host llm.example.com=GATEWAY_KEY',
              '--allow-host llm.example.com=GATEWAY_TOKEN',
            ],
          },
          { provider: 'openai', host: 'api.openai.com', allowed: true, flags: [] },
          { provider: 'secret', host: null, address_variable: 'SOME_URL', allowed: false },
        ],
        variables: ['GATEWAY_KEY', 'GATEWAY_TOKEN', 'OPENAI_API_KEY', 'SOME_URL'],
      },
    });
    expect(text.stdout + json.stdout + text.stderr).not.toContain(CANARY);
  });
});
