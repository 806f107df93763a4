import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { recordsIn } from '../support/cli.ts';
import { repository, type Repository } from '../support/repository.ts';
import { boundHosts, type TestServer } from '../support/server.ts';
import { promptOf } from '../support/wires.ts';
import { KEY, manifestOn, served } from '../cli/served.ts';
import { actionCheckout, actionFile, newRunner, runSteps, type Runner } from './github.ts';

const FORK =
  'github.event.pull_request != null && github.event.pull_request.head.repo.full_name != github.repository';

function review(server: TestServer, prompt = 'Review {{ item.path }}: {{ item.text }}'): string {
  return manifestOn(server, {
    prices: { 'local/small': { input: 1, output: 2 } },
    defaults: { model: 'local/small', max_tokens: 50 },
    tasks: [{ id: 'review', for_each: { glob: 'src/*.ts' }, prompt }],
  });
}

function pullRequest(server: TestServer): Repository {
  const repo = repository({
    'volley.yaml': review(server),
    'src/a.ts': 'a',
    'src/b.ts': 'b',
    'src/c.ts': 'c',
  });
  repo.git('update-ref', 'refs/remotes/origin/main', 'main');
  repo.git('switch', '--quiet', '--create', 'feature');
  return repo;
}

function runnerOn(
  repo: Repository,
  inputs: Readonly<Record<string, string>> = {},
  {
    isFork = false,
    env = {},
  }: { readonly isFork?: boolean; readonly env?: Record<string, string> } = {},
): Runner {
  const defaults = Object.entries(actionFile().inputs).map(([name, input]) => [
    `inputs.${name}`,
    input.default ?? '',
  ]);
  return newRunner({
    workspace: repo.path,
    env: {
      TEST_KEY: KEY,
      VOLLEY_SEAL_KEY: 's'.repeat(32),
      VOLLEY_ALLOW_HOSTS: boundHosts(['TEST_KEY']),
      ...env,
    },
    expressions: {
      ...Object.fromEntries(defaults),
      'inputs.token': 'token',
      'github.base_ref': 'main',
      'github.event.pull_request.number': '7',
      [FORK]: String(isFork),
      ...Object.fromEntries(
        Object.entries(inputs).map(([name, value]) => [`inputs.${name}`, value]),
      ),
    },
  });
}

function outputsOf(ends: Awaited<ReturnType<typeof runSteps>>): Record<string, string> {
  return Object.assign({}, ...ends.map(({ outputs }) => outputs));
}

