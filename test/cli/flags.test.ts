import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseArguments } from '../../src/cli/arguments.ts';
import { checkFlags } from '../../src/cli/flag-rules.ts';
import { boundsOf, overridesOf } from '../../src/cli/flag-overrides.ts';
import { selectionOf } from '../../src/cli/selection-flags.ts';
import { VolleyError } from '../../src/errors/volley-error.ts';
import { planIn } from '../support/check-schema.ts';
import { BIN, folder, recordsIn, shell, volley, type CliResult } from '../support/cli.ts';
import type { Behaviour, TestServer } from '../support/server.ts';
import { instructionsOf, promptOf } from '../support/wires.ts';
import { KEY, manifestOn, prompts, served, WITH_QUICK_MOCK } from './served.ts';

function parsed(...flags: readonly string[]) {
  return parseArguments(['run', 'volley.yaml', ...flags]);
}

describe('a flag becomes the setting that the run uses', () => {
  test.each([
    ['--model a/x', { model: 'a/x' }],
    ['--max-tokens 1k', { maxTokens: 1000 }],
    ['--max-retries 0', { maxRetries: 0 }],
    ['-j 4', { maxConcurrent: 4 }],
    ['--timeout 90s', { timeoutMs: 90_000 }],
    ['--max-cost-usd 2.5', { maxCostUsd: 2.5 }],
    ['--prices p.json', { pricesFile: 'p.json' }],
    ['--mode batch', { mode: 'batch' }],
    ['--deadline 6h', { deadlineMs: 21_600_000 }],
    ['--include item,prompt', { include: ['item', 'prompt'] }],
    ['--fail-fast', { failFast: true }],
    ['--trust-prices', { trustPrices: true }],
    ['--allow-param a --allow-param b', { allowParams: ['a', 'b'] }],
    ['--context one --context=two', { contextTexts: ['one', 'two'] }],
    ['--context-file rules.md', { contextFiles: ['rules.md'] }],
  ])('%s overrides the manifest', (line, expected) => {
    expect(overridesOf(parsed())).not.toMatchObject(expected);
    expect(overridesOf(parsed(...line.split(' ')))).toMatchObject(expected);
  });

  test.each([
    ['--max-tasks 2M', { tasks: 2_000_000 }],
    ['--max-files 10', { files: 10 }],
    ['--max-matrix 10', { matrix: 10 }],
    ['--max-prompt-chars 1k', { promptChars: 1000 }],
    ['--max-work 2s', { workMs: 2000 }],
  ])('%s changes a bound', (line, expected) => {
    expect(boundsOf(parsed())).toEqual({});
    expect(boundsOf(parsed(...line.split(' ')))).toEqual(expected);
  });

  test.each([
    ['--only a* --only b', { only: ['a*', 'b'] }],
    ['--skip *-2 --skip c', { skip: ['*-2', 'c'] }],
    ['--tag slow', { tags: ['slow'] }],
    ['--first 2', { first: 2 }],
    ['--sample 2', { sample: { count: 2, seed: 1 } }],
    ['--sample 2 --seed 7', { sample: { count: 2, seed: 7 } }],
    ['--shard 1/3', { shard: { part: 1, of: 3 } }],
  ])('%s selects tasks', (line, expected) => {
    expect(selectionOf(parsed())).toBeUndefined();
    expect(selectionOf(parsed(...line.split(' ')))).toMatchObject(expected);
  });
});

/** A flag that makes no sense is refused before anything is read. */
test.each([
  ['-j 0', '`-j 0` is not a whole number from 1 to 10000'],
  ['-j many', '`-j many` is not a whole number from 1 to 10000'],
  ['-j 2.5', '`-j 2.5` is not a whole number from 1 to 10000'],
  ['--max-retries -1', '`--max-retries -1` is not a whole number from 0 to 100'],
  ['--timeout 90', '--timeout: `90` is not a duration'],
  ['--mode bach', '`--mode bach` is not one of `realtime`, `flex`, `batch`, `auto`'],
  ['--seed 3', '`--seed` needs `--sample` or `--simulate`'],
  ['--sample 0', '`--sample 0` is not a whole number from 1 to 1000000000'],
  ['--first 1 --sample 1', '`--first` and `--sample` cannot be combined'],
  ['--frozen --dry-run', '`--frozen` and `--dry-run` cannot be combined'],
  ['--resume --overwrite', '`--resume` and `--overwrite` cannot be combined'],
  ['--simulate --dry-run', '`--simulate` and `--dry-run` cannot be combined'],
  ['--exact', '`--exact` needs `--dry-run`'],
  ['--resubmit', '`--resubmit` needs `--resume`'],
  ['--shard 0/4', '`--shard 0/4` is not a valid shard'],
  ['--shard 5/4', '`--shard 5/4` is not a valid shard'],
  ['--shard all', '`--shard all` is not a valid shard'],
])('%s is refused', (line, message) => {
  const args = parsed(...line.split(' '));
  const check = () => [checkFlags(args), overridesOf(args), selectionOf(args)];
  expect(check).toThrow(VolleyError);
  expect(check).toThrow(
    expect.objectContaining({ message, exitCode: 2, hint: expect.stringMatching(/./) }),
  );
});

