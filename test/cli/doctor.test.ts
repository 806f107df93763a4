import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import type { Check } from '../../src/cli/doctor/check.ts';
import { keyChecks } from '../../src/cli/doctor/keys.ts';
import { folder, volley, type CliOptions } from '../support/cli.ts';
import type { Behaviour } from '../support/server.ts';
import { KEY, providerOn, served, WIRES, WITH_KEY } from './served.ts';

const isReport = new Ajv2020().compile(
  JSON.parse(readFileSync('schemas/doctor.schema.json', 'utf8')),
);

interface Diagnosis {
  readonly code: number | null;
  readonly ready: boolean;
  /** `✓ name: message (hint)`, with a word in place of the sign. */
  readonly lines: readonly string[];
}

async function diagnosis(
  words: readonly string[],
  options: CliOptions,
  area?: Check['area'],
): Promise<Diagnosis> {
  const { code, stdout } = await volley(['doctor', ...words, '--json'], options);
  const report: { readonly ready: boolean; readonly checks: readonly Check[] } = JSON.parse(stdout);
  if (!isReport(report)) throw new Error(JSON.stringify(isReport.errors));
  const checks = report.checks.filter((check) => area === undefined || check.area === area);
  return {
    code,
    ready: report.ready,
    lines: checks.map(
      ({ status, name, message, hint }) =>
        `${status} ${name}: ${message}${hint === undefined ? '' : ` (${hint})`}`,
    ),
  };
}

describe('the doctor without a manifest', () => {
  test('checks the machine, says that there is no manifest, and succeeds', async () => {
    const run = await volley(['doctor'], { cwd: folder(), env: { OPENAI_API_KEY: `sk-${KEY}` } });
    expect(run.code).toBe(0);
    expect(run.stdout).toMatch(/^This machine\n {2}✓ Node +\d+\.\d+/);
    for (const line of [
      /✓ prices +\d+ models, as of \d{4}-\d\d-\d\d/,
      /✓ OPENAI_API_KEY +set\n/,
      /– not set +ANTHROPIC_API_KEY/,
      /– volley\.yaml +there is none in this folder/,
      /\nReady/,
    ]) {
      expect(run.stdout).toMatch(line);
    }
    expect(run.stdout + run.stderr).not.toContain(KEY);
  });

  test('shows a proxy without its password, and reports an invalid one as missing', async () => {
    const env = { HTTPS_PROXY: 'http://ada:lovelace1815@proxy.corp:3128' };
    const { lines } = await diagnosis([], { cwd: folder(), env }, 'machine');
    expect(lines).toContain('ok proxy: proxy.corp:3128 from `HTTPS_PROXY`');
    expect(lines.join()).not.toContain('lovelace');
    const wrong = await diagnosis([], { cwd: folder(), env: { HTTPS_PROXY: 'gopher://x' } });
    expect(wrong).toMatchObject({ code: 4, ready: false });
  });
});

test.each([
  ['ANTHROPIC_API_KEY', 'sk-ant-api03-0123456789abcdefghij', 'ok', 'set'],
  ['ANTHROPIC_API_KEY', 'sk-proj-0123456789abcdefghij', 'warning', 'does not look like a key from'],
  [
    'OPENAI_API_KEY',
    'sk-ant-api03-0123456789abcdefghij',
    'warning',
    'does not look like a key from',
  ],
  ['OPENAI_API_KEY', '"sk-proj-0123456789abcdefghij"', 'warning', 'begins and ends with a quote'],
  ['OPENAI_API_KEY', 'sk-proj-0123456789abcdefghij\n', 'warning', 'contains a space, a line break'],
  ['OPENAI_API_KEY', 'sk-your-key-here', 'warning', 'looks like a placeholder'],
  ['OPENAI_API_KEY', '<your key>'.replace(' ', ''), 'warning', 'looks like a placeholder'],
  ['MISTRAL_API_KEY', '0123456789abcdefghij', 'ok', 'set'],
])('the key %s=%j: %s, %s', (variable, key, status, message) => {
  const [check] = keyChecks({ [variable]: key });
  expect(check).toMatchObject({ name: variable, status });
  expect(check?.message).toContain(message);
  expect(JSON.stringify(check)).not.toContain('0123456789');
});