describe('the action', () => {
  const { runs, outputs } = actionFile();
  const action = { GITHUB_ACTION_PATH: '' };
  beforeAll(() => {
    action.GITHUB_ACTION_PATH = actionCheckout();
  });
  afterAll(() => rmSync(action.GITHUB_ACTION_PATH, { recursive: true, force: true }));

  it('runs twice from a checkout in another folder, and keeps one comment', async () => {
    const server = await served();
    const repo = pullRequest(server);
    repo.write({ 'src/b.ts': 'edited' });
    repo.commit();
    const runner = runnerOn(repo, { 'response-cache': '.cache/volley' });
    const first = await runSteps(runs.steps, runner, action);
    expect(first.map(({ name, code }) => [name, code])).toEqual([
      ['Install Volley', 0],
      ['Validate', 0],
      ['plan', 0],
      ['run', 0],
      ['Comment', 0],
    ]);
    expect(server.requests.map(promptOf)).toEqual(['Review src/b.ts: edited']);
    expect(outputsOf(first)).toMatchObject({
      changed: '1',
      succeeded: '1',
      failed: '0',
      results: 'volley-results.jsonl',
    });
    expect(Number(outputsOf(first)['cost'])).toBeGreaterThan(0);
    expect(Object.keys(outputs).toSorted()).toEqual(Object.keys(outputsOf(first)).toSorted());
    const results = join(repo.path, 'volley-results.jsonl');
    expect(recordsIn(readFileSync(results, 'utf8'))).toHaveLength(1);
    expect(runner.comments()).toMatchObject([
      { edits: 0, body: expect.stringContaining('| `review@src/b.ts` | changed | file |') },
    ]);
    expect(runner.comments()[0]?.body).toContain('1 of 1 succeeded');
    expect(runner.jobSummary()).toContain('| `review@src/b.ts` | changed | file |');

    repo.write({ 'src/c.ts': 'edited too' });
    repo.commit();
    const second = await runSteps(runs.steps, runner, action);
    expect(second.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0]);
    expect(server.requests.slice(1).map(promptOf)).toEqual(['Review src/c.ts: edited too']);
    expect(outputsOf(second)).toMatchObject({ changed: '2', succeeded: '2' });
    expect(runner.comments()).toMatchObject([
      { edits: 1, body: expect.stringContaining('2 of 2 succeeded') },
    ]);
  });

  it('only plans a pull request from a fork, without running it, and says so', async () => {
    const server = await served();
    const repo = pullRequest(server);
    repo.write({ 'src/b.ts': 'edited' });
    const runner = runnerOn(repo, {}, { isFork: true });
    const ends = await runSteps(runs.steps, runner, action);
    expect(ends.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0]);
    expect(server.requests).toHaveLength(0);
    expect(runner.comments()).toEqual([]);
    expect(runner.jobSummary()).toMatch(
      /`review@src\/b\.ts`.*\n[\s\S]*comes from a fork[\s\S]*no comment/,
    );
  });

  it('fails if the run fails, annotates failures by their path in the repository, and still comments', async () => {
    const server = await served({
      respond: () => ({ kind: 'error', status: 400, message: 'no @mention' }),
    });
    const repo = pullRequest(server);
    repo.remove('volley.yaml');
    repo.write({ 'jobs/volley.yaml': review(server).replace('src/*.ts', '../src/*.ts') });
    const runner = runnerOn(repo, { manifest: 'jobs/volley.yaml' });
    const ends = await runSteps(runs.steps, runner, action);
    expect(ends.map(({ code }) => code)).toEqual([0, 0, 0, 1, 0]);
    const annotations = ends[3]?.output.split('\n').filter((line) => line.startsWith('::error'));
    expect(annotations?.length).toBeGreaterThan(0);
    expect(annotations?.length).toBeLessThanOrEqual(10);
    expect(annotations?.every((line) => line.includes('file=jobs/volley.yaml'))).toBe(true);
    expect(runner.comments()).toHaveLength(1);
    expect(runner.jobSummary()).toContain('failed');
  });

  it('does not comment for an invalid manifest what the same job planned for another', async () => {
    const repo = pullRequest(await served());
    const runner = runnerOn(repo, { command: 'plan' });
    await runSteps(runs.steps, runner, action);
    expect(runner.comments()).toHaveLength(1);
    repo.write({ 'other.yaml': 'tasks: [' });
    const expressions = { ...runner.expressions, 'inputs.manifest': 'other.yaml' };
    const other = await runSteps(runs.steps, { ...runner, expressions }, action);
    expect(other.map(({ name, code }) => [name, code])).toEqual([
      ['Install Volley', 0],
      ['Validate', 2],
      ['Comment', 0],
    ]);
    expect(runner.comments()).toHaveLength(1);
  });

  test.each([
    '$(touch pwned)',
    '`touch pwned`',
    '"; touch pwned; "',
    '-o pwned',
    '--help',
    'a\nb.yaml',
  ])('treats the input %j only as the name of a manifest', async (manifest) => {
    const server = await served();
    const repo = pullRequest(server);
    const runner = runnerOn(repo, { manifest });
    const ends = await runSteps(runs.steps, runner, action);
    expect(ends.map(({ name, code }) => [name, code])).toEqual([
      ['Install Volley', 0],
      ['Validate', 2],
      ['Comment', 0],
    ]);
    expect(repo.git('status', '--short')).toBe('');
  });

  it('pins third-party actions to a commit, and passes inputs through the environment', () => {
    for (const { uses, run } of runs.steps) {
      if (uses !== undefined) expect(uses).toMatch(/@[0-9a-f]{40}$/);
      expect(run ?? '').not.toContain('${{');
    }
  });
});
