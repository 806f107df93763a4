import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { BIN, folder, shell, volley, type CliResult } from '../support/cli.ts';
import { KEY, manifestOn, providerOn, QUICK_MOCK, served } from './served.ts';
import { scaled } from '../support/scale.ts';

const preload = (name: string): string => `--import ${resolve('test/support', name)}`;

/** Runs a command and returns the packages that it loaded. */
async function packagesOf(
  args: readonly string[],
  files: Readonly<Record<string, string>> = {},
): Promise<CliResult & { readonly packages: readonly string[] }> {
  const cwd = folder(files);
  const loaded = join(cwd, 'loaded.txt');
  const env = { NODE_OPTIONS: preload('preload-record.mjs'), LOADED: loaded, TEST_KEY: KEY };
  const result = await volley(args, { cwd, env });
  const urls = readFileSync(loaded, 'utf8').split('\n');
  const names = urls.flatMap(
    (url) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1] ?? [],
  );
  return { ...result, packages: [...new Set(names)].toSorted() };
}

const mock = JSON.stringify({
  providers: { mock: QUICK_MOCK },
  defaults: { model: 'mock/small' },
  tasks: ['hi'],
});

/** `ajv` is loaded only for a `schema`, the others only when something is sent. */
const SENDING = ['ajv', 'openai', '@anthropic-ai/sdk', 'undici'];

describe('the code that a command loads', () => {
  test('--version needs no package at all', async () => {
    const { packages, code, stdout } = await packagesOf(['--version']);
    expect({ packages, code }).toEqual({ packages: [], code: 0 });
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test.each([['--help'], ['run', '--help'], ['ask', '--help'], ['help'], []])(
    '%s %s needs no package at all',
    async (...args) => {
      const { packages, code } = await packagesOf(args);
      expect(packages).toEqual([]);
      expect(code).toBe(0);
    },
  );

  test.each([['schema'], ['init'], ['nonsense'], ['run', '--no-such-flag']])(
    '%s %s needs only the package that reads the command line',
    async (...args) => {
      const { packages } = await packagesOf(args);
      expect(packages).toEqual(['cac']);
    },
  );

  test('`validate` loads no code that sends requests or shows progress', async () => {
    const { packages, code } = await packagesOf(['validate', 'm.yaml'], { 'm.yaml': mock });
    expect(code).toBe(0);
    expect(packages).toContain('yaml');
    expect(packages.filter((name) => [...SENDING, 'listr2'].includes(name))).toEqual([]);
  });

  test('a schema loads its compiler', async () => {
    const manifest = JSON.stringify({
      defaults: { model: 'mock/small' },
      tasks: [{ prompt: 'hi', schema: { type: 'object' } }],
    });
    const { packages, code } = await packagesOf(['validate', 'm.yaml'], { 'm.yaml': manifest });
    expect(code).toBe(0);
    expect(packages).toContain('ajv');
  });

  test('a run on the mock provider loads no SDK and no network stack', async () => {
    const { packages, code } = await packagesOf(['run', 'm.yaml'], { 'm.yaml': mock });
    expect(code).toBe(0);
    expect(packages).toContain('yaml');
    expect(packages.filter((name) => SENDING.includes(name))).toEqual([]);
  });

  test.each([
    ['anthropic', '@anthropic-ai/sdk', 'openai'],
    ['chat', 'openai', '@anthropic-ai/sdk'],
    ['responses', 'openai', '@anthropic-ai/sdk'],
  ] as const)(
    'a run in the wire format %s loads its SDK, but no other',
    async (wire, own, other) => {
      const server = await served();
      const manifest = manifestOn(server, { tasks: ['hi'], provider: providerOn(server, wire) });
      const { packages, code } = await packagesOf(['run', 'm.yaml'], { 'm.yaml': manifest });
      expect(code).toBe(0);
      expect(packages).toContain(own);
      expect(packages).not.toContain(other);
      expect(packages).not.toContain('ajv');
    },
  );
});

test('compiled code is neither stored nor loaded, because anyone who can write to a cache folder could inject code', async () => {
  const cwd = folder({ 'm.yaml': mock });
  const cache = folder();
  const env = { XDG_CACHE_HOME: cache, HOME: cache, NODE_COMPILE_CACHE: '' };
  expect((await volley(['run', 'm.yaml'], { cwd, env })).code).toBe(0);
  expect(readdirSync(cache)).toEqual([]);
});

const needed = (node: string): string =>
  `volley needs Node 22.13 or newer; this is Node ${node}\n  hint: install Node from https://nodejs.org, or with your version manager\n`;

describe('an old Node', () => {
  test.each(['22.12.9', '20.19.0', '18.0.0'].slice(0, scaled(1, 3)))(
    'of version %s gets a message with the required version',
    async (node) => {
      const env = { NODE_OPTIONS: preload('preload-old-node.mjs'), PRETENDED_NODE: node };
      const run = await volley(['--version'], { env });
      expect(run).toEqual({
        code: 2,
        signal: null,
        stdout: '',
        stderr: needed(node),
      });
    },
  );

  test.each(['22.13.0', '100.0.0', '23.0.0', '24.21.0'].slice(0, scaled(2, 4)))(
    '%s is new enough',
    async (node) => {
      const env = { NODE_OPTIONS: preload('preload-old-node.mjs'), PRETENDED_NODE: node };
      expect((await volley(['--version'], { env })).code).toBe(0);
    },
  );

  const systemNode = '/usr/bin/node';
  const version = existsSync(systemNode)
    ? spawnSync(systemNode, ['--version'], { encoding: 'utf8' }).stdout.trim().slice(1)
    : '99.0.0';
  test.skipIf(Number(version.split('.')[0]) >= 22)(
    'gets the same message from a real old Node',
    async () => {
      await volley(['--version']);
      const run = spawnSync(systemNode, [BIN, 'run', 'x.yaml'], { encoding: 'utf8' });
      expect(run.status).toBe(2);
      expect(run.stderr).toBe(needed(version));
    },
  );
});

test('an installation that lacks code reports it and ends', () => {
  const root = mkdtempSync(resolve('node_modules/.cache/lacking-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const part of ['dist', 'package.json']) {
    cpSync(resolve(part), join(root, part), { recursive: true });
  }
  writeFileSync(join(root, 'dist/cli/print-findings.js'), '');
  const args = [join(root, 'dist/cli/bin.js'), 'run', 'no.yaml'];
  // The limit ends a command that would never end.
  const run = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 30_000 });
  expect(run.stderr).toMatch(/^volley: cannot report an error: .+\n {2}hint: install Volley again/);
  expect(run.status).toBe(70);
}, 60_000);

test('a home folder that is read-only does not delay anything', async () => {
  const cwd = folder({ 'm.yaml': 'tasks: [{prompt: hi, model: ollama/qwen3}]\n' });
  // The limit ends a command that would never end.
  const line =
    'ulimit -t 20; unset NODE_COMPILE_CACHE XDG_CACHE_HOME; HOME=/proc/none volley validate m.yaml';
  expect((await shell(line, { cwd })).code).toBe(0);
}, 60_000);
