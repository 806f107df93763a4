import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { COMMANDS, type CommandName } from '../../src/cli/command-specs.ts';
import type { PlanReport } from '../../src/forecast/plan-report.ts';
import { planIn } from '../support/check-plan.ts';
import { BIN, folder, recordsIn, shell, volley, type CliResult } from '../support/cli.ts';
import type { Behaviour, TestServer } from '../support/server.ts';
import { instructionsOf, promptOf } from '../support/wires.ts';
import { KEY, manifestOn, prompts, served } from './served.ts';

/** One manifest run twice, with a flag and without it, each against a server of its own. */
interface Trial {
  readonly flags: readonly string[];
  /** Flags of both runs. */
  readonly always?: readonly string[];
  readonly behaviour?: Behaviour;
  readonly env?: Readonly<Record<string, string>>;
  /** `volley.yaml` among them takes the place of the usual manifest; `PORT` stands for the server's. */
  readonly files?: Readonly<Record<string, string>>;
  /** What the flag changes. */
  readonly look: (seen: Seen) => unknown;
  readonly with: unknown;
  readonly without: unknown;
}

interface Seen extends CliResult {
  readonly server: TestServer;
  readonly cwd: string;
}

const SERVER_ERROR: Behaviour = { kind: 'error', status: 500 };
const PRICES = JSON.stringify({ 'local/small': { input: 1, output: 2 } });
const COLOR = '\u001b[';

const TAGGED =
  'defaults: { model: mock/x }\ntasks: [{ prompt: one, tags: [slow] }, { prompt: two }]\n';

