import { spawn } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parse } from 'yaml';
import { ensureBuilt } from '../support/build.ts';
import { folder } from '../support/cli.ts';

/** A step of a workflow or a composite action. */
export interface Step {
  readonly id?: string;
  readonly name?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
}

export interface ActionFile {
  readonly inputs: Readonly<Record<string, { readonly default?: string }>>;
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}

export function actionFile(): ActionFile {
  return parse(readFileSync('action.yml', 'utf8'));
}

/** Copies the built action to a new folder, as a runner does. Remove the folder at the end. */
export function actionCheckout(): string {
  ensureBuilt();
  const path = mkdtempSync(join(tmpdir(), 'volley-action-'));
  for (const name of ['action', 'action.yml', 'dist', 'schemas', 'package.json']) {
    cpSync(name, join(path, name), { recursive: true });
  }
  symlinkSync(resolve('node_modules'), join(path, 'node_modules'));
  return path;
}

/** The state of a runner while a job runs. */
export interface Runner {
  readonly workspace: string;
  readonly env: Readonly<Record<string, string>>;
  /** The values of `${{ … }}`, by expression. */
  readonly expressions: Readonly<Record<string, string>>;
  readonly comments: () => readonly Comment[];
  readonly jobSummary: () => string;
}

export interface Comment {
  readonly id: number;
  readonly body: string;
  readonly edits: number;
}

export function newRunner(options: {
  readonly workspace: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly expressions?: Readonly<Record<string, string>>;
}): Runner {
  const temp = folder();
  const bin = join(temp, 'bin');
  mkdirSync(bin);
  cpSync('test/ci/fake-gh.mjs', join(bin, 'gh'));
  chmodSync(join(bin, 'gh'), 0o755);
  symlinkSync(process.execPath, join(bin, 'node'));
  const [comments, jobSummary] = [join(temp, 'comments.json'), join(temp, 'summary.md')];
  writeFileSync(jobSummary, '');
  return {
    workspace: options.workspace,
    env: {
      PATH: `${bin}:${process.env['PATH'] ?? ''}`,
      HOME: temp,
      CI: 'true',
      GITHUB_ACTIONS: 'true',
      GITHUB_WORKSPACE: options.workspace,
      GITHUB_REPOSITORY: 'o/r',
      GITHUB_STEP_SUMMARY: jobSummary,
      RUNNER_TEMP: temp,
      FAKE_GH: comments,
      ...options.env,
    },
    expressions: options.expressions ?? {},
    comments: () => (existsSync(comments) ? JSON.parse(readFileSync(comments, 'utf8')) : []),
    jobSummary: () => readFileSync(jobSummary, 'utf8'),
  };
}

export interface StepEnd {
  readonly name: string;
  readonly code: number | null;
  readonly output: string;
  readonly outputs: Readonly<Record<string, string>>;
}

/** Runs the `run:` steps as a runner does: after a failed step, only those that always run. */
export async function runSteps(
  steps: readonly Step[],
  runner: Runner,
  env: Readonly<Record<string, string>> = {},
): Promise<readonly StepEnd[]> {
  const ends: StepEnd[] = [];
  for (const step of steps) {
    const hasFailed = ends.some(({ code }) => code !== 0);
    if (step.run === undefined || (hasFailed && !step.if?.includes('always()'))) continue;
    ends.push(await runStep(step, runner, env));
  }
  return ends;
}

async function runStep(
  { name = '', id = name, run = '', env: own = {} }: Step,
  runner: Runner,
  env: Readonly<Record<string, string>>,
): Promise<StepEnd> {
  const outputFile = join(folder(), 'output');
  writeFileSync(outputFile, '');
  const filled = Object.entries(own).map(([key, value]) => [key, filledIn(value, runner)]);
  const script = join(dirname(outputFile), 'step.sh');
  writeFileSync(script, filledIn(run, runner));
  const child = spawn('bash', ['--noprofile', '--norc', '-eo', 'pipefail', script], {
    cwd: runner.workspace,
    env: {
      ...runner.env,
      ...env,
      ...Object.fromEntries(filled),
      GITHUB_OUTPUT: outputFile,
      GITHUB_PATH: '/dev/null',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
  const code = await new Promise<number | null>((done, fail) => {
    child.on('error', fail);
    child.on('close', done);
  });
  const lines = readFileSync(outputFile, 'utf8').split('\n').filter(Boolean);
  return {
    name: id,
    code,
    output,
    outputs: Object.fromEntries(lines.map((line) => line.split('=', 2))),
  };
}

function filledIn(text: string, { expressions }: Runner): string {
  return text.replaceAll(/\$\{\{\s*(.*?)\s*\}\}/g, (_, expression: string) => {
    const value = expressions[expression];
    if (value === undefined) throw new Error(`the test does not know \`${expression}\``);
    return value;
  });
}
