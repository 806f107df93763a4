import { describe, expect, test } from 'vitest';
import { VolleyError } from '../../src/errors/volley-error.ts';
import type { Manifest, ProviderSettings } from '../../src/manifest/manifest.ts';
import type { Environment } from '../../src/ports/environment.ts';
import { resolveProviders } from '../../src/providers/resolve-providers.ts';
import type { Resolution, ResolvedProvider } from '../../src/providers/resolve-providers.ts';
import { manifestOf } from '../plan/support.ts';

const place = { file: 'volley.yaml', line: 3, column: 3 };
const KEYS: Environment = {
  OPENAI_API_KEY: 'sk-openai-secret',
  ANTHROPIC_API_KEY: 'sk-ant-secret',
  GROQ_API_KEY: 'gsk-secret',
};

describe('built-in providers', () => {
  test('each gets its own address and its own key', () => {
    const { openai, anthropic, groq } = endpoints(['openai', 'anthropic', 'groq'], {});
    expect([openai, anthropic, groq]).toMatchObject([
      { baseUrl: 'https://api.openai.com/v1', key: 'sk-openai-secret', api: 'responses' },
      { baseUrl: 'https://api.anthropic.com', key: 'sk-ant-secret', host: 'api.anthropic.com' },
      { baseUrl: 'https://api.groq.com/openai/v1', key: 'gsk-secret', api: 'chat' },
    ]);
  });

  test('a missing key is a problem that names the variable', () => {
    expect(resolve(['mistral'], {})).toEqual({
      ok: false,
      problems: [
        {
          provider: 'mistral',
          message: 'no key for `mistral`: `MISTRAL_API_KEY` is not set',
          hint: 'set it: export MISTRAL_API_KEY=…',
        },
      ],
    });
  });

  test('all providers with problems are reported at once, unused ones are not', () => {
    const result = resolve(['mistral', 'xai', 'openai'], {
      evil: { baseUrl: 'https://evil.example' },
    });
    expect(result.ok ? [] : result.problems.map((problem) => problem.provider)).toEqual([
      'mistral',
      'xai',
    ]);
  });

  test('an invalid proxy is a problem, reported without its value; `host:port` is valid', () => {
    const environment = { ...KEYS, HTTPS_PROXY: 'http://me:secret@proxy:99999' };
    expect(resolve(['openai', 'ollama'], {}, { environment })).toEqual({
      ok: false,
      problems: [
        {
          provider: 'openai',
          message: 'the variable `HTTPS_PROXY` is not the address of a proxy',
          hint: 'write it as `http://host:port`, or `http://user:password@host:port`; unset it for no proxy',
        },
      ],
    });
    for (const proxy of ['proxy.corp:8080', 'me:secret@proxy', '']) {
      const options = { environment: { ...KEYS, HTTPS_PROXY: proxy } };
      expect(resolve(['openai'], {}, options)).toMatchObject({ ok: true });
    }
  });

  test('ollama and mock need no key', () => {
    const { ollama, mock } = endpoints(['ollama', 'mock'], {});
    expect(ollama).toMatchObject({ baseUrl: 'http://127.0.0.1:11434/v1' });
    expect(mock).toMatchObject({ type: 'mock', host: 'mock' });
    expect([ollama?.key, mock?.key]).toEqual([undefined, undefined]);
  });

  test.each(['sk-secret\n', 'sk secret', 'sk-\u00e9secret', 'sk\u0000secret'])(
    'a key with an invalid character is refused and not printed',
    (key) => {
      expect(resolve(['openai'], {}, { environment: { OPENAI_API_KEY: key } })).toEqual({
        ok: false,
        problems: [
          {
            provider: 'openai',
            message:
              'the key in `OPENAI_API_KEY` contains a character that keys never have, such as a space or a line break',
            hint: 'set the variable to the bare key, without quotes or a trailing newline',
          },
        ],
      });
    },
  );
});

