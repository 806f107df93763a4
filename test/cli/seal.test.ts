import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { repo, RESULTS, type Repo } from '../resume/support.ts';
import { folder, volley, type CliResult } from '../support/cli.ts';
import { KEY } from './served.ts';

const TEAM = 'a secret of the team that is long enough';
const SCHEMA = { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] };

/** A finished run of three tasks, sealed with the key in this state folder or this variable. */
async function finished(env: Readonly<Record<string, string>>): Promise<Repo> {
  const made = await repo({ tasks: ['A', 'B', 'C'] });
  expect((await run(made, env)).code).toBe(0);
  made.sent();
  return made;
}

function run(
  { cwd, server }: Repo,
  env: Readonly<Record<string, string>>,
  ...flags: readonly string[]
): Promise<CliResult> {
  const allowed = { VOLLEY_ALLOW_HOSTS: `${new URL(server.origin).host}=TEST_KEY` };
  return volley(['run', 'volley.yaml', '-o', RESULTS, ...flags], {
    cwd,
    env: { TEST_KEY: KEY, ...allowed, ...env },
  });
}

describe('answers that are not sealed with this key', () => {
  test.each([
    { what: 'another key', env: { VOLLEY_SEAL_KEY: `${TEAM}!` }, why: '3 sealed with another key' },
    {
      what: 'no key',
      env: { XDG_STATE_HOME: '/proc/none' },
      why: '3 sealed with another key, or changed since',
    },
  ])('are used and reported: $what', async ({ env, why }) => {
    const made = await finished({ VOLLEY_SEAL_KEY: TEAM });
    const resumed = await run(made, env, '--resume', '--summary-file', 'summary.json');
    expect(resumed.code).toBe(0);
    expect(resumed.stderr).toContain(`3 answers from elsewhere are used: ${why}`);
    expect(JSON.parse(made.read('summary.json'))).toMatchObject({ kept: 3, from_elsewhere: 3 });
    expect(made.sent()).toEqual([]);
  });

  test('stop a run in CI before anything is sent, unless a flag allows them', async () => {
    const made = await finished({ VOLLEY_SEAL_KEY: TEAM });
    const before = made.read(RESULTS);
    const ci = { CI: 'true', VOLLEY_SEAL_KEY: `another ${TEAM}` };
    const stopped = await run(made, ci, '--resume');
    expect(stopped.code).toBe(2);
    expect(stopped.stderr).toContain('3 answers from elsewhere would be used');
    for (const way of ['VOLLEY_SEAL_KEY', '--trust-results', '--overwrite']) {
      expect(stopped.stderr).toContain(way);
    }
    expect(made.sent()).toEqual([]);
    expect(made.read(RESULTS)).toBe(before);

    expect((await run(made, { CI: 'true', VOLLEY_SEAL_KEY: TEAM }, '--resume')).code).toBe(0);
    expect((await run(made, ci, '--resume', '--trust-results')).code).toBe(0);
    expect(made.sent()).toEqual([]);
    // Answers that were trusted once are sealed.
    const again = await run(made, ci, '--resume');
    expect(again.code, again.stderr).toBe(0);
    expect((await run(made, { ...ci, VOLLEY_SEAL_KEY: TEAM }, '--overwrite')).code).toBe(0);
    expect(made.sent()).toEqual(['A', 'B', 'C']);
  });

  test('are reported by a plan, which says that a run in CI would stop', async () => {
    const made = await finished({ VOLLEY_SEAL_KEY: TEAM });
    const other = { VOLLEY_SEAL_KEY: `another ${TEAM}` };
    const local = await run(made, other, '--resume', '--dry-run');
    expect(local.stderr).toContain('3 answers from elsewhere are used: 3 sealed with another key');
    const inCi = await run(made, { ...other, CI: 'true' }, '--resume', '--dry-run');
    expect(inCi.code).toBe(0);
    expect(inCi.stderr).toContain('a run would stop here: 3 answers from elsewhere would be used');
    const own = await run(made, { VOLLEY_SEAL_KEY: TEAM, CI: 'true' }, '--resume', '--dry-run');
    expect(own.stderr).not.toContain('elsewhere');
  });

  test('include an edited answer', async () => {
    const made = await finished({ VOLLEY_SEAL_KEY: TEAM });
    made.write(RESULTS, made.read(RESULTS).replace('echo: B', 'looks good'));
    const ci = { CI: 'true', VOLLEY_SEAL_KEY: TEAM };
    const stopped = await run(made, ci, '--resume');
    expect(stopped.code).toBe(2);
    expect(stopped.stderr).toContain('1 answer from elsewhere would be used');
    const local = await run(made, { VOLLEY_SEAL_KEY: TEAM }, '--resume');
    expect(local.stderr).toContain('1 answer from elsewhere is used');
  });

  test('include records without a seal, but such records of other tasks do not stop a run', async () => {
    const made = await finished({ VOLLEY_SEAL_KEY: TEAM });
    made.write(RESULTS, made.read(RESULTS).replaceAll(/,"seal":"[^"]*"/g, ''));
    const ci = { CI: 'true', VOLLEY_SEAL_KEY: TEAM };
    expect((await run(made, ci, '--resume')).stderr).toContain('3 without a seal');
    made.write('volley.yaml', made.read('volley.yaml').replace('["A","B","C"]', '["D"]'));
    expect((await run(made, ci, '--resume')).code).toBe(0);
    expect(made.sent()).toEqual(['D']);
  });

  test('stop a run in CI even if only a dependent task could use them', async () => {
    const made = await repo({
      tasks: [
        { id: 'a', prompt: 'A' },
        { id: 'b', prompt: 'B {{ needs.a.output }}', needs: ['a'] },
      ],
    });
    await run(made, { VOLLEY_SEAL_KEY: `another ${TEAM}` });
    const [, second = ''] = made.read(RESULTS).split('\n');
    made.write(RESULTS, `${second}\n`);
    made.sent();
    const ci = { CI: 'true', VOLLEY_SEAL_KEY: TEAM };
    const stopped = await run(made, ci, '--resume');
    expect(stopped.code, stopped.stderr).toBe(2);
    expect(made.sent()).toEqual([]);
  });

  test('are validated against the schema again', async () => {
    const made = await repo(
      { tasks: [{ id: 'a', prompt: 'A', schema: SCHEMA }] },
      { respond: () => ({ kind: 'answer', text: '{"n":1}' }) },
    );
    const env = { VOLLEY_SEAL_KEY: TEAM };
    const first = await run(made, env);
    expect(first.code, first.stderr).toBe(0);
    made.write(RESULTS, made.read(RESULTS).replace('"output":{"n":1}', '"output":{"n":"many"}'));
    made.sent();
    const resumed = await run(made, env, '--resume', '--explain');
    expect(resumed.stderr).toContain('a is sent: its answer is not valid against its schema');
    expect(made.sent()).toHaveLength(1);
    expect(made.records().map(({ output }) => output)).toEqual([{ n: 1 }]);
  });
});

describe('the key that seals results', () => {
  test('is created on first use, for this user only, outside the project', async () => {
    const state = folder();
    const made = await finished({ XDG_STATE_HOME: state });
    const file = join(state, 'volley', 'seal-key');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).toMatch(/^[0-9a-f]{64}\n$/);
    const resumed = await run(made, { XDG_STATE_HOME: state, CI: '1' }, '--resume');
    expect(resumed.code, resumed.stderr).toBe(0);
    expect(made.records().every(({ seal }) => seal?.startsWith('v1:'))).toBe(true);
  });

  test('is refused if it is too short', async () => {
    const made = await repo({ tasks: ['A'] });
    const refused = await run(made, { VOLLEY_SEAL_KEY: 'short' });
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('`VOLLEY_SEAL_KEY` is too short to seal results');
    expect(refused.stderr).not.toContain('short\n');
    expect(made.sent()).toEqual([]);
  });

  test.each<[why: string, (state: string) => void]>([
    [
      'other users can use it',
      (file) => (writeFileSync(file, `${'a'.repeat(64)}\n`), chmodSync(file, 0o644)),
    ],
    [
      'it does not contain 64 hex digits',
      (file) => writeFileSync(file, 'no key\n', { mode: 0o600 }),
    ],
    ['others can write to it', (file) => (writeFileSync(file, ''), chmodSync(file, 0o666))],
  ])('is not used if %s; nothing is sealed then, and the run says so', async (why, spoil) => {
    const state = folder();
    mkdirSync(join(state, 'volley'));
    spoil(join(state, 'volley', 'seal-key'));
    const made = await repo({ tasks: ['A'] });
    const unsealed = await run(made, { XDG_STATE_HOME: state });
    expect(unsealed.code).toBe(0);
    expect(unsealed.stderr).toContain('answers are not sealed: ');
    expect(unsealed.stderr).toContain(why);
    expect(made.records().map(({ seal }) => seal)).toEqual([undefined]);
  });

  test('is not kept inside the project', async () => {
    const made = await repo({ tasks: ['A'] });
    const unsealed = await run(made, { XDG_STATE_HOME: join(made.cwd, 'state') });
    expect(unsealed.code).toBe(0);
    expect(unsealed.stderr).toContain('because it is inside the project');
  });
});