const running: Readonly<Record<string, Trial>> = {
  model: {
    flags: ['--model', 'local/other'],
    look: ({ server }) => server.requests.map(({ body }) => body['model']),
    with: ['other', 'other', 'other'],
    without: ['small', 'small', 'small'],
  },
  context: {
    flags: ['--context', 'First.', '--context=Second.'],
    look: ({ server }) => server.requests.map(instructionsOf)[0],
    with: 'Own.\n\nFirst.\n\nSecond.',
    without: 'Own.',
  },
  'context-file': {
    flags: ['--context-file', 'rules.md'],
    files: { 'rules.md': 'No jokes.' },
    look: ({ server }) => server.requests.map(instructionsOf)[0],
    with: 'Own.\n\nNo jokes.',
    without: 'Own.',
  },
  'max-tokens': {
    flags: ['--max-tokens', '1k'],
    look: ({ server }) => server.requests[0]?.body['max_tokens'],
    with: 1000,
    without: undefined,
  },
  'max-concurrent': {
    flags: ['-j', '1'],
    behaviour: { kind: 'delay', ms: 200, next: { kind: 'answer' } },
    look: ({ server }) => server.highestConcurrency(),
    with: 1,
    without: 3,
  },
  'max-retries': {
    flags: ['--max-retries', '0'],
    always: ['--retry-delay', '1ms'],
    behaviour: SERVER_ERROR,
    look: ({ server }) => server.requests.length,
    with: 3,
    without: 6,
  },
  'retry-delay': {
    flags: ['--retry-delay', '10ms'],
    always: ['--progress', 'json'],
    behaviour: SERVER_ERROR,
    look: ({ stderr }) =>
      [...stderr.matchAll(/"delay_ms":(\d+)/g)].every(([, delay]) => Number(delay) <= 20),
    with: true,
    without: false,
  },
  timeout: {
    flags: ['--timeout', '300ms'],
    always: ['--max-retries', '0'],
    behaviour: { kind: 'delay', ms: 1500, next: { kind: 'answer' } },
    look: ({ stdout }) => recordsIn(stdout).map(({ error }) => error?.code ?? 'none'),
    with: ['TIMEOUT', 'TIMEOUT', 'TIMEOUT'],
    without: ['none', 'none', 'none'],
  },
  output: {
    flags: ['-o', 'out.jsonl'],
    look: ({ cwd, stdout }) => [existsSync(join(cwd, 'out.jsonl')), stdout === ''],
    with: [true, true],
    without: [false, false],
  },
  overwrite: {
    flags: ['--overwrite'],
    always: ['-o', 'old.jsonl'],
    files: { 'old.jsonl': '' },
    look: ({ code }) => code,
    with: 0,
    without: 2,
  },
  resume: {
    flags: ['--resume'],
    always: ['-o', 'old.jsonl'],
    files: { 'old.jsonl': '' },
    look: ({ code, server }) => [code, server.requests.length],
    with: [0, 3],
    without: [2, 0],
  },
  'retry-failed': {
    flags: ['--retry-failed'],
    always: ['-o', 'old.jsonl'],
    files: { 'old.jsonl': '' },
    look: ({ code, server }) => [code, server.requests.length],
    with: [0, 0],
    without: [2, 0],
  },
  explain: {
    flags: ['--explain'],
    always: ['-o', 'old.jsonl', '--resume'],
    files: { 'old.jsonl': '' },
    look: ({ stderr }) => stderr.includes('task-1 is sent: it is new'),
    with: true,
    without: false,
  },
  'max-cost-usd': {
    flags: ['--max-cost-usd', '0.00001'],
    always: ['--prices', 'prices.json', '--max-tokens', '100'],
    files: { 'prices.json': PRICES },
    look: ({ code, server }) => [code, server.requests.length],
    with: [3, 0],
    without: [0, 3],
  },
  prices: {
    flags: ['--prices', 'prices.json'],
    files: { 'prices.json': PRICES },
    look: ({ stdout }) => recordsIn(stdout).map(({ cost_usd }) => typeof cost_usd),
    with: ['number', 'number', 'number'],
    without: ['object', 'object', 'object'],
  },
  'output-format': {
    flags: ['--output-format', 'text'],
    look: ({ stdout }) => stdout.slice(0, 7),
    with: '✓ task-',
    without: '{"v":1,',
  },
  'summary-file': {
    flags: ['--summary-file', 's.json'],
    look: ({ cwd }) => existsSync(join(cwd, 's.json')),
    with: true,
    without: false,
  },
  'fail-fast': {
    flags: ['--fail-fast'],
    always: ['-j', '1'],
    behaviour: { kind: 'error', status: 400 },
    look: ({ server }) => server.requests.length,
    with: 1,
    without: 3,
  },
  quiet: {
    flags: ['-q'],
    look: ({ stderr }) => stderr === '',
    with: true,
    without: false,
  },
  progress: {
    flags: ['--progress', 'json'],
    look: ({ stderr }) => stderr.startsWith('{"type":"run_started"'),
    with: true,
    without: false,
  },
  color: {
    flags: ['--color'],
    look: ({ stderr }) => stderr.includes(COLOR),
    with: true,
    without: false,
  },
  'no-color': {
    flags: ['--no-color'],
    env: { FORCE_COLOR: '1' },
    look: ({ stderr }) => stderr.includes(COLOR),
    with: false,
    without: true,
  },
  'allow-host': {
    flags: ['--allow-host', '127.0.0.1:PORT=OPENAI_API_KEY'],
    env: { OPENAI_API_KEY: KEY },
    files: {
      'volley.yaml': JSON.stringify({
        defaults: { model: 'openai/x' },
        providers: { openai: { base_url: 'http://127.0.0.1:PORT/v1' } },
        tasks: ['hi'],
      }),
    },
    look: ({ server }) => server.requests[0]?.headers.authorization,
    with: `Bearer ${KEY}`,
    without: undefined,
  },
  'allow-path': {
    flags: ['--allow-path', '/etc'],
    files: {
      'volley.yaml': 'defaults: { model: mock/x }\ntasks: [{ prompt: { file: /etc/hosts } }]\n',
    },
    look: ({ code }) => code,
    with: 0,
    without: 2,
  },
  only: {
    flags: ['--only', 'task-2'],
    look: ({ server }) => server.requests.map(promptOf).sort(),
    with: ['prompt 2'],
    without: ['for me', 'prompt 1', 'prompt 2'],
  },
  skip: {
    flags: ['--skip', '*-2', '--skip', 'task-3'],
    look: ({ server }) => server.requests.map(promptOf).sort(),
    with: ['prompt 1'],
    without: ['for me', 'prompt 1', 'prompt 2'],
  },
  tag: {
    flags: ['--tag', 'slow'],
    files: { 'volley.yaml': TAGGED },
    look: ({ stdout }) => recordsIn(stdout).length,
    with: 1,
    without: 2,
  },
  sample: {
    flags: ['--sample', '2'],
    look: ({ server }) => server.requests.length,
    with: 2,
    without: 3,
  },
  shard: {
    flags: ['--shard', '1/3'],
    look: ({ server }) => server.requests.length < 3,
    with: true,
    without: false,
  },
  'dry-run': {
    flags: ['--dry-run'],
    look: ({ server, stdout }) => [server.requests.length, stdout.includes('Nothing was sent.')],
    with: [0, true],
    without: [3, false],
  },
  estimate: {
    flags: ['--estimate'],
    look: ({ server, stderr }) => [server.requests.length, stderr.includes('3 tasks to send')],
    with: [3, true],
    without: [3, false],
  },
  simulate: {
    flags: ['--simulate'],
    look: ({ server, stdout }) => [server.requests.length, stdout.includes('Nothing was sent.')],
    with: [0, true],
    without: [3, false],
  },
  seed: {
    flags: ['--seed', '7'],
    always: ['--simulate'],
    look: ({ stdout }) => /seed \d+/.exec(stdout)?.[0],
    with: 'seed 7',
    without: 'seed 1',
  },
  latency: {
    flags: ['--latency', '4s'],
    always: ['--simulate', '--max-tokens', '90'],
    look: ({ stdout }) => / in [^\n]*/.exec(stdout)?.[0],
    with: ' in 4.0s',
    without: ' in 1.0s',
  },
  'error-rate': {
    flags: ['--error-rate', '100%'],
    always: ['--simulate', '--max-retries', '0'],
    look: ({ code }) => code,
    with: 1,
    without: 0,
  },
  json: {
    flags: ['--json'],
    look: ({ stdout }) => stdout.includes('"summary":'),
    with: true,
    without: false,
  },
};

