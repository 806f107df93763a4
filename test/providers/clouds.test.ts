import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { loadManifest, run, VolleyError } from '../../src/index.ts';
import { contactsOf } from '../../src/providers/contacted-hosts.ts';
import type { ResultRecord } from '../../src/results/record.ts';
import { checkAwsSignature } from '../support/aws-signature.ts';
import { folder, volley } from '../support/cli.ts';
import { cloudServer, type CloudServer } from '../support/cloud-server.ts';

const SECRET = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
const MODEL = 'us.anthropic.claude-haiku-4-5-20251001-v1:0';

/** Makes this machine look like one without credentials. */
beforeEach(() => {
  vi.stubEnv('HOME', mkdtempSync(join(tmpdir(), 'volley-cloud-')));
  for (const name of Object.keys(process.env)) {
    if (/^(?:AWS|AZURE|GOOGLE|GCE|GCLOUD|IDENTITY|MSI|CI$)/.test(name)) vi.stubEnv(name, undefined);
  }
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
});
afterEach(() => {
  vi.unstubAllEnvs();
});

function stubAws(): void {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', SECRET);
}

interface Entry {
  readonly [key: string]: unknown;
}

function manifestOf(entry: Entry, more: Entry = {}): string {
  return JSON.stringify({
    providers: { cloud: entry },
    defaults: { model: `cloud/${MODEL}`, max_tokens: 30_000, max_retries: 0 },
    run: { max_concurrent: 1 },
    tasks: ['one', 'two'],
    ...more,
  });
}

/** Runs a manifest in this process, whose environment the vendors' packages read. */
async function recordsOf(
  text: string,
  options: Parameters<typeof run>[1],
): Promise<readonly ResultRecord[]> {
  const records: ResultRecord[] = [];
  for await (const event of run(await loadManifest('m.yaml', { text }), options)) {
    if (event.type === 'task_finished') records.push(event.record);
  }
  return records;
}

function bound(server: CloudServer, credential: string) {
  return { allowHosts: [`${server.host}=${credential}`] };
}

describe('Claude on Bedrock', () => {
  test('gets signed requests, with the model in the path and without a stream', async () => {
    const server = await cloudServer();
    stubAws();
    vi.stubEnv('AWS_SESSION_TOKEN', 'session-of-a-job');
    const entry = {
      type: 'bedrock',
      region: 'eu-west-1',
      base_url: server.origin,
      query: { b: "2'*", a: '1 2' },
    };
    const records = await recordsOf(manifestOf(entry), bound(server, 'aws'));
    expect(records).toMatchObject([
      { status: 'succeeded', output: 'hello', request_id: 'aws-request-1' },
      { status: 'succeeded' },
    ]);
    const [prompt] = server.prompts;
    if (!prompt) throw new Error('nothing came');
    expect(prompt.url).toMatch(
      /^\/model\/us\.anthropic\.claude-haiku-4-5-20251001-v1%3A0\/invoke\?/,
    );
    const { model, stream, ...body } = JSON.parse(prompt.body);
    expect([model, stream]).toEqual([undefined, undefined]);
    expect(body).toMatchObject({ anthropic_version: 'bedrock-2023-05-31', max_tokens: 30_000 });
    expect(prompt.headers['anthropic-version']).toBeUndefined();
    expect(prompt.headers['x-amz-security-token']).toBe('session-of-a-job');
    const checked = checkAwsSignature(prompt, () => SECRET);
    expect(checked).toMatchObject({
      isValid: true,
      accessKeyId: 'AKIDEXAMPLE',
      region: 'eu-west-1',
      service: 'bedrock',
    });
    expect(checked.signedHeaders).toEqual(
      expect.arrayContaining([
        'content-type',
        'host',
        'x-amz-content-sha256',
        'x-amz-date',
        'x-amz-security-token',
      ]),
    );
    for (const tampered of [
      { ...prompt, body: `${prompt.body} ` },
      { ...prompt, url: prompt.url.replace('invoke', 'converse') },
      { ...prompt, headers: { ...prompt.headers, host: 'elsewhere' } },
    ]) {
      expect(checkAwsSignature(tampered, () => SECRET).isValid).toBe(false);
    }
  });

  test('is called with fresh credentials once the old ones expire', async () => {
    const server = await cloudServer(60_000);
    vi.stubEnv('AWS_CONTAINER_CREDENTIALS_FULL_URI', `${server.origin}/aws`);
    const entry = { type: 'bedrock', region: 'us-east-1', base_url: server.origin };
    const tasks = ['1', '2', '3', '4', '5', '6'];
    const records = await recordsOf(manifestOf(entry, { tasks }), bound(server, 'aws'));
    expect(new Set(records.map(({ status }) => status))).toEqual(new Set(['succeeded']));
    const checked = server.prompts.map((prompt) =>
      checkAwsSignature(prompt, (id) => `secret-${id.replace('AKID', '')}-0123456789`),
    );
    expect(checked.filter(({ isValid }) => isValid)).toHaveLength(6);
    // The credentials are replaced while the old ones are still valid.
    expect(new Set(checked.map(({ accessKeyId }) => accessKeyId)).size).toBeGreaterThan(1);
  });

  test('accepts a Bedrock API key instead, which does not require a package', async () => {
    const server = await cloudServer();
    const entry = {
      type: 'bedrock',
      region: 'us-east-1',
      base_url: server.origin,
      api_key_env: 'BEDROCK_KEY',
    };
    await recordsOf(manifestOf(entry), {
      ...bound(server, 'BEDROCK_KEY'),
      environment: { BEDROCK_KEY: 'bedrock-api-key-1' },
    });
    expect(server.prompts[0]?.headers.authorization).toBe('Bearer bedrock-api-key-1');
  });
});

