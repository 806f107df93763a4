import { chmodSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { systemEntryFiles } from '../../src/ports/system-entry-files.ts';
import { openLearnedLimits } from '../../src/run/learned-store.ts';
import type { Learned } from '../../src/outcome/learned-limits.ts';
import { folder, recordsIn, volley, type CliResult } from '../support/cli.ts';
import { gitFolder } from '../support/git-folder.ts';
import type { TestServer } from '../support/server.ts';
import { limitsReportIn } from '../support/check-schema.ts';
import { KEY, manifestOn, prompts, served } from './served.ts';

const MANY: Learned = { announced: { rpm: 6_000 }, found: { concurrency: { taken: 64 } } };

/** Stores in a cache what an earlier run with this key would have learned about a host. */
async function leave(cache: string, host: string, learned: Learned, key = KEY): Promise<void> {
  const limits = await openLearnedLimits(join(cache, 'volley'), {
    files: systemEntryFiles(join(cache, 'volley')),
    epochMs: () => Date.now(),
    random: Math.random,
  });
  const provider = { name: 'local', host, key };
  await limits.keep([{ provider, model: 'small', learned }]);
}

function runOn(
  server: TestServer,
  tasks: number,
  { cache, flags = [] }: { readonly cache: string; readonly flags?: readonly string[] },
): Promise<CliResult> {
  const cwd = folder({ 'volley.yaml': manifestOn(server, { tasks: prompts(tasks) }) });
  const env = { TEST_KEY: KEY, XDG_CACHE_HOME: cache };
  return volley(['run', 'volley.yaml', ...flags], { cwd, env });
}

const KEYLESS = { api_key_env: undefined };

const hostOf = (server: TestServer): string => new URL(server.origin).host;

describe('a cache folder that may contain files from strangers', () => {
  const POISON: Learned = { announced: {}, found: { concurrency: { taken: 1, refused: 1 } } };

  test.each<[string, (cwd: string) => string, string]>([
    ['in the checkout', (cwd) => join(cwd, '.cache'), 'it is inside the project'],
    [
      'that others can write to',
      () => {
        const cache = folder();
        mkdirSync(join(cache, 'volley'));
        chmodSync(join(cache, 'volley'), 0o777);
        return cache;
      },
      'others can write to it',
    ],
  ])('%s is neither read nor written, and the run says so', async (_, cacheIn, reason) => {
    const server = await served({ latencyMs: 200 });
    const cwd = gitFolder(
      folder({ 'volley.yaml': manifestOn(server, { tasks: prompts(20), provider: KEYLESS }) }),
    );
    const cache = cacheIn(cwd);
    await leave(cache, hostOf(server), POISON, '');
    const before = readFileSync(join(cache, 'volley/limits.json'), 'utf8');
    const env = { XDG_CACHE_HOME: cache };
    const run = await volley(['run', 'volley.yaml'], { cwd, env });
    expect(run.code).toBe(0);
    expect(run.stderr).toContain(`${cache}/volley\` is not used, because ${reason}`);
    expect(server.highestConcurrency()).toBeGreaterThan(7);
    expect(readFileSync(join(cache, 'volley/limits.json'), 'utf8')).toBe(before);
    const limits = await volley(['limits', 'volley.yaml', '--json'], { cwd, env });
    expect(limits.stderr).toContain(`is not used, because ${reason}`);
    expect(limitsReportIn(limits.stdout)).toMatchObject({ learned_file: null });
  });
});

describe('limits learned from runs', () => {
  test('are what the next run starts from, unless `--no-learn` is given', async () => {
    const server = await served({ latencyMs: 200 });
    const cache = folder();
    await leave(cache, hostOf(server), MANY);
    const before = readFileSync(join(cache, 'volley/limits.json'), 'utf8');
    expect(await runOn(server, 20, { cache, flags: ['--no-learn'] })).toMatchObject({ code: 0 });
    expect(server.highestConcurrency()).toBeLessThan(20);
    expect(readFileSync(join(cache, 'volley/limits.json'), 'utf8')).toBe(before);
    expect(await runOn(server, 20, { cache })).toMatchObject({ code: 0 });
    expect(server.highestConcurrency()).toBe(20);
  });

  test('are what a sample starts from too, unless `--no-learn` is given', async () => {
    const server = await served({ latencyMs: 200 });
    const cache = folder();
    await leave(cache, hostOf(server), MANY);
    const before = readFileSync(join(cache, 'volley/limits.json'), 'utf8');
    const cwd = folder({ 'volley.yaml': manifestOn(server, { tasks: prompts(20) }) });
    const sample = (...flags: readonly string[]): Promise<CliResult> => {
      const env = { TEST_KEY: KEY, XDG_CACHE_HOME: cache };
      return volley(['run', 'volley.yaml', '--sample', '20', ...flags], { cwd, env });
    };
    expect(await sample('--no-learn')).toMatchObject({ code: 0 });
    expect(server.highestConcurrency()).toBeLessThan(20);
    expect(readFileSync(join(cache, 'volley/limits.json'), 'utf8')).toBe(before);
    expect(await sample()).toMatchObject({ code: 0 });
    expect(server.highestConcurrency()).toBe(20);
  });

  test('never override a declared limit', async () => {
    const server = await served({ latencyMs: 50 });
    const cache = folder();
    await leave(cache, hostOf(server), MANY);
    const manifest = manifestOn(server, {
      provider: { limits: { concurrency: 3 } },
      tasks: prompts(20),
    });
    const cwd = folder({ 'volley.yaml': manifest });
    const env = { TEST_KEY: KEY, XDG_CACHE_HOME: cache };
    expect(await volley(['run', 'volley.yaml'], { cwd, env })).toMatchObject({ code: 0 });
    expect(server.highestConcurrency()).toBe(3);
  });

  test('are shown by `limits` to whoever has the key, and contain no trace of it', async () => {
    const headers = {
      'x-ratelimit-limit-requests': '6000',
      'x-ratelimit-remaining-requests': '5999',
      'x-ratelimit-reset-requests': '10ms',
    };
    const server = await served({
      respond: () => ({ kind: 'delay', ms: 30, next: { kind: 'answer', headers } }),
    });
    const cache = folder();
    expect(await runOn(server, 60, { cache })).toMatchObject({ code: 0 });
    const cwd = folder({ 'volley.yaml': manifestOn(server, { tasks: prompts(1) }) });
    const limits = async (key: string, ...flags: readonly string[]): Promise<string> => {
      const env = { TEST_KEY: key, XDG_CACHE_HOME: cache };
      const run = await volley(['limits', 'volley.yaml', ...flags], { cwd, env });
      expect(run).toMatchObject({ code: 0, stderr: '' });
      return run.stdout;
    };
    const [lane] = limitsReportIn(await limits(KEY, '--json')).lanes;
    expect(lane?.learned?.announced).toEqual({ requests: 6_000 });
    const { taken = 0 } = lane?.learned?.found.concurrency ?? {};
    expect(taken).toBeGreaterThan(8);
    expect(taken).toBeLessThanOrEqual(60);
    const text = await limits(KEY);
    expect(text).toMatch(/\nrequests, span unknown +6k\nrequests at once +≥ \d+\n/);
    expect(text).toMatch(/\nLearned \d{4}-\d\d-\d\d \d\d:\d\d UTC, forgotten /);
    expect(text).toContain(`: ${cache}/volley/limits.json\n`);
    expect(limitsReportIn(await limits('another-key-0123456789', '--json')).lanes[0]).toMatchObject(
      { learned: null },
    );

    const env = { XDG_CACHE_HOME: cache };
    const all = await volley(['limits', '--json'], { env });
    expect(limitsReportIn(all.stdout).lanes.map((each) => each.lane)).toEqual(['local/small']);
    const kept = readFileSync(join(cache, 'volley/limits.json'), 'utf8');
    expect(kept).not.toContain(KEY.slice(0, 8));
  });

  test('are shown without a manifest, for all models or one, including a provider that only a manifest defined', async () => {
    const cache = folder();
    await leave(cache, 'llm.example.com', MANY);
    const limits = (...flags: readonly string[]): Promise<CliResult> =>
      volley(['limits', ...flags], { env: { XDG_CACHE_HOME: cache } });
    const [all, one, other, slip] = await Promise.all([
      limits('--json'),
      limits('--json', '-m', 'local/small'),
      limits('--json', '-m', 'local/large'),
      limits('-m', 'locall/small'),
    ]);
    expect(limitsReportIn(all.stdout).lanes).toMatchObject([{ lane: 'local/small' }]);
    expect(one).toMatchObject({ code: 0, stderr: '' });
    expect(limitsReportIn(one.stdout).lanes).toMatchObject([
      { lane: 'local/small', learned: MANY },
    ]);
    expect(limitsReportIn(other.stdout).lanes).toMatchObject([
      { lane: 'local/large', learned: null },
    ]);
    expect(slip).toMatchObject({ code: 2, stdout: '' });
    expect(slip.stderr).toBe(
      'volley: --model: unknown provider `locall`\n  hint: did you mean `local/small`?\n',
    );
  });

  test('are shown for a restricted host once it is allowed', async () => {
    const cache = folder();
    await leave(cache, 'llm.example.com', MANY);
    const manifest = {
      defaults: { model: 'local/small' },
      providers: {
        local: { type: 'openai', base_url: 'https://llm.example.com/v1', api_key_env: 'TEST_KEY' },
      },
      tasks: ['hi'],
    };
    const cwd = folder({ 'volley.yaml': JSON.stringify(manifest) });
    const learned = async (...flags: readonly string[]): Promise<unknown> => {
      const args = ['limits', 'volley.yaml', '--json', ...flags];
      const run = await volley(args, { cwd, env: { TEST_KEY: KEY, XDG_CACHE_HOME: cache } });
      return limitsReportIn(run.stdout).lanes[0]?.learned;
    };
    expect(await learned()).toBeNull();
    expect(await learned('--allow-host', 'llm.example.com=TEST_KEY')).toMatchObject(MANY);
  });

  test.each([
    ['a server on this machine', '127.0.0.1:9999', 'http'],
    ['a host that is allowed', 'llm.example.com', 'https'],
  ])('for %s are mentioned even if the key is missing', async (_, host, scheme) => {
    const cache = folder();
    await leave(cache, host, MANY);
    const base_url = `${scheme}://${host}/v1`;
    const manifest = {
      providers: { local: { type: 'openai', base_url, api_key_env: 'TEST_KEY' } },
      tasks: [
        { prompt: 'hi', model: 'local/small' },
        { prompt: 'hi', model: 'local/never-sent' },
      ],
    };
    const cwd = folder({ 'volley.yaml': JSON.stringify(manifest) });
    const limits = async (env: Record<string, string>, ...flags: readonly string[]) => {
      const args = ['limits', 'volley.yaml', '--allow-host', `${host}=TEST_KEY`, ...flags];
      const run = await volley(args, { cwd, env: { XDG_CACHE_HOME: cache, ...env } });
      expect(run).toMatchObject({ code: 0, stderr: '' });
      return run.stdout;
    };
    expect(await limits({})).toContain(`\
local/small

unknown: learned from the answers
What earlier runs learned is not shown: no key for \`local\`: \`TEST_KEY\` is not set

local/never-sent

unknown: learned from the answers
`);
    expect(limitsReportIn(await limits({}, '--json')).lanes).toMatchObject([
      { learned: null, learned_withheld: 'no key for `local`: `TEST_KEY` is not set' },
      { learned: null, learned_withheld: null },
    ]);
    expect(limitsReportIn(await limits({ TEST_KEY: KEY }, '--json')).lanes[0]).toMatchObject({
      learned: MANY,
      learned_withheld: null,
    });
  });

  test.each([
    ['is garbled', { 'volley/limits.json': '{"v":1,' }],
    ['is a folder', { 'volley/limits.json/x': '' }],
    ['cannot exist because its folder is a file', { volley: '' }],
  ])('cause no error when their file %s', async (_, files) => {
    const server = await served();
    const run = await runOn(server, 3, { cache: folder(files) });
    expect(run.code).toBe(0);
    expect(recordsIn(run.stdout)).toHaveLength(3);
    expect(run.stderr).not.toContain('limits.json');
  });

  test('are not stored for a mock', async () => {
    const cache = folder();
    const cwd = folder({ 'volley.yaml': '{"tasks":["a"],"defaults":{"model":"mock/x"}}' });
    const mock = await volley(['run', 'volley.yaml'], { cwd, env: { XDG_CACHE_HOME: cache } });
    expect(mock.code).toBe(0);
    expect(readdirSync(cache)).toEqual([]);
  });
});