/** A command that is run twice, with a flag and without it, each time against its own server. */
interface Trial {
  readonly command: string;
  readonly flags: string;
  /** Flags of both runs. */
  readonly always?: string;
  readonly behaviour?: Behaviour;
  readonly env?: Readonly<Record<string, string>>;
  /** A `volley.yaml` among them replaces the usual manifest. */
  readonly files?: Readonly<Record<string, string>>;
  /** What to compare between the two runs. */
  readonly look: (seen: CliResult & { readonly server: TestServer }) => unknown;
  readonly changes: readonly [withFlag: unknown, without: unknown];
}

const hasColor = ({ stdout, stderr }: CliResult): boolean => /\u001b\[/.test(stdout + stderr);
const code = (seen: CliResult): unknown => seen.code;
const ETC = `${WITH_QUICK_MOCK}defaults: { model: mock/x }\ntasks: [{ prompt: { file: /etc/hosts } }]\n`;
const EXTRA = `${WITH_QUICK_MOCK}defaults: { model: mock/x }\ntasks: ["{{ vars.extra }}"]\n`;
const LOADS = ['run', 'limits'].flatMap((command): readonly Trial[] => [
  {
    command,
    flags: '--allow-path /etc',
    files: { 'volley.yaml': ETC },
    look: code,
    changes: [0, 2],
  },
  { command, flags: '--set extra=1', files: { 'volley.yaml': EXTRA }, look: code, changes: [0, 2] },
]);

const TRIALS: readonly Trial[] = [
  ...LOADS,
  {
    command: 'run',
    flags: '--retry-delay 10ms',
    always: '--progress json',
    behaviour: { kind: 'error', status: 500 },
    look: ({ stderr }) =>
      [...stderr.matchAll(/"delay_ms":(\d+)/g)].every(([, delay]) => Number(delay) <= 20),
    changes: [true, false],
  },
  { command: 'run', flags: '--color', look: hasColor, changes: [true, false] },
  {
    command: 'run',
    flags: '--no-color',
    env: { FORCE_COLOR: '1' },
    look: hasColor,
    changes: [false, true],
  },
  {
    command: 'validate',
    flags: '--color',
    files: { 'volley.yaml': 'taks: []\n' },
    look: hasColor,
    changes: [true, false],
  },
  {
    command: 'run',
    flags: '--estimate',
    look: ({ server, stderr }) => [server.requests.length, stderr.includes('3 tasks to send')],
    changes: [
      [3, true],
      [3, false],
    ],
  },
  {
    command: 'run',
    flags: '--json',
    look: ({ stdout }) => stdout.includes('"summary":'),
    changes: [true, false],
  },
  {
    command: 'run',
    flags: '--set who=a=b',
    look: ({ server }) => server.requests.map(promptOf).includes('for a=b'),
    changes: [true, false],
  },
  {
    command: 'plan',
    flags: '--max-retries 0',
    always: '--prices prices.yaml --max-tokens 90',
    files: { 'prices.yaml': 'local/small: { input: 1, output: 1 }\n' },
    look: ({ stdout }) => stdout.includes('If every retry'),
    changes: [false, true],
  },
  { command: 'plan', flags: '--max-cost-usd 1', look: code, changes: [3, 0] },
  {
    command: 'plan',
    flags: '--overwrite',
    always: '-o old.jsonl',
    files: { 'old.jsonl': 'no' },
    look: code,
    changes: [0, 2],
  },
  {
    command: 'plan',
    flags: '--retry-failed',
    always: '--json -o old.jsonl',
    files: { 'old.jsonl': '' },
    look: ({ stdout }) => planIn(stdout).total.tasks,
    changes: [0, 3],
  },
  {
    command: 'plan',
    flags: '-m local/other --max-tokens 90 --skip task-2',
    always: '--json',
    look: ({ stdout }) => {
      const { models, total } = planIn(stdout);
      return [models[0]?.model, total.tasks, total.output_tokens.ceiling];
    },
    changes: [
      ['local/other', 2, 180],
      ['local/small', 3, null],
    ],
  },
  {
    command: 'validate',
    flags: '-m nobody/x',
    look: ({ stdout }) => /UNKNOWN_PROVIDER/.test(stdout),
    changes: [true, false],
  },
];

async function tried(trial: Trial, flags: string): Promise<unknown> {
  const server = await served({ respond: () => trial.behaviour ?? { kind: 'answer' } });
  const usual = manifestOn(server, {
    vars: { who: 'me' },
    defaults: { model: 'local/small', max_retries: 1 },
    tasks: [...prompts(2), 'for {{ vars.who }}'],
  });
  const cwd = folder({ 'volley.yaml': usual, ...trial.files });
  const given = `${trial.always ?? ''} ${flags}`.split(' ').filter((word) => word !== '');
  const env = { TEST_KEY: KEY, ...trial.env };
  const run = await volley([trial.command, 'volley.yaml', ...given], { cwd, env });
  return trial.look({ ...run, server });
}

describe('a flag has a visible effect', () => {
  test.each(TRIALS)('$command $flags', async (trial) => {
    const seen = await Promise.all([tried(trial, trial.flags), tried(trial, '')]);
    expect(seen).toEqual(trial.changes);
  });

  test('run and ask apply the same flags', async () => {
    const server = await served({ latencyMs: 50 });
    const manifest = manifestOn(server, { tasks: prompts(4) });
    const cwd = folder({ 'tasks.json': manifest, 'rules.md': 'From a file.' });
    const flags = ['-m', 'local/other', '--max-tokens', '7', '-j', '1', '--context', 'Be brief.'];
    const files = ['--context-file', 'rules.md', '--summary-file', 's.json', '--quiet'];
    for (const source of [
      ['ask', '-f', 'tasks.json'],
      ['run', 'tasks.json'],
    ]) {
      const run = await volley([...source, ...flags, ...files], { cwd, env: { TEST_KEY: KEY } });
      expect(run).toMatchObject({ code: 0, stderr: '' });
      expect(recordsIn(run.stdout)).toHaveLength(4);
      expect(existsSync(join(cwd, 's.json'))).toBe(true);
    }
    expect(server.highestConcurrency()).toBe(1);
    expect(server.requests.map(({ body }) => [body['model'], body['max_tokens']])).toEqual(
      Array.from({ length: 8 }, () => ['other', 7]),
    );
    expect(server.requests.map(instructionsOf)[0]).toBe('Be brief.\n\nFrom a file.');
  });
});

test.each([
  ['--output-format yaml', '`--output-format yaml` is not one of `jsonl`, `json`, `text`'],
  ['--progress plan', '`--progress plan` is not one of `auto`, `tty`, `plain`, `json`, `none`'],
  ['--grace soon', '--grace: `soon` is not a duration'],
  ['--estimate --progress json', '`--estimate` cannot be combined with `--progress json`'],
  ['--only taks-1', '`--only taks-1` matches no task'],
  ['--tag x', '`--tag x` matches no task'],
  ['--dry-run=exakt', '`--dry-run` does not accept this value'],
  ['--simulate --dry-run', '`--simulate` and `--dry-run` cannot be combined'],
  ['--retry-delay 10', '--retry-delay: `10` is not a duration'],
])('run %s is refused, and nothing is sent', async (line, message) => {
  const server = await served();
  const cwd = folder({ 'volley.yaml': manifestOn(server, { tasks: ['hi'] }) });
  const args = ['run', 'volley.yaml', ...line.split(' ')];
  const run = await volley(args, { cwd, env: { TEST_KEY: KEY } });
  expect(run).toMatchObject({ code: 2, stdout: '' });
  expect(run.stderr).toContain(`volley: ${message}\n  hint: `);
  expect(server.requests).toEqual([]);
});

describe.skipIf(!existsSync('/usr/bin/script'))('a run on a terminal', () => {
  test('shows the estimate and asks once before a large run; anything but yes sends nothing', async () => {
    const shown = await onTerminal(11, { answer: 'n\n' });
    expect(shown.stdout).toContain('volley: not sent');
    expect(shown.code).toBe(2);
    expect(shown.stdout).toMatch(
      /11 tasks to send[^]*cost[^]*Send 11 tasks to local\/small\? \[y\/N\]/,
    );
    // `--no-estimate` turns off only the estimate.
    const plain = await onTerminal(11, { answer: 'n\n', flags: '--no-estimate' });
    expect(plain.stdout).not.toContain('cost');
    expect(plain.stdout).toContain('[y/N]');
    // Ctrl-D is not a yes either, and does not end the line of the question.
    const ended = await onTerminal(11, { answer: '\u0004', flags: '--no-estimate' });
    expect(ended.stdout).toMatch(/\[y\/N\] (?:\^D\S*)?\r?\nvolley: not sent/);
    const sent = [shown, plain, ended].flatMap(({ server }) => server.requests);
    expect(sent).toEqual([]);
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

/** Runs `count` tasks on a new terminal, where somebody types `answer`. */
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

test.each(['mistral', 'together'])(
  'a batch for %s, whose batch API differs from OpenAI’s, is refused before anything is sent',
  async (name) => {
    const providers = { [name]: { batch: true } };
    const manifest = { providers, defaults: { model: `${name}/m` }, tasks: ['hi'] };
    const cwd = folder({ 'volley.yaml': JSON.stringify(manifest) });
    const run = await volley(['run', '--mode', 'batch', '-o', 'o.jsonl'], {
      cwd,
      env: { [`${name.toUpperCase()}_API_KEY`]: KEY },
    });
    expect(run.stderr).toContain(`the batch API of \`${name}\` differs from OpenAI's`);
    expect(run.code).toBe(2);
    expect(existsSync(join(cwd, 'o.jsonl'))).toBe(false);
  },
);