test('OpenAI models on Bedrock are called with Chat Completions, signed with SigV4', async () => {
  const server = await cloudServer();
  stubAws();
  const entry = {
    type: 'bedrock',
    api: 'chat',
    region: 'us-west-2',
    base_url: `${server.origin}/openai/v1`,
  };
  const records = await recordsOf(manifestOf(entry), bound(server, 'aws'));
  expect(records[0]).toMatchObject({ status: 'succeeded', output: 'hello' });
  const [prompt] = server.prompts;
  expect(prompt?.url).toBe('/openai/v1/chat/completions');
  expect(JSON.parse(prompt?.body ?? '')).toMatchObject({ model: MODEL });
  expect(prompt && checkAwsSignature(prompt, () => SECRET)).toMatchObject({ isValid: true });
});

test("Claude on Vertex gets the machine's token, which is replaced once it expires", async () => {
  const server = await cloudServer(1_000);
  vi.stubEnv('GCE_METADATA_HOST', server.host);
  vi.stubEnv('METADATA_SERVER_DETECTION', 'assume-present');
  const entry = {
    type: 'vertex',
    region: 'us-east5',
    project: 'my-project',
    base_url: server.origin,
  };
  const text = manifestOf(entry, {
    defaults: { model: 'cloud/claude-haiku-4-5@20251001', max_tokens: 100 },
  });
  const records = await recordsOf(text, bound(server, 'gcp'));
  expect(records.map(({ status }) => status)).toEqual(['succeeded', 'succeeded']);
  expect(server.prompts[0]?.url).toBe(
    '/v1/projects/my-project/locations/us-east5/publishers/anthropic/models/claude-haiku-4-5%4020251001:rawPredict',
  );
  const body = JSON.parse(server.prompts[0]?.body ?? '');
  expect(body).toMatchObject({ anthropic_version: 'vertex-2023-10-16', max_tokens: 100 });
  expect(body).not.toHaveProperty('model');
  const tokens = server.prompts.map(({ headers }) => headers.authorization);
  expect(tokens.every((token) => /^Bearer google-token-\d+$/.test(token ?? ''))).toBe(true);
  expect(new Set(tokens).size).toBe(2);
});

