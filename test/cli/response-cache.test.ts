import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { planIn } from '../support/check-schema.ts';
import { folder, recordsIn, volley, type CliOptions } from '../support/cli.ts';
import { repository } from '../support/repository.ts';
import { promptOf } from '../support/wires.ts';
import { KEY, manifestOn, prompts, served, WITH_KEY } from './served.ts';

const PRICES = { 'local/small': { input: 1, output: 2 } };

function inCi(sealKey: string): CliOptions {
  return { env: { TEST_KEY: KEY, CI: 'true', VOLLEY_SEAL_KEY: sealKey.repeat(32) } };
}

describe('--response-cache', () => {
  it('sends no request that an earlier run got an answer to, even if the manifest and its tasks have new names', async () => {
    const server = await served({
      respond: (request) =>
        promptOf(request) === 'fails' ? { kind: 'error', status: 400 } : { kind: 'answer' },
    });
    const tasks = [...prompts(3), 'fails'];
    const cwd = folder({
      'one.yaml': manifestOn(server, { prices: PRICES, tasks }),
      'two.yaml': manifestOn(server, {
        prices: PRICES,
        tasks: [
          { id: 'again', for_each: ['prompt 3', 'prompt 1', 'new'], prompt: '{{ item }}' },
          { id: 'sum', needs: ['again'], prompt: '{{ needs.again[0].output }}' },
        ],
      }),
    });
    const options = { ...WITH_KEY, cwd };
    const first = await volley(['run', 'one.yaml', '--response-cache', 'cache'], options);
    expect([first.code, server.requests.length]).toEqual([1, 4]);
    const plan = await volley(['plan', 'two.yaml', '--response-cache=cache', '--json'], options);
    expect(planIn(plan.stdout)).toMatchObject({ cached: 2, total: { tasks: 2 } });

    const summary = ['--summary-file', 'summary.json'];
    const second = await volley(
      ['run', 'two.yaml', '--response-cache', 'cache', ...summary],
      options,
    );
    expect(server.requests.slice(4).map(promptOf)).toEqual(['new', expect.any(String)]);
    const records = recordsIn(second.stdout);
    const answers = new Map(recordsIn(first.stdout).map(({ output, id }) => [id, output]));
    const byId = new Map(records.map((record) => [record.id, record]));
    expect(byId.get('again@prompt 3')).toMatchObject({
      cached: true,
      cost_usd: 0,
      attempts: 0,
      output: answers.get('task-3'),
      provider: 'local',
      model: 'small',
    });
    expect(byId.get('again@prompt 3')?.usage?.total_tokens).toBeGreaterThan(0);
    expect(byId.get('again@new')).not.toHaveProperty('cached');
    expect(JSON.parse(readFileSync(join(cwd, 'summary.json'), 'utf8'))).toMatchObject({
      succeeded: 4,
      cached: 2,
      attempts: 2,
    });
    expect(second.stderr).toContain('4/4 succeeded (2 from the cache)');

    // Failures are not cached, but the answers since then are.
    const third = await volley(['run', 'one.yaml', '--response-cache', 'cache'], options);
    expect([third.code, server.requests.length]).toEqual([1, 7]);
    const stats = await volley(['cache', 'stats', 'cache', '--json'], options);
    expect(JSON.parse(stats.stdout)).toMatchObject({ v: 1, entries: 5 });
    const pruned = await volley(['cache', 'prune', 'cache', '--max-bytes', '0'], options);
    expect(pruned.stdout).toContain('5 answers removed');
  });

  it('is used after the results file, keeps samples apart, and is not matched by globs', async () => {
    const server = await served();
    const cwd = folder({
      'volley.yaml': manifestOn(server, {
        response_cache: { dir: 'cache', ttl: '1h' },
        tasks: [
          { id: 'three', prompt: 'Again', repeat: 3 },
          { id: 'files', for_each: { glob: '**/*.json' }, prompt: '{{ item.text }}' },
        ],
      }),
      'data.json': '{}',
    });
    const options = { ...WITH_KEY, cwd };
    await volley(['run', '-o', 'out.jsonl'], options);
    expect(server.requests).toHaveLength(4);
    await volley(['run', '-o', 'out.jsonl', '--resume'], options);
    const kept = recordsIn(readFileSync(join(cwd, 'out.jsonl'), 'utf8'));
    expect(kept.filter(({ cached }) => cached)).toEqual([]);
    const fresh = await volley(['run'], options);
    expect(recordsIn(fresh.stdout).map(({ cached }) => cached)).toEqual([true, true, true, true]);
    expect(server.requests).toHaveLength(4);
    await volley(['run', '--response-cache', 'off'], options);
    expect(server.requests).toHaveLength(8);
  });

  it("stops in CI before it uses answers that are not sealed with the job's key", async () => {
    const server = await served();
    const cwd = folder({ 'volley.yaml': manifestOn(server, { tasks: prompts(2) }) });
    const run = ['run', '--response-cache', 'cache'];
    await volley(run, { ...inCi('a'), cwd });
    const fork = await volley(run, { ...inCi('b'), cwd });
    expect(fork).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(
        /2 answers from elsewhere would be used.*\n.*VOLLEY_SEAL_KEY.*--trust-results.*--response-cache off/,
      ),
    });
    const trusted = await volley([...run, '--trust-results'], { ...inCi('b'), cwd });
    expect(trusted.code).toBe(0);
    const own = await volley(run, { ...inCi('a'), cwd });
    expect(own.code).toBe(0);
    expect(server.requests).toHaveLength(2);
  });

  it('checks an answer that is not sealed with the key against the schema again', async () => {
    const server = await served({ respond: () => ({ kind: 'answer', text: '{"n":1}' }) });
    const schema = { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] };
    const cwd = folder({
      'volley.yaml': manifestOn(server, { tasks: [{ id: 'n', prompt: 'Count', schema }] }),
    });
    const options = { ...WITH_KEY, cwd };
    await volley(['run', '--response-cache', 'cache'], options);
    const { execFileSync } = await import('node:child_process');
    const file = execFileSync('find', ['cache', '-name', '*.json'], {
      cwd,
      encoding: 'utf8',
    }).trim();
    writeFileSync(
      join(cwd, file),
      readFileSync(join(cwd, file), 'utf8').replace('"n":1', '"n":"x"'),
    );
    const run = await volley(['run', '--response-cache', 'cache'], options);
    expect(recordsIn(run.stdout)[0]).not.toHaveProperty('cached');
    expect(server.requests).toHaveLength(2);
  });

  it('answers unchanged tasks under `--against`, and sends only what changed', async () => {
    const server = await served();
    const asked = (...all: readonly string[]): string =>
      manifestOn(server, { tasks: all.map((prompt, at) => ({ id: `t${at}`, prompt })) });
    const repo = repository({ 'volley.yaml': asked('one', 'two', 'three') });
    const options = { ...WITH_KEY, cwd: repo.path };
    const cache = ['--response-cache', join(folder(), 'cache')];
    await volley(['run', ...cache, '--skip', 't2'], options);
    repo.write({ 'volley.yaml': asked('one', 'TWO', 'three') });
    const run = await volley(['run', '--against', 'main', ...cache], options);
    expect(run.code).toBe(0);
    // `t2` is unchanged and has no answer: it is left out.
    expect(recordsIn(run.stdout).map(({ id, cached }) => [id, cached])).toEqual(
      expect.arrayContaining([
        ['t0', true],
        ['t1', undefined],
      ]),
    );
    expect(recordsIn(run.stdout)).toHaveLength(2);
    expect(server.requests.map(promptOf)).toEqual(['one', 'two', 'TWO']);
  });

  it('accepts a folder, no value or `off`', async () => {
    const server = await served();
    const cwd = folder({ 'volley.yaml': manifestOn(server, { tasks: prompts(1) }) });
    const env = { TEST_KEY: KEY, XDG_CACHE_HOME: folder() };
    await volley(['run', '--response-cache', 'volley.yaml'], { cwd, env });
    await volley(['run', 'volley.yaml', '--response-cache'], { cwd, env });
    expect(server.requests).toHaveLength(1);
    expect(existsSync(join(env.XDG_CACHE_HOME, 'volley', 'responses'))).toBe(true);
  });
});