const onlyRun: Readonly<Record<string, Trial>> = {
  set: {
    flags: ['--set', 'who=a=b'],
    look: ({ server }) => server.requests.map(promptOf).includes('for a=b'),
    with: true,
    without: false,
  },
};

const validating: Readonly<Record<string, Trial>> = {
  json: {
    flags: ['--json'],
    look: ({ stdout }) => stdout.startsWith('{'),
    with: true,
    without: false,
  },
  model: {
    flags: ['-m', 'nobody/x'],
    look: ({ stdout }) => /UNKNOWN_PROVIDER/.test(stdout),
    with: true,
    without: false,
  },
  set: {
    flags: ['--set', 'extra=1'],
    files: { 'volley.yaml': 'defaults: { model: mock/x }\ntasks: ["{{ vars.extra }}"]\n' },
    look: ({ code }) => code,
    with: 0,
    without: 2,
  },
  'allow-path': running['allow-path'] ?? never(),
  color: {
    flags: ['--color'],
    files: { 'volley.yaml': 'taks: []\n' },
    look: ({ stdout }) => stdout.includes(COLOR),
    with: true,
    without: false,
  },
};

const limiting: Readonly<Record<string, Trial>> = {
  json: validating['json'] ?? never(),
  model: {
    flags: ['-m', 'mock/other'],
    look: ({ stdout }) => /mock\/other/.test(stdout),
    with: true,
    without: false,
  },
  set: validating['set'] ?? never(),
  'allow-path': running['allow-path'] ?? never(),
};