describe('Azure', () => {
  test('accepts a key in its own header', async () => {
    const server = await cloudServer();
    const entry = {
      type: 'azure',
      base_url: `${server.origin}/openai/v1`,
      api_key_env: 'AZURE_KEY',
    };
    const records = await recordsOf(manifestOf(entry), {
      ...bound(server, 'AZURE_KEY'),
      environment: { AZURE_KEY: 'azure-key-123' },
    });
    expect(records[0]).toMatchObject({ status: 'succeeded', output: 'hello' });
    expect(server.prompts[0]).toMatchObject({
      url: '/openai/v1/chat/completions',
      headers: { 'api-key': 'azure-key-123' },
    });
    expect(server.prompts[0]?.headers.authorization).toBeUndefined();
  });

  test('accepts a token from Entra ID instead of a key, and renews it', async () => {
    const server = await cloudServer(60_000);
    vi.stubEnv('IDENTITY_ENDPOINT', `${server.origin}/azure`);
    vi.stubEnv('IDENTITY_HEADER', 'header-of-the-machine');
    vi.stubEnv('AZURE_TOKEN_CREDENTIALS', 'ManagedIdentityCredential');
    const text = manifestOf({ type: 'azure', base_url: `${server.origin}/openai/v1` });
    const tokens = async (): Promise<ReadonlySet<string | undefined>> => {
      server.prompts.length = 0;
      const records = await recordsOf(text, bound(server, 'azure'));
      expect(records.map(({ status }) => status)).toEqual(['succeeded', 'succeeded']);
      return new Set(server.prompts.map(({ headers }) => headers.authorization));
    };
    expect(await tokens()).toEqual(new Set(['Bearer azure-token-1', 'Bearer azure-token-2']));
    server.lifetimeMs = 3_600_000;
    expect(await tokens()).toEqual(new Set(['Bearer azure-token-3']));
  });
});

describe('the address of a cloud', () => {
  const bedrock = 'https://bedrock-runtime.eu-west-1.amazonaws.com/model/';
  const mantle = 'https://bedrock-mantle.us-west-2.api.aws/openai/v1/responses';
  const global = 'https://aiplatform.googleapis.com/v1/projects/p/locations/global/';
  const eu = 'https://aiplatform.eu.rep.googleapis.com/v1/projects/p/locations/eu/';
  const region = 'https://us-east5-aiplatform.googleapis.com/v1/projects/p/';

  test.each([
    [{ type: 'bedrock', region: 'eu-west-1' }, 'aws', bedrock, 'bedrock'],
    [{ type: 'bedrock', region: 'us-west-2', api: 'responses' }, 'aws', mantle, 'bedrock-mantle'],
    [{ type: 'vertex', region: 'global', project: 'p' }, 'gcp', global, undefined],
    [{ type: 'vertex', region: 'eu', project: 'p' }, 'gcp', eu, undefined],
    [{ type: 'vertex', region: 'us-east5', project: 'p' }, 'gcp', region, undefined],
  ])('follows from %j', async (entry, credential, url, service) => {
    const server = await cloudServer();
    stubAws();
    vi.stubEnv('GCE_METADATA_HOST', server.host);
    vi.stubEnv('METADATA_SERVER_DETECTION', 'assume-present');
    const seen: Request[] = [];
    await recordsOf(manifestOf(entry), {
      allowHosts: [`${new URL(url).host}=${credential}`],
      fetch: (input, init) => {
        seen.push(new Request(input, init));
        return Promise.resolve(Response.json({}, { status: 500 }));
      },
    });
    expect(seen[0]?.url.startsWith(url), seen[0]?.url).toBe(true);
    if (service !== undefined) {
      expect(seen[0]?.headers.get('authorization')).toContain(
        `/${entry.region}/${service}/aws4_request`,
      );
    }
  });
});

