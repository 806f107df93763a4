import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { WITH_KEY } from '../cli/served.ts';
import { volley } from '../support/cli.ts';
import type { Behaviour, SeenRequest } from '../support/server.ts';
import { promptOf } from '../support/wires.ts';
import { repo, RESULTS, type Repo } from './support.ts';

const TASKS = [
  { id: 'good', prompt: 'good' },
  { id: 'bad', prompt: 'bad' },
];
const REFUSED: Behaviour = { kind: 'error', status: 400 };

function refusesBad(request: SeenRequest): Behaviour {
  return promptOf(request) === 'bad' ? REFUSED : { kind: 'answer' };
}

/** A run in which the task `bad` failed. */
async function withFailure(): Promise<Repo> {
  let refuses = true;
  const respond = (request: SeenRequest): Behaviour =>
    refuses ? refusesBad(request) : { kind: 'answer' };
  const ran = await repo({ tasks: TASKS }, { respond });
  expect((await ran.run()).code).toBe(1);
  expect(ran.sent()).toEqual(['bad', 'good']);
  refuses = false;
  return ran;
}

function edit(repo: Repo, from: string, to: string): void {
  repo.write('volley.yaml', repo.read('volley.yaml').replace(from, to));
}

describe('an existing results file', () => {
  test('is refused without a resume flag, and not touched', async () => {
    const ran = await withFailure();
    const before = ran.read(RESULTS);
    const again = await ran.run();
    expect(again.code).toBe(2);
    expect(again.stderr).toContain('out.jsonl` already exists\n  hint: `--resume` continues it');
    expect(ran.sent()).toEqual([]);
    expect(ran.read(RESULTS)).toBe(before);
  });

  test('with --resume is completed: failures are sent, successes are not', async () => {
    const ran = await withFailure();
    const resumed = await ran.run('--resume');
    expect([ran.sent(), resumed.code]).toEqual([['bad'], 0]);
    expect(resumed.stderr).toContain('Volley complete: 2/2 succeeded (1 from earlier runs)');
    expect(ran.records().map(({ id, status }) => `${id} ${status}`)).toEqual([
      'good succeeded',
      'bad succeeded',
    ]);
  });

  test('with --retry-failed gets only its failed tasks sent, not new ones', async () => {
    const ran = await withFailure();
    edit(ran, '"tasks":[', '"tasks":["new",');
    const retried = await ran.run('--retry-failed');
    expect([ran.sent(), retried.code]).toEqual([['bad'], 0]);
    expect(retried.stderr).toContain(
      'Volley complete: 2/3 succeeded (1 from earlier runs), 1 left out',
    );
    expect(retried.stderr).toContain(
      '\nvolley: 1 task was left out: `--retry-failed` sends only failed tasks',
    );
    expect(retried.stderr).not.toContain('to continue');
    expect(ran.records()).toHaveLength(2);
  });

  test('is suggested if the given file does not exist and has a similar name', async () => {
    const ran = await withFailure();
    const note = `is new, so every task is sent: did you mean \`${RESULTS}\`?`;
    const args = ['run', 'volley.yaml', '--resume', '--allow-path', '.'];
    for (const [file, isMistake] of [
      ['outt.jsonl', true],
      ['nightly.jsonl', false],
      ['out2.jsonl', false],
    ] as const) {
      const resumed = await volley([...args, '-o', file], { ...WITH_KEY, cwd: ran.cwd });
      expect(resumed.stderr.includes(note)).toBe(isMistake);
    }
  });

  test('with --retry-failed suggests a command that also sends only failed tasks', async () => {
    const ran = await repo({ tasks: TASKS }, { respond: () => REFUSED });
    await ran.run('--only', 'bad');
    ran.sent();
    const retried = await ran.run('--retry-failed');
    expect([ran.sent(), retried.code]).toEqual([['bad'], 1]);
    expect(retried.stderr).toContain(
      'to continue: volley run volley.yaml -o out.jsonl --retry-failed\n',
    );
  });

  test('is replaced with --overwrite', async () => {
    const ran = await withFailure();
    const replaced = await ran.run('--overwrite');
    expect([ran.sent(), replaced.code]).toEqual([['bad', 'good'], 0]);
    expect(ran.records()).toHaveLength(2);
  });

  test.each(['--resume', '--retry-failed', '--overwrite'])(
    'with %s is not touched if it contains something else',
    async (flag) => {
      const ran = await repo({ tasks: TASKS }, { files: { [RESULTS]: '# my notes\nprecious\n' } });
      const run = await ran.run(flag);
      expect(run.code).toBe(2);
      expect(run.stderr).toContain('out.jsonl` is not a results file, and is left unchanged');
      expect(ran.read(RESULTS)).toBe('# my notes\nprecious\n');
      expect(ran.sent()).toEqual([]);
    },
  );

  test('may be given in the manifest instead of with a flag', async () => {
    const ran = await repo({ tasks: TASKS, output: RESULTS });
    await ran.run();
    ran.sent();
    const resumed = await volley(['run', 'volley.yaml', '--resume'], { ...WITH_KEY, cwd: ran.cwd });
    expect([ran.sent(), resumed.code]).toEqual([[], 0]);
  });
});