/** A plan of three tasks with one answer in `old.jsonl`: what a flag changes in its JSON. */
function planned(flags: readonly string[], trial: Omit<Trial, 'flags'>): Trial {
  return { flags, ...trial, always: ['--json', ...(trial.always ?? [])] };
}

function inPlan(look: (plan: PlanReport) => unknown): Trial['look'] {
  return ({ stdout }) => look(planIn(stdout));
}

const planning: Readonly<Record<string, Trial>> = {
  graph: {
    flags: ['--graph'],
    look: ({ stdout }) => stdout.includes('flowchart LR'),
    with: true,
    without: false,
  },
  json: {
    flags: ['--json'],
    look: ({ stdout }) => stdout.startsWith('{'),
    with: true,
    without: false,
  },
  model: planned(['-m', 'local/other'], {
    look: inPlan(({ models }) => models.map(({ model }) => model)),
    with: ['local/other'],
    without: ['local/small'],
  }),
  context: planned(['--context', 'word '.repeat(1000)], {
    look: inPlan(({ total }) => total.input_tokens > 1000),
    with: true,
    without: false,
  }),
  'context-file': planned(['--context-file', 'rules.md'], {
    files: { 'rules.md': 'word '.repeat(1000) },
    look: inPlan(({ total }) => total.input_tokens > 1000),
    with: true,
    without: false,
  }),
  'max-tokens': planned(['--max-tokens', '90'], {
    look: inPlan(({ total }) => total.output_tokens),
    with: { expected: 90, ceiling: 270 },
    without: { expected: 1500, ceiling: null },
  }),
  'max-concurrent': planned(['-j', '1'], {
    look: inPlan(({ total }) => total.bound_by),
    with: 'concurrency',
    without: 'latency',
  }),
  'max-retries': {
    flags: ['--max-retries', '0'],
    files: { 'prices.yaml': 'local/small: { input: 1, output: 1 }\n' },
    always: ['--prices', 'prices.yaml', '--max-tokens', '90'],
    look: ({ stdout }) => stdout.includes('If every retry'),
    with: false,
    without: true,
  },
  timeout: planned(['--timeout', '1s'], {
    look: inPlan(({ warnings }) => warnings.filter((text) => text.includes('timeout')).length),
    with: 3,
    without: 0,
  }),
  'max-cost-usd': {
    flags: ['--max-cost-usd', '1'],
    look: ({ code }) => code,
    with: 3,
    without: 0,
  },
  prices: planned(['--prices', 'prices.yaml'], {
    files: { 'prices.yaml': 'local/small: { input: 0, output: 1000 }\n' },
    look: inPlan(({ total }) => total.cost_usd?.expected),
    with: 1.5,
    without: undefined,
  }),
  output: planned(['-o', 'old.jsonl'], {
    files: { 'old.jsonl': 'no results' },
    look: ({ code }) => code,
    with: 2,
    without: 0,
  }),
  overwrite: {
    flags: ['--overwrite'],
    always: ['-o', 'old.jsonl'],
    files: { 'old.jsonl': 'no results' },
    look: ({ code }) => code,
    with: 0,
    without: 2,
  },
  'retry-failed': planned(['--retry-failed'], {
    always: ['-o', 'old.jsonl'],
    files: { 'old.jsonl': '' },
    look: inPlan(({ total }) => total.tasks),
    with: 0,
    without: 3,
  }),
  only: planned(['--only', 'task-2'], {
    look: inPlan(({ total }) => total.tasks),
    with: 1,
    without: 3,
  }),
  skip: planned(['--skip', 'task-2'], {
    look: inPlan(({ total }) => total.tasks),
    with: 2,
    without: 3,
  }),
  tag: planned(['--tag', 'slow'], {
    files: { 'volley.yaml': TAGGED },
    look: inPlan(({ total }) => total.tasks),
    with: 1,
    without: 2,
  }),
  seed: planned(['--seed', '2'], {
    always: ['--sample', '1'],
    files: {
      'volley.yaml': `defaults: { model: mock/x }\ntasks: [{ id: t, for_each: [a, ${'b '.repeat(900)}], prompt: "{{ item }}" }]\n`,
    },
    look: inPlan(({ total }) => total.input_tokens > 100),
    with: false,
    without: true,
  }),
  shard: planned(['--shard', '1/3'], {
    look: inPlan(({ total }) => total.tasks < 3),
    with: true,
    without: false,
  }),
  sample: planned(['--sample', '2'], {
    look: inPlan(({ total }) => total.tasks),
    with: 2,
    without: 3,
  }),
  set: planned(['--set', 'who=' + 'a b c '.repeat(500)], {
    look: inPlan(({ total }) => total.input_tokens > 1000),
    with: true,
    without: false,
  }),
  'allow-path': running['allow-path'] ?? never(),
};