describe('credentials of a cloud', () => {
  const HOST = 'bedrock-runtime.us-east-1.amazonaws.com';

  const notAllowed = 'which is not allowed';
  const notBound = 'your AWS credentials must not be used for';

  test.each([
    ['a host that nobody allowed', [], notAllowed],
    ['a host that is allowed without them', [HOST], notBound],
    ['a host that is allowed with those of another cloud', [`${HOST}=gcp`], notBound],
    ['another host of the same cloud', [HOST.replace('us-east', 'eu-west') + '=aws'], notAllowed],
  ])('are not used for %s', async (_what, allowHosts, message) => {
    stubAws();
    const running = recordsOf(manifestOf({ type: 'bedrock', region: 'us-east-1' }), { allowHosts });
    const error: unknown = await running.catch((thrown: unknown) => thrown);
    if (!(error instanceof VolleyError)) throw error;
    expect(error.exitCode).toBe(4);
    const said = [
      error.message,
      error.hint,
      ...(error.findings ?? []).flatMap(({ message: text, hint }) => [text, hint]),
    ].join('\n');
    expect(said).toContain(message);
    expect(said).toContain(`--allow-host ${HOST}=aws`);
  });

  test.each([
    [{ type: 'bedrock', region: 'us-east-1' }, 'aws', 'aws sso login'],
    [{ type: 'azure' }, 'azure', 'az login'],
  ])(
    'that are missing stop the run before anything is sent: %j',
    async (entry, credential, hint) => {
      const server = await cloudServer();
      vi.stubEnv('AZURE_TOKEN_CREDENTIALS', 'EnvironmentCredential');
      const text = manifestOf({ ...entry, base_url: server.origin });
      const records = await recordsOf(text, bound(server, credential));
      expect(records).toHaveLength(1);
      expect(records[0]?.error).toMatchObject({
        code: 'AUTH',
        hint: expect.stringContaining(hint),
      });
      expect(records[0]?.possibly_paid_attempts).toBeUndefined();
      expect(server.prompts).toEqual([]);
    },
  );

  test('are listed with the flag that binds them', async () => {
    const text = manifestOf({ type: 'bedrock', region: 'us-east-1' });
    const { manifest } = await loadManifest('m.yaml', { text });
    expect(contactsOf(manifest, { environment: {}, allowHosts: [HOST] })).toMatchObject([
      {
        host: HOST,
        isAllowed: true,
        variables: [{ name: 'aws', use: 'credentials', isBound: false }],
        flags: [`--allow-host ${HOST}=aws`],
      },
    ]);
  });

  test('that an answer repeats do not appear in any record', async () => {
    stubAws();
    vi.stubEnv('AWS_SESSION_TOKEN', 'session-of-a-job');
    const records = await recordsOf(manifestOf({ type: 'bedrock', region: 'us-east-1' }), {
      allowHosts: [`${HOST}=aws`],
      fetch: (input, init) => {
        const { headers } = new Request(input, init);
        const message = `bad token ${headers.get('x-amz-security-token')}`;
        return Promise.resolve(Response.json({ error: { message } }, { status: 400 }));
      },
    });
    expect(records[0]?.error?.message).toContain('bad token [redacted]');
  });
});

test.each([
  [403, 'ExpiredTokenException', 'The security token included in the request is expired', 'AUTH'],
  [403, 'InvalidSignatureException:http://internal/', 'Signature not yet current', 'AUTH'],
  [403, 'AccessDeniedException', "You don't have access to the model", 'FORBIDDEN'],
  [400, 'ValidationException', 'Input is too long for requested model.', 'CONTEXT_TOO_LONG'],
  [400, 'ValidationException', 'The provided model identifier is invalid.', 'NOT_FOUND'],
  [429, 'ThrottlingException', 'Too many tokens, please wait.', 'RATE_LIMITED'],
])('an answer of %i and %s from Bedrock (%s) is %s', async (status, type, message, code) => {
  stubAws();
  const text = manifestOf({ type: 'bedrock', region: 'us-east-1' }, { tasks: ['one'] });
  const [record] = await recordsOf(text, {
    allowHosts: ['bedrock-runtime.us-east-1.amazonaws.com=aws'],
    fetch: () =>
      Promise.resolve(
        Response.json({ message }, { status, headers: { 'x-amzn-errortype': type } }),
      ),
  });
  expect(record?.error?.code).toBe(code);
  if (code === 'AUTH') expect(record?.error?.hint).toContain('aws sso login');
});