describe('without a results file', () => {
  test('--resume creates one, so scripts can always use it', async () => {
    const fresh = await repo({ tasks: TASKS });
    expect((await fresh.run('--resume')).code).toBe(0);
    expect(fresh.records()).toHaveLength(2);
  });

  test('--retry-failed does nothing and says so', async () => {
    const fresh = await repo({ tasks: TASKS });
    const run = await fresh.run('--retry-failed');
    expect(run.code).toBe(2);
    expect(run.stderr).toContain('does not exist: there is nothing to retry');
    expect(existsSync(join(fresh.cwd, RESULTS))).toBe(false);
    expect(fresh.sent()).toEqual([]);
  });
});

test.each([
  ['--explain', '`--explain` needs a results file'],
  ['--explain -o /dev/null', '`/dev/null` is not a regular file: a run could not resume from it'],
  [
    '--output-format json -o out.json',
    '`--output-format json` is for stdout, but the results go to `out.json`, which is JSONL\n  hint: leave `--output-format json` out, or pass `-o -` to write to stdout',
  ],
  [
    '--json -o out.json',
    '`--json` is for stdout, but the results go to `out.json`, which is JSONL',
  ],
])('%s is refused before anything is sent', async (flags, message) => {
  const ran = await repo({ tasks: TASKS });
  const args = ['run', 'volley.yaml', ...flags.split(' ')];
  const run = await volley(args, { ...WITH_KEY, cwd: ran.cwd });
  expect(run.code).toBe(2);
  expect(run.stderr).toContain(`volley: ${message}\n`);
  expect(ran.sent()).toEqual([]);
});

test('--explain does not mention a task that is skipped again', async () => {
  const tasks = [...TASKS, { id: 'last', needs: ['bad'], prompt: '{{ needs.bad.output }}' }];
  const ran = await repo({ tasks }, { respond: refusesBad });
  await ran.run();
  ran.sent();
  const retried = await ran.run('--retry-failed', '--explain');
  expect(ran.sent()).toEqual(['bad']);
  expect(retried.stderr.match(/^volley: .* is sent: .*$/gm)).toEqual([
    'volley: bad is sent: it failed before',
  ]);
});

test('--explain says why each task is sent, and nothing about the others', async () => {
  const ran = await withFailure();
  edit(ran, '"tasks":[', '"tasks":[{"id":"new","prompt":"new"},{"id":"twin","prompt":"good"},');
  const resumed = await ran.run('--resume', '--explain');
  expect(ran.sent()).toEqual(['bad', 'new']);
  expect(resumed.stderr.match(/^volley: .* is sent: .*$/gm)).toEqual([
    'volley: new is sent: it is new',
    'volley: bad is sent: it failed before',
  ]);
  edit(ran, '"prompt":"bad"', '"prompt":"better"');
  const edited = await ran.run('--resume', '--explain');
  expect(ran.sent()).toEqual(['better']);
  expect(edited.stderr).toContain('volley: bad is sent: its request changed\n');
});