/** Who may be called with which key has tests of its own: hosts.test.ts. */
const HOSTS = ['allow-host', 'allow-http', 'keys-file', 'permissions', 'base-url'];

/** Flags with tests of their own: prices and parameters under a cap, a terminal that asks, a signal, a full disk, `ask --file`, `init --overwrite`. */
const CAP = ['trust-prices', 'allow-param'];
/** They need more than one run, or a repository: response-cache.test.ts, against.test.ts, batch/*.test.ts. */
const BATCHES = ['mode', 'deadline', 'detach', 'resubmit'];
/** They need a Redis: test/share. */
const SHARING = ['share', 'share-budget'];
/** metrics-file.test.ts and open-telemetry.test.ts. */
const TELEMETRY = ['metrics-file', 'otel'];
const CACHE = ['response-cache', 'frozen'];
const AGAINST = ['against', 'against-tip', 'show', 'all'];
const BOUNDS = ['max-tasks', 'max-files', 'max-matrix', 'max-work', 'max-prompt-chars'];
const ELSEWHERE: Readonly<Record<CommandName, readonly string[]>> = {
  run: [
    ...HOSTS,
    'exact',
    'yes',
    'grace',
    'no-learn',
    'emergency-dump',
    'debug',
    'junit',
    ...TELEMETRY,
    'max-failures',
    'trust-results',
    ...CAP,
    'first',
    'include',
    'against',
    'against-tip',
    ...BATCHES,
    ...SHARING,
    ...CACHE,
    ...BOUNDS,
  ],
  plan: [
    ...AGAINST,
    ...SHARING,
    'mode',
    'deadline',
    'format',
    'markdown',
    'response-cache',
    ...HOSTS,
    'exact',
    'quiet',
    'progress',
    ...CAP,
    'first',
    ...BOUNDS,
  ],
  validate: [...HOSTS, ...BOUNDS],
  ask: [
    ...HOSTS,
    ...CAP,
    'trust-results',
    'first',
    'include',
    'exact',
    'yes',
    'grace',
    'no-learn',
    'emergency-dump',
    'debug',
    'junit',
    ...TELEMETRY,
    'max-failures',
    'trust-results',
    'file',
    ...BATCHES,
    ...SHARING,
    ...CACHE,
    ...BOUNDS,
  ],
  init: ['overwrite'],
  limits: [...HOSTS, 'max-matrix', 'max-work'],
  // doctor.test.ts has them all.
  doctor: [...COMMANDS.doctor.flags],
  // show.test.ts and report.test.ts have them all.
  show: [...COMMANDS.show.flags],
  merge: [...COMMANDS.merge.flags],
  report: [...COMMANDS.report.flags],
  diff: [...COMMANDS.diff.flags],
  export: [...COMMANDS.export.flags],
  cache: ['older-than', 'max-bytes', 'json'],
  batch: ['json', 'trust-results', 'allow-host', 'allow-http', 'keys-file'],
  prune: [],
  schema: [],
  completion: [],
};