test.each([
  [{ type: 'bedrock' }, '`type: bedrock` needs a `region`'],
  [{ type: 'vertex', region: 'eu' }, '`type: vertex` needs a `project`'],
  [{ type: 'azure' }, '`type: azure` needs a `base_url`'],
  [{ type: 'azure', base_url: 'https://x.test/v1', region: 'eu' }, '`region` has no effect here'],
  [{ type: 'bedrock', region: 'eu', project: 'p' }, '`project` has no effect here'],
  [{ type: 'bedrock', region: 'evil.test/' }, '`evil.test/` is not a region'],
  [
    { type: 'bedrock', region: 'eu', stream: 'always' },
    'answers from Claude on Bedrock are not streamed',
  ],
  [{ type: 'vertex', region: 'eu', project: 'p', batch: true }, 'Vertex has no batch API'],
  [{ type: 'azure', base_url: 'https://x.test/v1', batch: true }, 'batches on Azure need a key'],
])('the entry %j is reported', async (entry, message) => {
  const loading = loadManifest('m.yaml', { text: manifestOf(entry) });
  await expect(loading).rejects.toMatchObject({
    findings: [{ message: expect.stringContaining(message) }],
  });
});

test('for a cloud without an entry, the hint shows the required entry', async () => {
  const text = JSON.stringify({ tasks: ['hi'], defaults: { model: 'bedrock/anthropic.claude' } });
  await expect(loadManifest('m.yaml', { text })).rejects.toMatchObject({
    findings: [
      {
        message: 'the provider `bedrock` has no entry',
        hint: expect.stringContaining('type: bedrock, region: us-east-1'),
      },
    ],
  });
});

test('the command signs with credentials from the environment and names missing packages', async () => {
  const server = await cloudServer();
  const entry = { type: 'bedrock', region: 'us-east-1', base_url: server.origin };
  const cwd = folder({ 'volley.yaml': manifestOf(entry, { tasks: ['one'] }) });
  const args = ['run', '-q', '--allow-host', `${server.host}=aws`];
  const env = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: SECRET };
  const done = await volley(args, { cwd, env });
  expect(done.code, done.stderr).toBe(0);
  const [prompt] = server.prompts;
  expect(prompt && checkAwsSignature(prompt, () => SECRET).isValid).toBe(true);
  const hide = `import { registerHooks } from 'node:module';
    registerHooks({ resolve(name, context, next) {
      if (!name.startsWith('@smithy/')) return next(name, context);
      throw Object.assign(new Error('not found'), { code: 'ERR_MODULE_NOT_FOUND' });
    } });`;
  const without = await volley(args, {
    cwd,
    env: { ...env, NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(hide)}` },
  });
  expect([without.code, server.prompts.length]).toEqual([4, 1]);
  const install = '`npm install @aws-sdk/credential-provider-node @smithy/signature-v4`';
  expect(without.stderr).toBe(
    `volley: \`cloud\` needs a package from its vendor that is not installed\n  hint: install it next to Volley: ${install}\n`,
  );
  const checked = await volley(['doctor', 'volley.yaml', ...args.slice(2)], {
    cwd,
    env: { ...env, NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(hide)}` },
  });
  expect(checked.code).toBe(4);
  expect(checked.stdout.replaceAll(/\s+/g, ' ')).toContain(install);
});
