import { createServer } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { loadManifest, run, VolleyError } from '../../src/index.ts';
import { folder, volley } from '../support/cli.ts';

/** Addresses that a manifest may contain or a variable may hold. */
const ADDRESSES = [
  'https://api.openai.com/v1',
  'https://eu.api.openai.com/v1',
  'https://API.OPENAI.COM/v1',
  'https://api.openai.com:443/v1',
  'https://bound.example/v1',
  'https://bound.example:8443/v1',
  'https://other.bound.example/v1',
  'https://evil.example/v1',
  'HTTPS://EVIL.example/v1',
  'http://evil.example/v1',
  'http://api.openai.com/v1',
  'https://api.openai.com:8443/v1',
  'https://api.openai.com./v1',
  'https://api.openai.com.evil.example/v1',
  'https://xapi.openai.com/v1',
  'https://xx.api.openai.com/v1',
  'https://openai.com/v1',
  'https://api.openai.com@evil.example/v1',
  'https://user:pass@api.openai.com/v1',
  'https://evil.example\\@api.openai.com/v1',
  'https:\\\\evil.example\\v1',
  'https:evil.example/v1',
  '//evil.example/v1',
  'https://api.\u043epenai.com/v1',
  'https://api.openai.com\u3002evil.example/v1',
  'https://api.openai.com%2eevil.example/v1',
  'https://api.openai.com\u200b.evil.example/v1',
  'https://api.openai.com/v1?host=evil.example',
  'https://api.openai.com/v1#@evil.example',
  'https://api.groq.com/openai/v1',
  'https://169.254.169.254/v1',
  'https://2852039166/v1',
  'https://0xa9fea9fe/v1',
  'https://[::ffff:169.254.169.254]/v1',
  'https://10.0.0.1/v1',
  'http://127.0.0.1:9/v1',
  'http://localhost:9/v1',
  'http://[::1]:9/v1',
  'http://2130706433:9/v1',
  'http://0.0.0.0:9/v1',
  'http://127.0.0.1.evil.example/v1',
  'http://localhost.evil.example/v1',
];

const KEYS = {
  OPENAI_API_KEY: 'canary-openai-0123456789',
  STRIPE_SECRET_KEY: 'canary-stripe-0123456789',
};

/** The ways in which a manifest may request that a variable's value be sent. */
const SOURCES: ReadonlyArray<readonly [string, object]> = [
  ["a ready-made provider's variable, by name", { api_key_env: 'OPENAI_API_KEY' }],
  ["a ready-made provider's variable, by default", {}],
  ['another variable', { api_key_env: 'STRIPE_SECRET_KEY' }],
  [
    'a variable in a header',
    { auth: 'none', headers_env: { 'x-one': 'STRIPE_SECRET_KEY', 'x-two': 'OPENAI_API_KEY' } },
  ],
];

/**
 * Every pair of a host and a variable that may occur in a request here, whether Volley or the
 * caller binds it.
 */
const BOUND = new Set([
  'api.openai.com OPENAI_API_KEY',
  'eu.api.openai.com OPENAI_API_KEY',
  'bound.example STRIPE_SECRET_KEY',
]);

interface Sent {
  readonly host: string;
  readonly variables: readonly string[];
}

/** What a run sends if this is its entry `openai`. */
function sentBy(entry: object, environment: Record<string, string>): Promise<readonly Sent[]> {
  const manifest = {
    providers: { openai: entry },
    defaults: { max_retries: 0 },
    tasks: [{ prompt: 'hi', model: 'openai/m' }],
  };
  return sentByManifest(JSON.stringify(manifest), environment);
}

/** What a run of a manifest sends, recorded by its `fetch`. */
async function sentByManifest(
  text: string,
  environment: Record<string, string>,
): Promise<readonly Sent[]> {
  const sent: Sent[] = [];
  const recording: typeof fetch = async (input, init) => {
    const request = new Request(input, init);
    const all = `${request.url}\n${JSON.stringify([...request.headers])}\n${await request.text()}`;
    const variables = Object.entries(KEYS).flatMap(([name, key]) =>
      all.includes(key) ? [name] : [],
    );
    sent.push({ host: new URL(request.url).host, variables });
    return Response.json({});
  };
  const options = {
    environment,
    fetch: recording,
    allowHosts: ['bound.example=STRIPE_SECRET_KEY'],
  };
  try {
    for await (const _ of run(await loadManifest('volley.yaml', { text }), options));
  } catch (error) {
    if (!(error instanceof VolleyError)) throw error;
    expect(JSON.stringify([error.message, error.hint, error.findings])).not.toContain('canary');
  }
  return sent;
}

function sentTo(base_url: string, entry: object): Promise<readonly Sent[]> {
  return sentBy({ ...entry, base_url }, KEYS);
}