async function tried(command: string, trial: Trial, flags: readonly string[]): Promise<unknown> {
  const server = await served({ respond: () => trial.behaviour ?? { kind: 'answer' } });
  const { port } = new URL(server.origin);
  const usual = manifestOn(server, {
    context: 'Own.',
    vars: { who: 'me' },
    defaults: { model: 'local/small', max_retries: 1 },
    tasks: [...prompts(2), 'for {{ vars.who }}'],
  });
  const files = Object.fromEntries(
    Object.entries({ 'volley.yaml': usual, ...trial.files }).map(([name, text]) => [
      name,
      text.replaceAll('PORT', port),
    ]),
  );
  const cwd = folder(files);
  const given = [...(trial.always ?? []), ...flags].map((flag) => flag.replaceAll('PORT', port));
  const target = command === 'ask' ? ['--file', 'volley.yaml'] : ['volley.yaml'];
  const env = { TEST_KEY: KEY, ...trial.env };
  return trial.look({
    ...(await volley([command, ...target, ...given], { cwd, env })),
    server,
    cwd,
  });
}

async function compare(command: string, trial: Trial): Promise<void> {
  const [withFlag, without] = await Promise.all([
    tried(command, trial, trial.flags),
    tried(command, trial, []),
  ]);
  expect({ with: withFlag, without }).toEqual({ with: trial.with, without: trial.without });
}

describe('every flag has a visible effect', () => {
  const runTrials = { ...running, ...onlyRun };
  test.each(Object.keys(runTrials))('run --%s', (name) =>
    compare('run', runTrials[name] ?? never()),
  );

  test.each(Object.keys(planning))('plan --%s', (name) =>
    compare('plan', planning[name] ?? never()),
  );

  test.each(Object.keys(validating))('validate --%s', (name) =>
    compare('validate', validating[name] ?? never()),
  );

  test.each(Object.keys(limiting))('limits --%s', (name) =>
    compare('limits', limiting[name] ?? never()),
  );

  test.each([
    ['run', runTrials],
    ['plan', planning],
    ['validate', validating],
    ['limits', limiting],
    // `ask` hands its flags on to what `run` does.
    ['ask', running],
    ['init', {}],
    ['schema', {}],
  ] as const)('tests every flag of %s, and help lists each', async (command, trials) => {
    const { flags } = COMMANDS[command];
    const tried = new Set([...Object.keys(trials), ...ELSEWHERE[command]]);
    expect(flags.filter((flag) => !tried.has(flag))).toEqual([]);
    const help = await volley([command, '--help']);
    expect(flags.filter((flag) => !help.stdout.includes(`--${flag}`))).toEqual([]);
    expect(help).toMatchObject({ code: 0, stderr: '' });
    expect(help.stdout).toContain('\n  volley ');
  });

  test('ask passes its flags on', async () => {
    const server = await served({ latencyMs: 50 });
    const manifest = manifestOn(server, { tasks: prompts(4) });
    const cwd = folder({ 'tasks.json': manifest, 'rules.md': 'From a file.' });
    const flags = ['-m', 'local/other', '--max-tokens', '7', '-j', '1', '--context', 'Be brief.'];
    const files = ['--context-file', 'rules.md', '-o', 'out.jsonl', '--summary-file', 's.json'];
    const args = ['ask', '-f', 'tasks.json', ...flags, ...files, '--quiet'];
    const run = await volley(args, { cwd, env: { TEST_KEY: KEY } });
    expect(run).toEqual({ code: 0, signal: null, stdout: '', stderr: '' });
    expect(server.highestConcurrency()).toBe(1);
    expect(server.requests.map(({ body }) => [body['model'], body['max_tokens']])).toEqual(
      Array.from({ length: 4 }, () => ['other', 7]),
    );
    expect(server.requests.map(instructionsOf)[0]).toBe('Be brief.\n\nFrom a file.');
    expect(recordsIn(readFileSync(join(cwd, 'out.jsonl'), 'utf8'))).toHaveLength(4);
  });
});