describe('T1: a manifest cannot decide where a key is sent', () => {
  test.each([
    'https://evil.example/v1',
    'http://evil.example/v1',
    'http://api.openai.com/v1',
    'https://api.openai.com.evil.example/v1',
    'https://api.openai.com@evil.example/v1',
    'https://user:pass@api.openai.com/v1',
    'https://evil.example\\@api.openai.com/v1',
    'https:\\\\evil.example\\v1',
    'https:evil.example/v1',
    'HTTPS://EVIL.example/v1',
    '//evil.example/v1',
    'https://api.openai.com:8443/v1',
    'https://api.openai.com./v1',
    'https://api.\u043epenai.com/v1',
    'https://api.openai.com\u3002evil.example/v1',
    'https://2852039166/latest',
    'https://0xa9fea9fe/latest',
    'https://169.254.169.254/latest',
    'https://10.0.0.1/v1',
    'https://[::ffff:169.254.169.254]/v1',
    'https://[fe80::1]/v1',
    'http://0.0.0.0:8080/v1',
    'http://127.0.0.1.evil.example/v1',
    'http://localhost.evil.example/v1',
    'https://api.openai.com/v1?x=',
    'https://api.openai.com/v1#x',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'not a url',
    '',
  ])('%s is refused, in the manifest and in a variable', (baseUrl) => {
    const direct = resolve(['openai'], { openai: { baseUrl } });
    const byVariable = resolve(
      ['openai'],
      { openai: { baseUrlEnv: 'WHERE' } },
      { environment: { ...KEYS, WHERE: baseUrl === '' ? 'x' : baseUrl } },
    );
    expect([direct.ok, byVariable.ok]).toEqual([false, false]);
    expect(JSON.stringify([direct, byVariable])).not.toMatch(/secret|user:pass/u);
  });

  test('the refusal says how to allow the host', () => {
    expect(resolve(['openai'], { openai: { baseUrl: 'https://Gateway.Example:8443/v1' } })).toEqual(
      {
        ok: false,
        problems: [
          {
            provider: 'openai',
            message:
              '`base_url` of `openai` points to `gateway.example:8443`, which is not allowed',
            hint: 'to send prompts there, add --allow-host gateway.example:8443; for the key in `OPENAI_API_KEY` as well: --allow-host gateway.example:8443=OPENAI_API_KEY',
            place,
          },
        ],
      },
    );
  });

  test.each([
    ['https://127.0.0.1:9/v1'],
    ['http://127.0.0.1:9/v1'],
    ['http://localhost:9/v1'],
    ['http://[::1]:9/v1'],
    ['http://2130706433:9/v1'],
    ['http://0x7f.1:9/v1'],
    ['https://openrouter.ai/api/v1'],
  ])('%s needs no permission but gets no built-in key', (baseUrl) => {
    const { openai } = endpoints(['openai'], { openai: { baseUrl } });
    expect(openai?.withheldVariable).toBe('OPENAI_API_KEY');
    expect([openai?.key, openai?.keyVariable]).toEqual([undefined, undefined]);
  });

  test.each(['http://127.0.0.1:9/v1', 'https://openrouter.ai/api/v1'])(
    'naming the built-in variable explicitly for %s is refused with the flag to add',
    (baseUrl) => {
      const { host } = new URL(baseUrl);
      expect(
        resolve(['openai'], { openai: { baseUrl, apiKeyEnv: 'OPENAI_API_KEY' } }),
      ).toMatchObject({
        ok: false,
        problems: [
          {
            message: `\`OPENAI_API_KEY\` must not be sent to \`${host}\`: it is not bound to it`,
            hint: `to allow that, add --allow-host ${host}=OPENAI_API_KEY`,
          },
        ],
      });
    },
  );

  test.each(['http://127.0.0.1:9/v1', 'https://gateway.example/v1'])(
    'if the caller binds the variable to %s, the key is sent there and nowhere else',
    (baseUrl) => {
      const { host } = new URL(baseUrl);
      const settings = { openai: { baseUrl }, anthropic: { baseUrl }, groq: { baseUrl } };
      const names = Object.keys(settings);
      const byFlag = endpoints(names, settings, { allowHosts: [`${host}=OPENAI_API_KEY`] });
      const byVariable = endpoints(names, settings, {
        environment: {
          ...KEYS,
          VOLLEY_ALLOW_HOSTS: `other.example, ${host.toUpperCase()}=OPENAI_API_KEY`,
        },
      });
      const hostOnly = endpoints(names, settings, { allowHosts: [host] });
      const keysOf = (found: typeof byFlag) => names.map((name) => found[name]?.key);
      expect(keysOf(byFlag)).toEqual(['sk-openai-secret', undefined, undefined]);
      expect(keysOf(byVariable)).toEqual(keysOf(byFlag));
      expect(keysOf(hostOnly)).toEqual([undefined, undefined, undefined]);
      expect(byFlag['openai']?.api).toBe('chat');
    },
  );

  test.each([
    ['evil.example', 'https://evil.example:8443/v1'],
    ['evil.example:8443', 'https://evil.example/v1'],
    ['example', 'https://evil.example/v1'],
    ['good.example', 'http://good.example/v1'],
    ['good.example=OPENAI_API_KEY', 'http://good.example/v1'],
    ['api.openai.com', 'https://api.openai.com.evil.example/v1'],
  ])('allowing `%s` does not allow %s', (allowed, baseUrl) => {
    expect(resolve(['openai'], { openai: { baseUrl } }, { allowHosts: [allowed] }).ok).toBe(false);
  });

  test.each([
    '*.example',
    'user@evil.example',
    'evil.example/v1',
    'https://evil.example',
    '',
    'evil.example:port',
    'evil.example=',
    'evil.example=A B',
    'evil.example=A=B',
    '=OPENAI_API_KEY',
    'a.example,b.example',
    'evil.example?x',
  ])('`--allow-host %s` is refused', (allowed) => {
    const { message, exitCode } = refusalOf(() =>
      resolve(['openai'], {}, { allowHosts: [allowed] }),
    );
    expect([message, exitCode]).toEqual([`\`${allowed}\` in --allow-host is not a host`, 2]);
  });

  test.each([
    ['https://gw.example:8443/v1', 'write `gw.example:8443`'],
    ['https://gw.example=KEY', 'write `gw.example=KEY`'],
  ])('`--allow-host %s` gets a suggestion', (allowed, hint) => {
    expect(refusalOf(() => resolve(['openai'], {}, { allowHosts: [allowed] })).hint).toBe(hint);
  });

  test.each(['https://eu.api.openai.com/v1', 'https://us.api.openai.com/v1'])(
    "a provider's own regional host %s gets its key, from any entry, and no other key",
    (baseUrl) => {
      const { openai, far } = endpoints(['openai', 'far'], {
        openai: { baseUrl },
        far: { type: 'openai', baseUrl, apiKeyEnv: 'OPENAI_API_KEY' },
      });
      expect([openai?.key, far?.key]).toEqual(['sk-openai-secret', 'sk-openai-secret']);
      const stolen = resolve(['openai'], { openai: { baseUrl, apiKeyEnv: 'ANTHROPIC_API_KEY' } });
      expect(stolen.ok).toBe(false);
    },
  );

  test('in CI, only ports of this machine that the caller allowed are called', () => {
    const settings = { local: { type: 'openai', baseUrl: 'http://127.0.0.1:9/v1' } } as const;
    const codes = ['true', '1', 'false', '0', ''].map(
      (CI) => resolve(['local'], settings, { environment: { CI } }).ok,
    );
    expect(codes).toEqual([false, false, true, true, true]);
    const environment = { CI: 'true' };
    expect(resolve(['local'], settings, { environment })).toMatchObject({
      problems: [{ hint: 'to send prompts there, add --allow-host 127.0.0.1:9' }],
    });
    const allowed = ['127.0.0.1:9', '127.0.0.1', '127.0.0.1:8', 'localhost:9'].map(
      (host) => resolve(['local'], settings, { environment, allowHosts: [host] }).ok,
    );
    expect(allowed).toEqual([true, false, false, false]);
  });

  test.each(['ANTHROPIC_API_KEY', 'STRIPE_SECRET_KEY', 'GITHUB_TOKEN', 'AWS_SECRET_ACCESS_KEY'])(
    '`api_key_env: %s` is refused if it is not bound, and sent where the caller bound it',
    (apiKeyEnv) => {
      const settings = {
        local: { type: 'openai', baseUrl: 'http://127.0.0.1:9/v1', apiKeyEnv },
        openai: { apiKeyEnv },
      } as const;
      const environment = { ...KEYS, [apiKeyEnv]: 'canary' };
      const refused = resolve(['local', 'openai'], settings, { environment });
      expect(refused.ok ? [] : refused.problems.map(({ message }) => message)).toEqual([
        `\`${apiKeyEnv}\` must not be sent to \`127.0.0.1:9\`: it is not bound to it`,
        `\`${apiKeyEnv}\` must not be sent to \`api.openai.com\`: it is not bound to it`,
      ]);
      const bound = endpoints(['local'], settings, {
        environment,
        allowHosts: [`127.0.0.1:9=${apiKeyEnv}`],
      });
      expect(bound['local']?.key).toBe('canary');
    },
  );
});