describe('--frozen', () => {
  it('sends nothing and exits with 6 if anything would be sent', async () => {
    const server = await served();
    const tasks = [
      { id: 'first', prompt: 'First' },
      { id: 'never', prompt: 'Never', if: 'vars.on' },
      { id: 'last', needs: ['first'], prompt: '{{ needs.first.output }}' },
    ];
    const cwd = folder({ 'volley.yaml': manifestOn(server, { vars: { on: false }, tasks }) });
    const options = { ...WITH_KEY, cwd };
    const empty = await volley(['run', '--frozen', '-o', 'out.jsonl'], options);
    expect(existsSync(join(cwd, 'out.jsonl'))).toBe(false);
    expect(empty).toMatchObject({
      code: 6,
      stdout: '',
      stderr: expect.stringContaining('2 tasks would be sent, but `--frozen` allows none'),
    });
    expect(server.requests).toHaveLength(0);
    await volley(['run', '-o', 'out.jsonl', '--response-cache', 'cache'], options);
    expect(server.requests).toHaveLength(2);
    for (const flags of [
      ['-o', 'out.jsonl', '--resume'],
      ['--response-cache', 'cache'],
    ]) {
      const frozen = await volley(['run', '--frozen', ...flags], options);
      expect([flags, frozen.code]).toEqual([flags, 0]);
    }
    expect(server.requests).toHaveLength(2);
    const combined = await volley(['run', '--frozen', '--dry-run'], options);
    expect(combined.code).toBe(2);
  });
});