describe('a flag that makes no sense is refused before anything is read', () => {
  test.each([
    [
      ['run', 'x', '-j', '0'],
      '`-j 0` is not a whole number from 1 to 10000',
      'for example, write `-j 3`',
    ],
    [
      ['run', 'x', '-j', 'many'],
      '`-j many` is not a whole number from 1 to 10000',
      'for example, write `-j 3`',
    ],
    [
      ['run', 'x', '-j', '2.5'],
      '`-j 2.5` is not a whole number from 1 to 10000',
      'for example, write `-j 3`',
    ],
    [
      ['run', 'x', '--max-retries', '-1'],
      '`--max-retries -1` is not a whole number from 0 to 100',
      'for example, write `--max-retries 3`',
    ],
    [['run', 'x', '--timeout', '90'], '--timeout: `90` is not a duration', undefined],
    [['run', 'x', '--set', 'novalue'], '`--set novalue` has no value', 'write `--set name=value`'],
    [['run', 'x', '--quiet=yes'], '`--quiet` takes no value', 'write just `--quiet`'],
    [['run', 'x', '--output'], '`--output` needs a value', 'write `--output FILE`'],
    [['run', 'x', '-o', 'a', '-o', 'b'], '`--output` is given 2 times', 'give it once'],
    [
      ['run', 'x', '--max-retris', '3'],
      'unknown flag `--max-retris` for `volley run`',
      'did you mean `--max-retries`?',
    ],
    [
      ['run', 'x', '--zzz'],
      'unknown flag `--zzz` for `volley run`',
      '`volley run --help` lists its flags',
    ],
    [
      ['validate', 'x', '-o', 'y'],
      'unknown flag `-o` for `volley validate`',
      '`volley validate --help` lists its flags',
    ],
    [['rum', 'x.yaml'], 'unknown command `rum`', 'did you mean `volley run`?'],
    [['x.yaml'], 'unknown command `x.yaml`', 'did you mean `volley run x.yaml`?'],
    [
      ['--quiet', 'run', 'x'],
      'the command comes first, not `--quiet`',
      'write `volley run --quiet x`',
    ],
    [['init', 'a', 'b'], 'unexpected argument `b`', 'usage: volley init [file]'],
  ])('%j', async (args, message, hint) => {
    const run = await volley(args, { cwd: folder() });
    expect(run).toMatchObject({ code: 2, stdout: '' });
    expect(run.stderr).toContain(`volley: ${message}\n  hint: ${hint ?? ''}`);
  });

  test.each([
    [['--output-format', 'yaml'], '`--output-format yaml` is not one of `jsonl`, `json`, `text`'],
    [
      ['--progress', 'plan'],
      '`--progress plan` is not one of `auto`, `tty`, `plain`, `json`, `none`',
    ],
    [['--grace', 'soon'], '--grace: `soon` is not a duration'],
    [
      ['--estimate', '--progress', 'json'],
      '`--estimate` cannot be combined with `--progress json`',
    ],
    [['--seed', '3'], '`--seed` needs `--sample` or `--simulate`'],
    [['--latency', '3s'], '`--latency` needs `--simulate`'],
    [['--only', 'taks-1'], '`--only taks-1` matches no task'],
    [['--tag', 'x'], '`--tag x` matches no task'],
    [['--sample', '0'], '`--sample 0` is not a whole number from 1 to 1000000000'],
    [['--shard', '0/4'], '`--shard 0/4` is not a valid shard'],
    [['--shard', '5/4'], '`--shard 5/4` is not a valid shard'],
    [['--shard', 'all'], '`--shard all` is not a valid shard'],
    [['--exact'], '`--exact` needs `--dry-run`'],
    [['--dry-run=exakt'], '`--dry-run` takes no such value'],
    [['--simulate', '--dry-run'], '`--simulate` cannot be combined with `--dry-run`'],
    [
      ['--simulate', '--latency', '3s..1s'],
      '`--latency 3s..1s` is neither a duration nor a range, shortest first',
    ],
    [['--simulate', '--error-rate', '5'], '`--error-rate 5` is not a percentage from 0% to 100%'],
    [['--retry-delay', '10'], '--retry-delay: `10` is not a duration'],
  ])('%j, and nothing is sent', async (flags, message) => {
    const server = await served();
    const cwd = folder({ 'volley.yaml': manifestOn(server, { tasks: ['hi'] }) });
    const run = await volley(['run', 'volley.yaml', ...flags], { cwd, env: { TEST_KEY: KEY } });
    expect(run).toMatchObject({ code: 2, stdout: '' });
    expect(run.stderr).toContain(`volley: ${message}\n  hint: `);
    expect(server.requests).toEqual([]);
  });
});

