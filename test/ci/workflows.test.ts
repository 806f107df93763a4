import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { parse } from 'yaml';
import { recordsIn } from '../support/cli.ts';
import { repository, type Repository } from '../support/repository.ts';
import {
  actionCheckout,
  actionFile,
  newRunner,
  runSteps,
  type Runner,
  type Step,
} from './github.ts';
import { lintWorkflow } from './workflow-linter.ts';

const MANIFEST = `
defaults: { model: mock/small, max_tokens: 50 }
tasks:
  - { id: review, for_each: { glob: "src/*.ts" }, prompt: "{{ item.text }}" }
`;

interface Block {
  readonly language: string;
  readonly text: string;
  /** The file that the first line of the block names. */
  readonly file: string;
}

const BLOCKS: readonly Block[] = [
  ...readFileSync('docs/ci.md', 'utf8').matchAll(/^```(yaml|sh)\n(?:# (\S+)\n)?(.*?)^```$/gms),
].map(([, language = '', file = '', text = '']) => ({ language, file, text }));

const UNTRUSTED = 'docs/untrusted-manifests.md';
const WORKFLOWS = [
  ...BLOCKS.filter(({ file }) => file.startsWith('.github/')),
  ...[...readFileSync(UNTRUSTED, 'utf8').matchAll(/^```yaml\n(on:.*?)^```$/gms)].map(
    ([, text = '']) => ({ file: UNTRUSTED, text }),
  ),
];

function block(file: string): string {
  const found = BLOCKS.find((each) => each.file === file);
  if (!found) throw new Error(`docs/ci.md has no ${file}`);
  return found.text;
}

interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly steps: readonly Step[] }>>;
}

function stepsOf(text: string): readonly Step[] {
  const workflow: Workflow = parse(text);
  return Object.values(workflow.jobs).flatMap(({ steps }) => steps);
}

function project(): Repository {
  const repo = repository({ 'review.yaml': MANIFEST, 'src/a.ts': 'a', 'src/b.ts': 'b' });
  repo.git('update-ref', 'refs/remotes/origin/main', 'main');
  repo.git('switch', '--quiet', '--create', 'feature');
  repo.write({ 'src/b.ts': 'edited' });
  repo.commit();
  return repo;
}

function resultIds(repo: Repository): readonly string[] {
  return recordsIn(readFileSync(join(repo.path, 'results.jsonl'), 'utf8')).map(({ id }) => id);
}