describe('T1: no key reaches a host that it is not bound to', () => {
  test.each(SOURCES)('%s', async (_what, source) => {
    const met = new Set<string>();
    for (const address of ADDRESSES) {
      for (const [entry, environment] of [
        [{ ...source, base_url: address }, KEYS],
        [
          { ...source, base_url_env: 'WHERE' },
          { ...KEYS, WHERE: address },
        ],
      ] as const) {
        for (const { host, variables } of await sentBy(entry, environment)) {
          for (const variable of variables) met.add(`${host} ${variable}`);
        }
      }
    }
    expect([...met].filter((pair) => !BOUND.has(pair))).toEqual([]);
  });

  test('but a bound key reaches its host', async () => {
    expect([
      ...(await sentTo('https://API.OPENAI.com:443/v1', {})),
      ...(await sentTo('https://eu.api.openai.com/v1', {})),
      ...(await sentTo('https://bound.example/v1', { api_key_env: 'STRIPE_SECRET_KEY' })),
      ...(await sentTo('https://bound.example/v1', {
        headers_env: { 'x-one': 'STRIPE_SECRET_KEY' },
      })),
      ...(await sentTo('http://127.0.0.1:9/v1', {})),
    ]).toEqual([
      { host: 'api.openai.com', variables: ['OPENAI_API_KEY'] },
      { host: 'eu.api.openai.com', variables: ['OPENAI_API_KEY'] },
      { host: 'bound.example', variables: ['STRIPE_SECRET_KEY'] },
      { host: 'bound.example', variables: ['STRIPE_SECRET_KEY'] },
      { host: '127.0.0.1:9', variables: [] },
    ]);
  });

  test('and the command does not connect to any other host, as a proxy confirms', async () => {
    const asked: string[] = [];
    const proxy = createServer().on('connect', ({ url }, socket) => {
      asked.push(url ?? '');
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    });
    await new Promise<void>((listening) => proxy.listen(0, '127.0.0.1', listening));
    onTestFinished(() => void proxy.close());
    const address = proxy.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const env = { ...KEYS, HTTPS_PROXY: `http://127.0.0.1:${port}` };
    const tried = ADDRESSES.filter((_, at) => at % 4 === 0);
    for (const base_url of tried) {
      const manifest = {
        providers: { openai: { base_url, api_key_env: 'OPENAI_API_KEY' } },
        defaults: { max_retries: 0 },
        tasks: [{ prompt: 'hi', model: 'openai/m' }],
      };
      const cwd = folder({ 'volley.yaml': JSON.stringify(manifest) });
      const ran = await volley(['run', 'volley.yaml'], { cwd, env });
      expect([1, 2, 4], base_url).toContain(ran.code);
      expect(ran.stdout + ran.stderr).not.toContain('canary');
    }
    expect([...new Set(asked)]).toEqual(['api.openai.com:443']);
  });
});

/** Ways in which tools refer to the value of a variable. */
const REFERENCES = [
  '$X',
  '${X}',
  '{{env.X}}',
  '{{ X }}',
  '%X%',
  'env:X',
  '$(printenv X)',
  '`printenv X`',
].map((form) => form.replaceAll('X', 'STRIPE_SECRET_KEY'));

/** Manifests that contain this text in one of their fields. */
const FIELDS: Readonly<Record<string, (text: string) => object>> = {
  prompt: (prompt) => ({ tasks: [{ prompt }] }),
  system: (system) => ({ tasks: [{ prompt: 'hi', system }] }),
  context: (context) => ({ context, tasks: ['hi'] }),
  vars: (text) => ({ vars: { a: text }, tasks: ['{{ vars.a }}'] }),
  rows: (text) => ({ tasks: [{ for_each: [text], prompt: '{{ item }}' }] }),
  matrix: (text) => ({ tasks: [{ matrix: { a: [text] }, prompt: '{{ matrix.a }}' }] }),
  stop: (text) => ({ tasks: [{ prompt: 'hi', stop: [text] }] }),
  params: (user) => ({ tasks: [{ prompt: 'hi', params: { user } }] }),
  model: (text) => ({ tasks: [{ prompt: 'hi', model: `local/${text}` }] }),
  headers: (text) => ({ providers: { local: { headers: { 'x-a': text } } }, tasks: ['hi'] }),
  query: (text) => ({ providers: { local: { query: { a: text } } }, tasks: ['hi'] }),
  base_url: (text) => ({
    providers: { local: { base_url: `http://127.0.0.1:9/${text}` } },
    tasks: ['hi'],
  }),
  name: (name) => ({ name, tasks: ['hi'] }),
};

describe("T2: no text contains a variable's value", () => {
  test.each(Object.entries(FIELDS))('%s', async (_field, manifestWith) => {
    let sentTexts = 0;
    for (const reference of REFERENCES) {
      const { providers = {}, ...rest }: { providers?: { local?: object } } =
        manifestWith(reference);
      const local = { type: 'openai', base_url: 'http://127.0.0.1:9/v1', ...providers.local };
      const manifest = { defaults: { model: 'local/m', max_retries: 0 }, ...rest };
      const text = JSON.stringify({ ...manifest, providers: { local } });
      for (const { variables } of await sentByManifest(text, KEYS)) {
        expect(variables).toEqual([]);
        sentTexts += 1;
      }
    }
    expect(sentTexts).toBeGreaterThan(0);
  });
});