describe('own entries', () => {
  test('a local server gets the key that its entry names and the caller bound', () => {
    const { local } = endpoints(
      ['local'],
      { local: { type: 'openai', baseUrl: 'http://127.0.0.1:9/v1/', apiKeyEnv: 'LOCAL_KEY' } },
      { environment: { LOCAL_KEY: 'abc' }, allowHosts: ['127.0.0.1:9=LOCAL_KEY'] },
    );
    expect(local).toMatchObject({ baseUrl: 'http://127.0.0.1:9/v1', key: 'abc', api: 'chat' });
  });

  test('a local server does not need its key', () => {
    const { local } = endpoints(['local'], {
      local: { type: 'openai', baseUrl: 'http://127.0.0.1:9/v1', apiKeyEnv: 'LOCAL_KEY' },
    });
    expect(local?.key).toBeUndefined();
  });

  test('a variable overrides the address, but an empty one does not', () => {
    const settings = {
      local: { type: 'openai', baseUrl: 'http://127.0.0.1:1/v1', baseUrlEnv: 'WHERE' },
    } as const;
    const hosts = ['http://127.0.0.1:2/v1', ''].map(
      (WHERE) => endpoints(['local'], settings, { environment: { WHERE } })['local']?.host,
    );
    expect(hosts).toEqual(['127.0.0.1:2', '127.0.0.1:1']);
  });

  test.each([
    [{ type: 'openai' }, 'the provider `team` has no `base_url`'],
    [{ type: 'anthropic', apiKeyEnv: 'TEAM_KEY' }, 'the provider `team` has no `base_url`'],
    [
      { type: 'openai', baseUrlEnv: 'WHERE', apiKeyEnv: 'TEAM_KEY' },
      'the provider `team` has no address: `WHERE` is not set',
    ],
  ] as const)("without an address, %j does not use the vendor's", (team, message) => {
    for (const environment of [{ TEAM_KEY: 'abc' }, { TEAM_KEY: 'abc', WHERE: '' }]) {
      expect(resolve(['team'], { team }, { environment })).toMatchObject({
        ok: false,
        problems: [{ message }],
      });
    }
  });

  test('a built-in name with another type does not have an address either', () => {
    expect(resolve(['groq'], { groq: { type: 'anthropic' } })).toMatchObject({ ok: false });
  });

  test('an entry without a type is a problem', () => {
    expect(resolve(['local'], { local: {} })).toMatchObject({
      ok: false,
      problems: [{ message: 'provider `local` has no type', place }],
    });
  });
});