describe('the doctor with a manifest', () => {
  test('exits with 4 for a missing key and says what to do', async () => {
    const cwd = folder({
      'volley.yaml': 'defaults: { model: anthropic/claude-haiku-5-5 }\ntasks: [hi]\n',
    });
    expect(await diagnosis([], { cwd }, 'manifest')).toEqual({
      code: 4,
      ready: false,
      lines: [
        'ok volley.yaml: valid, 1 task',
        'missing anthropic: no key for `anthropic`: `ANTHROPIC_API_KEY` is not set (set it: export ANTHROPIC_API_KEY=…)',
        'ok anthropic/claude-haiku-5-5: price known, limits found during the run',
      ],
    });
  });

  test('reports that a server gets no key because the key is not set', async () => {
    const gw = { type: 'openai', base_url: 'https://llm.invalid/v1', api_key_env: 'TEAM_KEY' };
    const manifest = { providers: { gw }, defaults: { model: 'gw/x' }, tasks: ['hi'] };
    const cwd = folder({ 'volley.yaml': JSON.stringify(manifest) });
    const hint = '--allow-host llm.invalid=TEAM_KEY';
    const { code, lines } = await diagnosis(['--allow-host', 'llm.invalid'], { cwd }, 'manifest');
    expect([code, lines[1]]).toEqual([
      0,
      `warning gw: no key is sent to \`llm.invalid\` (\`TEAM_KEY\`, the \`api_key_env\` of \`gw\`, is not set: export TEAM_KEY=…, and add ${hint})`,
    ]);
  });

  test('counts the errors of the manifest and names the command that shows them', async () => {
    const cwd = folder({ 'a.yaml': 'defaults: { model: mock/x }\ntasks: [{ promt: hi }]\n' });
    const { code, lines } = await diagnosis(['a.yaml'], { cwd }, 'manifest');
    expect([code, ...lines]).toEqual([
      4,
      'missing a.yaml: not valid: 1 error (run `volley validate a.yaml`)',
    ]);
  });

  test('warns that a model was retired, with the date', async () => {
    const cwd = folder({ 'a.yaml': 'defaults: { model: openai/gpt-4 }\ntasks: [hi]\n' });
    const env = { OPENAI_API_KEY: 'sk-proj-0123456789abcdefghij' };
    const { code, lines } = await diagnosis(['a.yaml'], { cwd, env }, 'manifest');
    expect(code).toBe(0);
    expect(lines).toContain(
      'warning openai/gpt-4: was retired on 2026-10-23 (use `openai/gpt-5.6-sol`, which its vendor recommends)',
    );
  });
});

describe('the doctor with --online', () => {
  test.each(WIRES)(
    'asks a server with the wire format %s once for its models, with the key',
    async (wire) => {
      const server = await served({
        respond: () =>
          listed(
            { id: 'small' },
            { id: 'old', retires_at: '2027-01-22T00:00:00Z' },
            { id: 'older', shutdown_date: '2026-12-11' },
          ),
      });
      const manifest = {
        providers: { local: providerOn(server, wire) },
        tasks: ['small', 'old', 'older', 'smal'].map((model) => ({
          prompt: 'hi',
          model: `local/${model}`,
        })),
      };
      const cwd = folder({ 'volley.yaml': JSON.stringify(manifest) });
      const { code, lines } = await diagnosis(['--online'], { cwd, ...WITH_KEY }, 'servers');
      expect(lines.map((line) => line.replace(/127\S+|\d+ ms/g, '#'))).toEqual([
        'ok local: # accepts the key in `TEST_KEY`: 3 models, #',
        'ok local/small: available',
        'warning local/old: available until 2027-01-22 (choose a newer model before then)',
        'warning local/older: available until 2026-12-11 (choose a newer model before then)',
        'missing local/smal: not among the models that this key can use (did you mean `local/small`?)',
      ]);
      expect(code).toBe(4);
      expect(server.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
        `GET /v1/models${wire === 'anthropic' ? '?limit=1000' : ''}`,
      ]);
      expect(JSON.stringify(server.requests[0]?.headers)).toContain(KEY);
    },
  );

  test.each<readonly [string, Behaviour, number, RegExp]>([
    [
      'a key that is refused',
      { kind: 'error', status: 401, message: 'Incorrect API key provided' },
      4,
      /^missing local: .*Incorrect API key provided \(.*TEST_KEY/,
    ],
    [
      'a web page',
      { kind: 'reply', status: 200, body: '<html><title>Sign in</title></html>' },
      4,
      /^missing local: .*something other than a list of models \(check `base_url` of `local`/,
    ],
    [
      'a server without a list',
      { kind: 'reply', status: 404, body: '{}' },
      0,
      /^ok local: .*lists no models/,
    ],
  ])('judges %s', async (_, behaviour, exitCode, expected) => {
    const server = await served({ respond: () => behaviour });
    const manifest = { providers: { local: providerOn(server, 'chat') }, tasks: ['hi'] };
    const cwd = folder({ 'm.yaml': JSON.stringify(manifest) });
    const words = ['m.yaml', '-m', 'local/small', '--online'];
    const { code, lines } = await diagnosis(words, { cwd, ...WITH_KEY }, 'servers');
    expect(lines[0]).toMatch(expected);
    expect(code).toBe(exitCode);
  });

  test('explains how to start a local server that is not running', async () => {
    const cwd = folder({ 'm.yaml': 'defaults: { model: ollama/qwen3 }\ntasks: [hi]\n' });
    const { lines } = await diagnosis(['m.yaml', '--online'], { cwd }, 'servers');
    expect(lines).toEqual([
      'missing ollama: nothing listens at `127.0.0.1:11434` (start it with `ollama serve`, or check `base_url`)',
    ]);
  });
});

test('the manifest cannot color what is printed', async () => {
  const manifest = { tasks: [{ prompt: 'hi', model: 'mock/a\u001b[31mb' }] };
  const cwd = folder({ 'm.yaml': JSON.stringify(manifest) });
  const { stdout } = await volley(['doctor', 'm.yaml'], { cwd });
  expect(stdout).toContain(String.raw`mock/a\x1b[31mb`);
  expect(stdout).not.toContain('\u001b');
});

function listed(...models: readonly object[]): Behaviour {
  return {
    kind: 'reply',
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ object: 'list', data: models }),
  };
}
