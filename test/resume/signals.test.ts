import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { prompts, WITH_KEY } from '../cli/served.ts';
import { jsonl, succeeded } from '../journal/records.ts';
import { BIN, ended, shell, startVolley, volley, type CliResult } from '../support/cli.ts';
import type { Behaviour } from '../support/server.ts';
import { scaled } from '../support/scale.ts';
import { until } from '../support/until.ts';
import { repo, RESULTS, type Repo } from './support.ts';

const TASKS = 8;
const IN_FLIGHT = 3;

/** Starts a run of eight tasks, three at a time; the first three requests are in flight. */
async function running(
  answer: (n: number) => Behaviour,
  flags: readonly string[],
): Promise<
  Repo & { readonly child: ReturnType<typeof startVolley>; readonly end: Promise<CliResult> }
> {
  const own = await repo(
    { tasks: prompts(TASKS), provider: { limits: { concurrency: IN_FLIGHT } } },
    { respond: (_request, n) => answer(n) },
  );
  const child = startVolley(['run', 'volley.yaml', '-o', RESULTS, ...flags], {
    ...WITH_KEY,
    cwd: own.cwd,
  });
  const end = ended(child);
  await until(() => own.server.requests.length >= IN_FLIGHT);
  return { ...own, child, end };
}

/** The command that the last line on stderr says to type. */
function toGoOn(stderr: string): string {
  const [, command] = /\nvolley: to continue: (.*)\n$/.exec(stderr) ?? [];
  if (command === undefined) throw new Error(`the last line is another one:\n${stderr}`);
  return command;
}

const LATER: Behaviour = { kind: 'delay', ms: 300, next: { kind: 'answer' } };

const SIGNALS = [
  ['SIGTERM', 143],
  ['SIGINT', 130],
  ['SIGHUP', 129],
] as const;

describe.each(SIGNALS.slice(0, scaled(1, 3)))('after %s', (signal, code) => {
  test('the last line is a resume command, which sends the remaining tasks', async () => {
    const stopped = await running(() => LATER, ['--grace', '1m']);
    stopped.child.kill(signal);
    const run = await stopped.end;
    expect(run.code).toBe(code);
    expect(stopped.sent()).toHaveLength(IN_FLIGHT);
    expect(stopped.records().map(({ status }) => status)).toEqual([
      'succeeded',
      'succeeded',
      'succeeded',
    ]);
    const command = toGoOn(run.stderr);
    expect(command).toBe('volley run volley.yaml -o out.jsonl --grace 1m --resume');
    const resumed = await volley(command.split(' ').slice(1), { ...WITH_KEY, cwd: stopped.cwd });
    expect(resumed.code).toBe(0);
    expect(stopped.sent()).toHaveLength(TASKS - IN_FLIGHT);
    expect(new Set(stopped.records().map(({ id }) => id)).size).toBe(TASKS);
  });
});

test('a second signal abandons requests in flight; a resume sends them again', async () => {
  const stopped = await running(
    (n) => ({ kind: n < IN_FLIGHT ? 'hang' : 'answer' }),
    ['--grace', '10m'],
  );
  let said = '';
  stopped.child.stderr.on('data', (text: string) => (said += text));
  stopped.child.kill('SIGINT');
  await until(() => said.includes('no new requests'));
  stopped.child.kill('SIGINT');
  const run = await stopped.end;
  expect(run.code).toBe(130);
  expect(stopped.records().map(({ status }) => status)).toEqual([
    'canceled',
    'canceled',
    'canceled',
  ]);
  stopped.sent();
  expect((await stopped.run('--resume')).code).toBe(0);
  expect(stopped.sent()).toEqual(prompts(TASKS));
  expect(stopped.records().map(({ status }) => status)).toEqual(
    Array.from({ length: TASKS }, () => 'succeeded'),
  );
});

test('a signal while an earlier file is read ends the run before anything is sent, and frees the lock', async () => {
  const earlier = Array.from({ length: 60_000 }, (_, at) => jsonl(succeeded(`old-${at}`, at)));
  const own = await repo({ tasks: prompts(TASKS) }, { files: { [RESULTS]: earlier.join('') } });
  const child = startVolley(['run', 'volley.yaml', '-o', RESULTS, '--resume'], {
    ...WITH_KEY,
    cwd: own.cwd,
  });
  const end = ended(child);
  await until(() => existsSync(join(own.cwd, `${RESULTS}.lock-holder`)));
  child.kill('SIGTERM');
  const run = await end;
  expect([run.code, run.signal]).toEqual([143, null]);
  expect(toGoOn(run.stderr)).toBe('volley run volley.yaml -o out.jsonl --resume');
  expect(own.sent()).toEqual([]);
  expect(readdirSync(own.cwd).toSorted()).toEqual([RESULTS, 'volley.yaml']);
});

test('a signal while tasks are matched ends the run before anything is sent', async () => {
  const rows = Array.from({ length: 400_000 }, (_, at) => `${at}\n`);
  const own = await repo(
    { tasks: [{ id: 't', for_each: { file: 'rows.txt' }, prompt: '{{ item }}' }] },
    { files: { 'rows.txt': rows.join(''), [RESULTS]: jsonl(succeeded('old', 0)) } },
  );
  const child = startVolley(['run', 'volley.yaml', '-o', RESULTS, '--resume', '--explain'], {
    ...WITH_KEY,
    cwd: own.cwd,
  });
  const end = ended(child);
  let explained = 0;
  child.stderr.on('data', (text: string) => (explained += text.split(' is sent: ').length - 1));
  await until(() => explained > 0);
  child.kill('SIGINT');
  const run = await end;
  expect(run.code).toBe(130);
  expect(run.stderr).toContain('\nvolley: interrupted before anything was sent\n');
  expect(explained).toBeLessThan(rows.length);
  expect(own.sent()).toEqual([]);
});

test('names with spaces are quoted in the resume command', async () => {
  const stopped = await running(() => LATER, ['--context', "it's me"]);
  stopped.child.kill('SIGTERM');
  const { stderr } = await stopped.end;
  expect(toGoOn(stderr)).toBe(
    String.raw`volley run volley.yaml -o out.jsonl --context 'it'\''s me' --resume`,
  );
});

test('on a full disk, a second signal ends the process, not just the grace period of the first', async () => {
  const full = await repo(
    { tasks: prompts(TASKS) },
    { respond: () => ({ kind: 'answer', text: 'long '.repeat(2_000) }) },
  );
  const command = `'${process.execPath}' '${BIN}' run volley.yaml -o ${RESULTS} --grace 5m`;
  // Both signals arrive while writing to the disk is retried; the second one ends the process.
  const line = `ulimit -f 8; ${command} 2> err & until grep -q Running err; do sleep 0.1; done
    sleep 0.5; kill -TERM $!; sleep 0.5; kill -TERM $!; wait $!`;
  const startMs = performance.now();
  const run = await shell(line, { ...WITH_KEY, cwd: full.cwd });
  expect(full.read('err')).toMatch(/\d results? could not be written to `out\.jsonl`/);
  expect([143, 74]).toContain(run.code);
  expect(performance.now() - startMs).toBeLessThan(45_000);
}, 60_000);