describe.skipIf(!existsSync('/usr/bin/script'))('on a terminal', () => {
  test('asks once before a large run; anything but yes sends nothing', async () => {
    const { stdout, code, server } = await onTerminal(11, { answer: 'n\n' });
    expect(stdout).toContain('to local/small? [y/N]');
    expect(stdout).toContain('volley: not sent');
    expect(code).toBe(2);
    expect(server.requests).toEqual([]);
  });

  test('shows the estimate, unless --no-estimate turns it off', async () => {
    const shown = await onTerminal(11, { answer: 'n\n' });
    expect(shown.stdout).toMatch(
      /11 tasks to send[^]*cost[^]*Send 11 tasks to local\/small\? \[y\/N\]/,
    );
    const plain = await onTerminal(11, { answer: 'n\n', flags: '--no-estimate' });
    expect(plain.stdout).not.toContain('cost');
    expect(plain.stdout).toContain('[y/N]');
    expect([shown.server.requests, plain.server.requests]).toEqual([[], []]);
  });

  test('sends after a yes', async () => {
    const { code, server } = await onTerminal(11, { answer: 'y\n' });
    expect(code).toBe(0);
    expect(server.requests).toHaveLength(11);
  });

  test('does not ask with --yes', async () => {
    const { stdout, server } = await onTerminal(11, { answer: '', flags: '--yes' });
    expect(stdout).not.toContain('[y/N]');
    expect(server.requests).toHaveLength(11);
  });

  test('does not ask about ten tasks, and prints results as text after the progress', async () => {
    const { stdout, server } = await onTerminal(10, { answer: '' });
    expect(server.requests).toHaveLength(10);
    const places = ['Volley complete', ...prompts(10).map((p) => `echo: ${p}\r`)];
    expect(places.map((text) => stdout.includes(text))).toEqual(places.map(() => true));
    expect(stdout).not.toContain('{"v":1');
  });
});

/** Runs `count` tasks on a terminal of its own, at which somebody types `answer`. */
async function onTerminal(
  count: number,
  { answer, flags = '' }: { readonly answer: string; readonly flags?: string },
): Promise<CliResult & { readonly server: TestServer }> {
  const server = await served();
  const cwd = folder({ 'volley.yaml': manifestOn(server, { tasks: prompts(count) }) });
  const env = { TEST_KEY: KEY, TERM: 'xterm' };
  const inner = `'${process.execPath}' '${BIN}' run volley.yaml ${flags}`;
  const line = `script -qec ${JSON.stringify(inner)} /dev/null`;
  return { ...(await shell(line, { cwd, env, stdin: answer })), server };
}

function never(): never {
  throw new Error('no such trial');
}