describe('the page docs/ci.md', () => {
  const action = { path: '' };
  beforeAll(() => {
    action.path = actionCheckout();
  });
  afterAll(() => rmSync(action.path, { recursive: true, force: true }));

  test.each(WORKFLOWS)(
    'has a workflow $file that passes a linter and names actions by commit',
    async ({ file, text }) => {
      expect(await lintWorkflow(file, text)).toEqual([]);
      for (const { uses } of stepsOf(text)) if (uses) expect(uses).toMatch(/@[0-9a-f]{40}$/);
    },
  );

  it('is checked by a linter that finds mistakes', async () => {
    const content = block('.github/workflows/review.yml').replace('runs-on', 'run-on');
    expect(await lintWorkflow('x', content)).not.toEqual([]);
  });

  it('has a workflow that reviews a pull request', async () => {
    const repo = project();
    const runner = runnerOf(repo, {
      'github.base_ref': 'main',
      'github.event.pull_request.number': '7',
    });
    const { ends, last } = await runJob(stepsOf(block('.github/workflows/review.yml')), runner);
    expect(ends.every(({ code }) => code === 0)).toBe(true);
    expect(last).toBe('1 changed, 0 failed, 0 US dollars\n');
    expect(runner.comments()).toMatchObject([
      { body: expect.stringContaining('`review@src/b.ts`') },
    ]);
  });

  it('has a workflow that runs every night, pays once, and says what changed', async () => {
    const repo = project();
    const runner = runnerOf(repo, {});
    const steps = stepsOf(block('.github/workflows/nightly.yml'));
    const first = await runJob(steps, runner);
    expect(first.ends.map(({ code, output }) => [code, code === 0 ? '' : output])).toEqual(
      first.ends.map(() => [0, '']),
    );
    repo.write({ 'src/b.ts': 'edited again' });
    rmSync(join(repo.path, 'results.jsonl'));
    const second = await runJob(steps, runner);
    expect(second.ends.every(({ code }) => code === 0)).toBe(true);
    const records = recordsIn(readFileSync(join(repo.path, 'results.jsonl'), 'utf8'));
    expect(records.map(({ id, cached }) => [id, cached])).toEqual([
      ['review@src/a.ts', true],
      ['review@src/b.ts', undefined],
    ]);
    expect(runner.jobSummary()).toContain('`review@src/b.ts`: another answer');
    expect(runner.comments()).toEqual([]);
  });

  it('has a workflow that submits a batch in one job and collects it in another', async () => {
    const repo = project();
    const slow = 'providers: { mock: { mock: { batch: { duration: 3s } } } }';
    repo.write({ 'review.yaml': `${slow}${MANIFEST}` });
    const runner = runnerOf(repo, {});
    const workflow: Workflow = parse(block('.github/workflows/batch.yml'));
    const results = join(repo.path, '.volley', 'results.jsonl');
    for (const [job, answers] of [
      ['submit', 0],
      ['collect', 2],
    ] as const) {
      const { ends } = await runJob(workflow.jobs[job]?.steps ?? [], runner);
      expect(ends.map(({ code, output }) => [code, code === 0 ? '' : output])).toEqual(
        ends.map(() => [0, '']),
      );
      expect(recordsIn(readFileSync(results, 'utf8'))).toHaveLength(answers);
    }
    const records = recordsIn(readFileSync(results, 'utf8'));
    expect(records.map(({ id, mode, status }) => [id, mode, status])).toEqual([
      ['review@src/a.ts', 'batch', 'succeeded'],
      ['review@src/b.ts', 'batch', 'succeeded'],
    ]);
    expect(runner.jobSummary()).toContain('2 of 2 succeeded');
  });

  it('has a job that runs on GitLab', () => {
    const repo = withVolley(project());
    const { review } = parse(block('.gitlab-ci.yml'));
    const script = [...review.script, ...review.after_script].join('\n');
    bash(repo, script, { CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'main' });
    expect(resultIds(repo)).toEqual(['review@src/b.ts']);
    for (const path of [...review.artifacts.paths, review.artifacts.reports.junit]) {
      expect([path, existsSync(join(repo.path, path))]).toEqual([path, true]);
    }
  });

  it('has a script that runs in any shell', () => {
    const repo = withVolley(project());
    repo.git('remote', 'add', 'origin', repo.path);
    bash(repo, block('review.sh'), {});
    expect(resultIds(repo)).toEqual(['review@src/b.ts']);
    expect(existsSync(join(repo.path, 'report.md'))).toBe(true);
  });

  it('has a command that lists the files of a pull request', () => {
    const repo = project();
    const list = BLOCKS.find(({ language, file }) => language === 'sh' && file === '');
    bash(repo, list?.text ?? '', { GITHUB_BASE_REF: 'main' });
    expect(readFileSync(join(repo.path, 'changed.txt'), 'utf8')).toBe('src/b.ts\n');
  });

  /** Runs the `run:` steps of a job, and those of the action if the job uses it. */
  async function runJob(steps: readonly Step[], runner: Runner) {
    const ends: Awaited<ReturnType<typeof runSteps>>[number][] = [];
    const expressions: Record<string, string> = { ...runner.expressions };
    for (const step of steps) {
      if (step.uses?.startsWith('your-org/volley@')) {
        const { inputs, outputs, runs } = actionFile();
        const given = Object.entries(inputs).map(([name, input]) => [
          `inputs.${name}`,
          (step.with?.[name] ?? input.default ?? '').replace('${{ github.token }}', 'token'),
        ]);
        const env = Object.fromEntries(
          Object.entries(step.env ?? {}).map(([name, value]) => [
            name,
            expressions[value.replaceAll(/\$\{\{\s*|\s*\}\}/g, '')] ?? value,
          ]),
        );
        const inner = { ...runner, expressions: { ...expressions, ...Object.fromEntries(given) } };
        const made = await runSteps(runs.steps, inner, { ...env, GITHUB_ACTION_PATH: action.path });
        ends.push(...made);
        for (const name of Object.keys(outputs)) {
          const values = made.flatMap((end) => end.outputs[name] ?? []);
          expressions[`steps.${step.id}.outputs.${name}`] = values.at(-1) ?? '';
        }
      } else if (step.run !== undefined) {
        const path = `${join(action.path, 'action', 'bin')}:${runner.env['PATH']}`;
        ends.push(...(await runSteps([step], { ...runner, expressions }, { PATH: path })));
      }
    }
    return { ends, last: ends.at(-1)?.output };
  }

  /** Installs `volley` among the dependencies of the repository. */
  function withVolley(repo: Repository): Repository {
    mkdirSync(join(repo.path, 'node_modules', '.bin'), { recursive: true });
    symlinkSync(
      join(action.path, 'dist', 'cli', 'bin.js'),
      join(repo.path, 'node_modules', '.bin', 'volley'),
    );
    return repo;
  }

  function bash(repo: Repository, script: string, env: Readonly<Record<string, string>>): void {
    const { PATH = '' } = newRunner({ workspace: repo.path }).env;
    execFileSync('bash', ['-euo', 'pipefail', '-c', script], {
      cwd: repo.path,
      env: {
        PATH: `${join(action.path, 'action', 'bin')}:${PATH}`,
        HOME: action.path,
        CI: 'true',
        VOLLEY_SEAL_KEY: 's'.repeat(32),
        ...env,
      },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }
});

function runnerOf(repo: Repository, expressions: Readonly<Record<string, string>>): Runner {
  return newRunner({
    workspace: repo.path,
    env: {},
    expressions: {
      'github.base_ref': '',
      'github.event.pull_request.number': '',
      'github.event.pull_request != null && github.event.pull_request.head.repo.full_name != github.repository':
        'false',
      'github.token': 'token',
      'secrets.ANTHROPIC_API_KEY': 'sk-ant-none',
      'secrets.VOLLEY_SEAL_KEY': 's'.repeat(32),
      ...expressions,
    },
  });
}