describe('an unset key', () => {
  const LOCAL = 'http://127.0.0.1:9/v1';
  const REMOTE = 'https://llm.example/v1';
  const entry = { type: 'openai', apiKeyEnv: 'TEAM_KEY' } as const;

  test.each([
    [
      REMOTE,
      ['llm.example=TEAM_KEY'],
      'no key for `gw`: `TEAM_KEY` is not set',
      'export TEAM_KEY=…',
    ],
    [
      LOCAL,
      ['127.0.0.1:9=TEAM_KEY'],
      'no key for `gw`: `TEAM_KEY` is not set',
      'set it: export TEAM_KEY=…; if the server does not need a key, write --allow-host 127.0.0.1:9',
    ],
    [
      REMOTE,
      ['llm.example=TEAMKEY'],
      'no key for `gw`: `TEAM_KEY` is not set, nor is `TEAMKEY`, which is bound to `llm.example`',
      'set it: export TEAM_KEY=…, and add --allow-host llm.example=TEAM_KEY',
    ],
  ])('for %s, allowed with %j, is refused', (baseUrl, allowHosts, message, hint) => {
    expect(resolve(['gw'], { gw: { ...entry, baseUrl } }, { allowHosts })).toMatchObject({
      ok: false,
      problems: [{ message, hint: expect.stringContaining(hint) }],
    });
  });

  test('a variable bound to the host of an entry without `api_key_env` is refused too', () => {
    const gw = { type: 'openai', baseUrl: LOCAL } as const;
    expect(resolve(['gw'], { gw }, { allowHosts: ['127.0.0.1:9=MYKEY'] })).toMatchObject({
      problems: [{ message: '`MYKEY`, which is bound to `127.0.0.1:9`, is not set' }],
    });
  });

  test('a variable that is set but empty is described that way', () => {
    const environment = { OPENAI_API_KEY: '' };
    expect(resolve(['openai'], {}, { environment })).toMatchObject({
      problems: [
        {
          message: 'no key for `openai`: `OPENAI_API_KEY` is set, but empty',
          hint: 'set it: export OPENAI_API_KEY=…; in CI, check that the secret exists and that this job can read it',
        },
      ],
    });
  });

  test.each<readonly [object, string | undefined, string]>([
    [{ OPENAI_KEY: 'sk-1' }, '.env', ', or rename `OPENAI_KEY`, which is set'],
    [{ OPENAI_ORG_ID: 'org', ANTHROPIC_API_KEY: 'sk-1' }, undefined, ''],
    [{}, '.env', ', or add --keys-file .env'],
  ])(
    'with %j and the file %s gets a hint that says where the key may be',
    (environment, keysFile, rest) => {
      expect(resolve(['openai'], {}, { environment: { ...environment }, keysFile })).toMatchObject({
        problems: [{ hint: `set it: export OPENAI_API_KEY=…${rest}` }],
      });
    },
  );

  test('an entry whose key is not set is allowed with the flag that binds the key', () => {
    expect(resolve(['gw'], { gw: { ...entry, baseUrl: REMOTE } })).toMatchObject({
      problems: [{ hint: 'to send prompts and key there, add --allow-host llm.example=TEAM_KEY' }],
    });
  });

  test.each([
    [entry, LOCAL, {}, '127.0.0.1:9'],
    [entry, REMOTE, {}, 'llm.example'],
  ])(
    'that is not bound is not an error, and a 401 names its variable',
    (gw, baseUrl, environment, host) => {
      const found = endpoints(
        ['gw'],
        { gw: { ...gw, baseUrl } },
        { environment, allowHosts: [host] },
      );
      expect(found['gw']?.key).toBeUndefined();
      expect(found['gw']).toMatchObject({
        unsetVariable: 'TEAM_KEY',
        keyHint: `\`TEAM_KEY\`, the \`api_key_env\` of \`gw\`, is not set: export TEAM_KEY=…, and add --allow-host ${host}=TEAM_KEY`,
      });
    },
  );

  test.each([
    [
      'gw',
      {},
      'this server requires a key: add --allow-host 127.0.0.1:9=VARIABLE, and in a manifest also `api_key_env: VARIABLE` for `gw`',
    ],
    [
      'openai',
      {},
      'this server requires a key: export OPENAI_API_KEY=…, and add --allow-host 127.0.0.1:9=OPENAI_API_KEY',
    ],
    [
      'openai',
      KEYS,
      'the key in `OPENAI_API_KEY` is only sent to its own host; to allow this one, add --allow-host 127.0.0.1:9=OPENAI_API_KEY',
    ],
  ])(
    'of the entry %s without `api_key_env`, with %j, leads to the right hint for a 401',
    (name, environment, keyHint) => {
      const settings = { [name]: { type: 'openai', baseUrl: LOCAL } } as const;
      expect(endpoints([name], settings, { environment })[name]).toMatchObject({ keyHint });
    },
  );
});

interface Options {
  readonly environment?: Environment;
  readonly allowHosts?: readonly string[];
  readonly allowHttp?: readonly string[];
  readonly keysFile?: string | undefined;
}

function refusalOf(act: () => unknown): VolleyError {
  try {
    act();
  } catch (error) {
    if (error instanceof VolleyError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

function resolve(
  used: readonly string[],
  providers: Readonly<Record<string, Partial<ProviderSettings>>>,
  options: Options = {},
): Resolution {
  return resolveProviders(manifestWith(used, providers), {
    environment: options.environment ?? KEYS,
    allowHosts: options.allowHosts ?? [],
    allowHttp: options.allowHttp,
    keysFile: options.keysFile,
  });
}

function endpoints(
  used: readonly string[],
  providers: Readonly<Record<string, Partial<ProviderSettings>>>,
  options: Options = {},
): Readonly<Record<string, ResolvedProvider>> {
  const result = resolve(used, providers, options);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return Object.fromEntries(result.providers);
}

function manifestWith(
  used: readonly string[],
  providers: Readonly<Record<string, Partial<ProviderSettings>>>,
): Manifest {
  const tasks = used.map((provider) => ({ model: { provider, model: 'm' } }));
  const entries = Object.entries(providers).map(
    ([name, settings]) => [name, { ...UNSET, name, ...settings }] as const,
  );
  return manifestOf(tasks, { providers: new Map(entries) });
}

const UNSET: Omit<ProviderSettings, 'name'> = {
  place,
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
