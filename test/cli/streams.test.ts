import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { sleep } from '../../src/ports/clock.ts';
import { systemClock } from '../../src/ports/system-clock.ts';
import { describe, expect, test } from 'vitest';
import { ended, folder, recordsIn, shell, startVolley, volley } from '../support/cli.ts';
import type { ServerOptions, TestServer } from '../support/server.ts';
import { checkSummary } from '../support/check-schema.ts';
import { manifestOn, prompts, QUICK_MOCK, served, WITH_KEY } from './served.ts';

/** A folder with a manifest of `count` prompts for a server. */
async function volleyOf(
  count: number,
  options: ServerOptions & { readonly provider?: Readonly<Record<string, unknown>> } = {},
): Promise<{ server: TestServer; cwd: string }> {
  const { provider, ...serverOptions } = options;
  const server = await served(serverOptions);
  const manifest = manifestOn(server, {
    tasks: prompts(count),
    ...(provider === undefined ? {} : { provider }),
  });
  return { server, cwd: folder({ 'volley.yaml': manifest }) };
}

/** A manifest of `count` prompts that need no server. Without `answer`, each answer is short. */
function onMock(count: number, answer?: string): string {
  const mock = { ...QUICK_MOCK.mock, ...(answer !== undefined && { answer }) };
  return JSON.stringify({
    defaults: { model: 'mock/small' },
    providers: { mock: { mock } },
    tasks: prompts(count),
  });
}

describe('stdout contains only results', () => {
  const noisy = { OPENAI_LOG: 'debug', ANTHROPIC_LOG: 'debug', DEBUG: '*' };

  test.each([
    ['--progress=auto'],
    ['--progress=tty'],
    ['--progress=plain'],
    ['--progress=json'],
    ['--progress=none'],
    ['--quiet'],
  ])('as JSONL with %s', async (...flags) => {
    const { cwd } = await volleyOf(4, { respond: failingOne });
    const args = ['run', 'volley.yaml', '--output-format', 'jsonl', ...flags];
    const run = await volley(args, { cwd, env: { ...WITH_KEY.env, ...noisy } });
    expect(recordsIn(run.stdout)).toHaveLength(4);
    expect(run.code).toBe(1);
  });

  test('even if Node itself logs', async () => {
    const { cwd } = await volleyOf(4);
    const env = { ...WITH_KEY.env, NODE_DEBUG: 'undici' };
    const run = await volley(['run', 'volley.yaml'], { cwd, env });
    expect(recordsIn(run.stdout)).toHaveLength(4);
    expect(run.stderr).toContain('UNDICI');
  });

  test.each([['--progress=tty'], ['--progress=json'], ['--quiet']])(
    'as one JSON document with %s',
    async (...flags) => {
      const { cwd } = await volleyOf(4, { respond: failingOne });
      const args = ['run', 'volley.yaml', '--output-format', 'json', ...flags];
      const run = await volley(args, { cwd, env: { ...WITH_KEY.env, ...noisy } });
      const document = parsedDocument(run.stdout);
      expect(
        recordsIn(document.tasks.map((task) => `${JSON.stringify(task)}\n`).join('')),
      ).toHaveLength(4);
      expect(checkSummary(document.summary)).toMatchObject({ tasks: 4, succeeded: 3, failed: 1 });
    },
  );

  test.each([['--progress=tty'], ['--progress=plain'], ['--quiet']])(
    'as text with %s',
    async (...flags) => {
      const { cwd } = await volleyOf(3);
      const args = ['run', 'volley.yaml', '--output-format', 'text', ...flags];
      const run = await volley(args, { cwd, env: { ...WITH_KEY.env, ...noisy } });
      expect(run.stdout).toBe(
        [1, 2, 3].map((n) => `✓ task-${n} · succeeded\necho: prompt ${n}\n\n`).join(''),
      );
    },
  );

  test('whatever a model says, no line looks like a command or a terminal sequence', async () => {
    const text = '::error::x\n##[error]x\n\u001b[2J\u009b2J\u2028\u202e "}\n{"v":1}';
    const { cwd } = await volleyOf(2, { respond: () => ({ kind: 'answer', text }) });
    const jsonl = await volley(['run', 'volley.yaml'], { ...WITH_KEY, cwd });
    expect(recordsIn(jsonl.stdout).map(({ output }) => output)).toEqual([text, text]);
    const args = ['run', 'volley.yaml', '--output-format', 'text'];
    const plain = await volley(args, { ...WITH_KEY, cwd });
    for (const printed of [jsonl.stdout, jsonl.stderr, plain.stdout, plain.stderr]) {
      expect(printed).not.toMatch(/^\s*::|##\[/m);
      expect(printed.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u202e]/);
    }
  });

  test('with --output, stdout stays empty', async () => {
    const { cwd } = await volleyOf(2);
    const run = await volley(['run', 'volley.yaml', '-o', 'out.jsonl'], { ...WITH_KEY, cwd });
    expect(run.stdout).toBe('');
    expect(recordsIn(readFileSync(join(cwd, 'out.jsonl'), 'utf8'))).toHaveLength(2);
  });

  test('`| jq` gets every record while progress is displayed', async () => {
    const { cwd } = await volleyOf(5);
    const run = await shell(`volley run volley.yaml | ${JQ} 'JSON.parse(line).output'`, {
      ...WITH_KEY,
      cwd,
    });
    expect(run.stdout.trim().split('\n').toSorted()).toEqual(prompts(5).map((p) => `echo: ${p}`));
    expect(run.stderr).toContain('Volley complete: 5/5 succeeded');
  });
});

/** A substitute for `jq`, which the machine may lack. */
const JQ = `'${process.execPath}' -e 'require("readline").createInterface(process.stdin).on("line",(line)=>console.log(eval(process.argv[1])))'`;

describe('a reader that goes away', () => {
  test('`| head -1` ends quietly and starts nothing more', async () => {
    const { cwd, server } = await volleyOf(200, {
      latencyMs: 20,
      provider: { limits: { concurrency: 2 } },
    });
    const line = 'volley run volley.yaml --progress none | head -1; echo "${PIPESTATUS[0]}"';
    const run = await shell(line, { ...WITH_KEY, cwd });
    const [record = '', code] = run.stdout.trimEnd().split('\n');
    expect(recordsIn(`${record}\n`)).toHaveLength(1);
    expect(code).toBe('0');
    expect(run.stderr).toBe('');
    expect(server.requests.length).toBeLessThan(100);
  });

  test.each([
    ['--output-format json', 'run volley.yaml --output-format json --progress none'],
    ['--output-format text', 'run volley.yaml --output-format text --progress none'],
    ['validate', 'validate volley.yaml'],
    ['schema', 'schema manifest'],
    ['--help', '--help'],
  ])('%s into a closed pipe ends quietly', async (_name, args) => {
    const cwd = folder({ 'volley.yaml': onMock(2) });
    // By the time Volley writes, the reader is gone.
    const line = `{ sleep 0.05; volley ${args}; echo "$?" >&2; } | true`;
    const run = await shell(line, { cwd });
    expect(run.stderr).toBe('0\n');
  });

  test('a closed stderr stops only the progress', async () => {
    const cwd = folder({ 'volley.yaml': onMock(20) });
    const run = await shell('volley run volley.yaml 2> >(true)', { cwd });
    expect(recordsIn(run.stdout)).toHaveLength(20);
    expect(run.code).toBe(0);
  });

  test('a slow reader gets everything, and Volley buffers no more than a pipe does', async () => {
    const text = 'x'.repeat(20_000);
    const { cwd, server } = await volleyOf(60, { respond: () => ({ kind: 'answer', text }) });
    const child = startVolley(['run', 'volley.yaml', '-j', '8'], { ...WITH_KEY, cwd });
    // Nobody reads, so wait until the pipe is full and no more requests are sent.
    let last = -1;
    while (server.requests.length > last || last < 4) {
      last = server.requests.length;
      await sleep(systemClock, 300);
    }
    expect(last).toBeLessThan(40);
    const { stdout, code } = await ended(child);
    expect(recordsIn(stdout)).toHaveLength(60);
    expect(code).toBe(0);
  });

  test('a late reader gets everything', async () => {
    const line = 'volley run volley.yaml | (sleep 1; cat)';
    const run = await shell(line, { cwd: folder({ 'volley.yaml': onMock(100) }) });
    expect(recordsIn(run.stdout)).toHaveLength(100);
  });
});

describe('a destination that cannot receive results', () => {
  test('a closed stdout is refused before anything is sent', async () => {
    const { cwd, server } = await volleyOf(2);
    const run = await shell('volley run volley.yaml >&-', { ...WITH_KEY, cwd });
    expect(run.code).toBe(74);
    expect(run.stderr).toBe(
      'volley: stdout is closed or ignored, so the results would be lost\n' +
        '  hint: leave stdout open, or write to a file with --output; `>/dev/null` throws them away\n',
    );
    expect(server.requests).toEqual([]);
  });

  test('with --output, a closed stdout does not matter', async () => {
    const cwd = folder({ 'volley.yaml': onMock(2) });
    const run = await shell('volley run volley.yaml -o out.jsonl >&-', { cwd });
    expect(run.code).toBe(0);
    expect(recordsIn(readFileSync(join(cwd, 'out.jsonl'), 'utf8'))).toHaveLength(2);
  });

  test('stdout to /dev/null is accepted, because the user does not want the results', async () => {
    const { cwd, server } = await volleyOf(2);
    const run = await shell('volley run volley.yaml >/dev/null', { ...WITH_KEY, cwd });
    expect(run.code).toBe(0);
    expect(server.requests).toHaveLength(2);
  });

  test('a full disk behind stdout stops the run with exit code 74, and the rest is not sent', async () => {
    const { cwd, server } = await volleyOf(100, { provider: { limits: { concurrency: 2 } } });
    const run = await shell('volley run volley.yaml >/dev/full', { ...WITH_KEY, cwd });
    expect(run.code).toBe(74);
    expect(run.stderr).toContain(
      'volley: 2 results could not be written to `stdout`: no space left on the disk (ENOSPC); they are lost\n  hint: ',
    );
    expect(run.stderr).not.toMatch(/^ +at /m);
    expect(server.requests.length).toBeLessThanOrEqual(4);
  });

  test('a full disk behind --output stops the run with exit code 74', async () => {
    const { cwd, server } = await volleyOf(100, { provider: { limits: { concurrency: 2 } } });
    const run = await volley(['run', 'volley.yaml', '-o', '/dev/full', '--overwrite'], {
      ...WITH_KEY,
      cwd,
    });
    expect(run.code).toBe(74);
    expect(run.stderr).toContain('`/dev/full`');
    expect(server.requests.length).toBeLessThanOrEqual(4);
  });
});

describe('--output', () => {
  test('creates a file that only its owner can read, whatever the umask', async () => {
    const cwd = folder({ 'volley.yaml': onMock(1) });
    const line = 'umask 000; volley run volley.yaml -o out.jsonl --summary-file summary.json';
    const run = await shell(line, { cwd });
    expect(run.code).toBe(0);
    expect(statSync(join(cwd, 'out.jsonl')).mode & 0o777).toBe(0o600);
    expect(statSync(join(cwd, 'summary.json')).mode & 0o777).toBe(0o600);
  });

  test('keeps an existing file, and sends nothing', async () => {
    const { cwd, server } = await volleyOf(1);
    writeFileSync(join(cwd, 'out.jsonl'), 'precious\n');
    const run = await volley(['run', 'volley.yaml', '-o', 'out.jsonl'], { ...WITH_KEY, cwd });
    expect(run.code).toBe(2);
    expect(run.stderr).toBe(
      'volley: `out.jsonl` already exists\n  hint: `--resume` continues it, `--retry-failed` runs only its failed tasks again, `--overwrite` discards it\n',
    );
    expect(readFileSync(join(cwd, 'out.jsonl'), 'utf8')).toBe('precious\n');
    expect(server.requests).toEqual([]);
  });

  test('replaces an existing results file with --overwrite', async () => {
    const { cwd, server } = await volleyOf(1);
    const args = ['run', 'volley.yaml', '-o', 'out.jsonl', '--overwrite'];
    for (const _ of ['new', 'replaced']) {
      const run = await volley(args, { ...WITH_KEY, cwd });
      expect(run.code).toBe(0);
    }
    expect(server.requests).toHaveLength(2);
    expect(recordsIn(readFileSync(join(cwd, 'out.jsonl'), 'utf8'))).toHaveLength(1);
  });

  test('never replaces a file that is not a results file', async () => {
    const { cwd, server } = await volleyOf(1);
    writeFileSync(join(cwd, 'thesis.md'), 'precious '.repeat(10_000));
    const args = ['run', 'volley.yaml', '-o', 'thesis.md', '--overwrite'];
    const run = await volley(args, { ...WITH_KEY, cwd });
    expect(run).toMatchObject({
      code: 2,
      stderr:
        'volley: `thesis.md` is not a results file, and is left unchanged\n  hint: pass a file that `volley run -o FILE` wrote\n',
    });
    expect(server.requests).toEqual([]);
  });

  test('creates missing folders', async () => {
    const { cwd } = await volleyOf(1);
    const run = await volley(['run', 'volley.yaml', '-o', 'new/deep/out.jsonl'], {
      ...WITH_KEY,
      cwd,
    });
    expect(run.code).toBe(0);
    expect(recordsIn(readFileSync(join(cwd, 'new/deep/out.jsonl'), 'utf8'))).toHaveLength(1);
  });

  test('loses nothing on a full disk with --emergency-dump, and the hint says how to resume', async () => {
    const { cwd, server } = await volleyOf(12, {
      respond: () => ({ kind: 'answer', text: 'long '.repeat(200) }),
    });
    const run = 'volley run volley.yaml -o out.jsonl -j 2';
    const full = await shell(`ulimit -f 8; ${run} --grace 1s --emergency-dump 'sa ved.jsonl'`, {
      ...WITH_KEY,
      cwd,
    });
    expect(full.code).toBe(74);
    expect(full.stderr).toMatch(
      /^volley: \d results? could not be written to `out\.jsonl`: the file would be larger than allowed \(EFBIG\); (it is|they are) in `sa ved\.jsonl`$/m,
    );
    const paid = server.requests.length;
    expect(paid).toBeLessThan(12);
    const hint = /append them with `([^`]+)`/.exec(full.stderr)?.[1] ?? '';
    const rest = await shell(`${hint} && ${run} --resume`, { ...WITH_KEY, cwd });
    expect(rest).toMatchObject({ code: 0, stdout: '' });
    expect(server.requests).toHaveLength(12);
    expect(recordsIn(readFileSync(join(cwd, 'out.jsonl'), 'utf8'))).toHaveLength(12);
  });

  test.each([
    'ulimit -f 8; volley run volley.yaml -o out.jsonl',
    'volley run volley.yaml > /dev/full',
  ])(
    'on a full disk without a grace period still ends with headline and summary: %s',
    async (line) => {
      const cwd = folder({ 'volley.yaml': onMock(12, 'long '.repeat(200)) });
      const flags = '-j 2 --grace 0s --summary-file s.json --progress plain';
      const lost = await shell(line.replace('volley.yaml', `volley.yaml ${flags}`), { cwd });
      expect(lost.code).toBe(74);
      expect(lost.stderr).toMatch(
        /^volley: \d+ results? could not be written to .*(it is|they are) lost$/m,
      );
      expect(lost.stderr).toContain('Volley stopped early:');
      expect(summaryIn(join(cwd, 's.json'))).toMatchObject({ tasks: 12, stopped_by: 'unwritable' });
    },
  );

  test.each([
    ['stdout', 'volley run volley.yaml --output-format jsonl', '/dev/full'],
    ['stdout as text', 'volley run volley.yaml --output-format text', '/dev/full'],
    ['a JSON document', 'ulimit -f 8; volley run volley.yaml --output-format json', 'j.json'],
  ])('dumps answers in flight if the disk is full, for %s', async (_name, line, stdout) => {
    const cwd = folder({ 'volley.yaml': onMock(12, 'long '.repeat(200)) });
    const flags = '-j 3 --summary-file s.json --progress plain --emergency-dump d.jsonl';
    const kept = await shell(`${line} ${flags} > ${stdout}`, { cwd });
    expect(kept.code).toBe(74);
    const summary = summaryIn(join(cwd, 's.json'));
    const { tasks, not_started: left, stopped_by: why } = summary;
    expect([tasks, why]).toEqual([12, left > 0 ? 'unwritable' : null]);
    const count = Number(/^volley: (\d+) results? could not/m.exec(kept.stderr)?.[1]);
    expect(kept.stderr).toMatch(/; (it is|they are) in `d\.jsonl`\n/);
    const dumped = recordsIn(readFileSync(join(cwd, 'd.jsonl'), 'utf8'));
    expect(dumped).toHaveLength(count);
    const taken = stdout === '/dev/full' ? 0 : recordsInDocument(join(cwd, 'j.json'));
    expect(dumped.length + taken).toBe(summary.attempts);
  });

  test('does not touch an existing file if the run is refused because a key is missing', async () => {
    const { cwd } = await volleyOf(1);
    const manifest = JSON.stringify({
      defaults: { model: 'anthropic/claude-haiku-5-5', max_tokens: 9 },
      tasks: ['hi'],
    });
    writeFileSync(join(cwd, 'volley.yaml'), manifest);
    writeFileSync(join(cwd, 'out.jsonl'), 'precious\n');
    const run = await volley(['run', 'volley.yaml', '-o', 'out.jsonl', '--overwrite'], { cwd });
    expect(run.code).toBe(4);
    expect(readFileSync(join(cwd, 'out.jsonl'), 'utf8')).toBe('precious\n');
  });

  test.each([
    ['a folder', 'sub', 2, '`sub` is not a regular file: a run could not resume from it'],
    [
      'a file in place of a folder',
      'volley.yaml/out',
      74,
      'cannot use `volley.yaml/out` for results: a part of the path is not a folder (ENOTDIR)',
    ],
  ])('refuses %s before anything is sent', async (_name, file, code, message) => {
    const { cwd, server } = await volleyOf(1);
    mkdirSync(join(cwd, 'sub'));
    const run = await volley(['run', 'volley.yaml', '-o', file], { ...WITH_KEY, cwd });
    expect(run.code).toBe(code);
    expect(run.stderr).toContain(`volley: ${message}\n  hint: `);
    expect(server.requests).toEqual([]);
  });

  test.skipIf(process.getuid?.() === 0)('reports a folder that is not writable', async () => {
    const { cwd, server } = await volleyOf(1);
    mkdirSync(join(cwd, 'shut'));
    chmodSync(join(cwd, 'shut'), 0o500);
    const run = await volley(['run', 'volley.yaml', '-o', 'shut/out'], { ...WITH_KEY, cwd });
    expect(run.code).toBe(74);
    expect(run.stderr).toContain(
      'volley: cannot create `shut/out`: permission denied (EACCES)\n  hint: ',
    );
    expect(server.requests).toEqual([]);
  });

  test('in the manifest is relative to the manifest; the flag overrides it, and `-` is stdout', async () => {
    const server = await served();
    const manifest = manifestOn(server, { tasks: ['hi'], output: 'out.jsonl' });
    const cwd = folder({ 'sub/volley.yaml': manifest });
    const run = await volley(['run', 'sub/volley.yaml'], { ...WITH_KEY, cwd });
    expect([run.code, run.stdout]).toEqual([0, '']);
    expect(recordsIn(readFileSync(join(cwd, 'sub/out.jsonl'), 'utf8'))).toHaveLength(1);
    const flagged = await volley(['run', 'sub/volley.yaml', '-o', 'mine'], { ...WITH_KEY, cwd });
    expect([flagged.code, existsSync(join(cwd, 'mine'))]).toEqual([0, true]);
    const dash = await volley(['run', 'sub/volley.yaml', '-o', '-'], { ...WITH_KEY, cwd });
    expect(recordsIn(dash.stdout)).toHaveLength(1);
  });

  test.each(['../out.jsonl', '/tmp/out.jsonl', 'a/../../out.jsonl'])(
    'in the manifest must not be outside its folder: %s',
    async (output) => {
      const server = await served();
      const cwd = folder({ 'sub/volley.yaml': manifestOn(server, { tasks: ['hi'], output }) });
      const run = await volley(['run', 'sub/volley.yaml'], { ...WITH_KEY, cwd });
      expect(run.code).toBe(2);
      expect(run.stderr).toContain(output);
      expect(server.requests).toEqual([]);
    },
  );
});

describe('the summary', () => {
  test('adds up in a file and in the JSON document, even if the run is stopped early', async () => {
    const { cwd } = await volleyOf(30, {
      respond: (_request, n) => (n === 3 ? { kind: 'error', status: 400 } : { kind: 'answer' }),
      provider: { limits: { concurrency: 2 } },
    });
    const args = ['run', 'volley.yaml', '--fail-fast', '--output-format', 'json'];
    const run = await volley([...args, '--summary-file', 's.json'], { ...WITH_KEY, cwd });
    expect(run.code).toBe(1);
    const { summary, tasks } = parsedDocument(run.stdout);
    const counted = checkSummary(summary);
    expect(counted).toMatchObject({ tasks: 30, failed: 1, stopped_by: 'fail_fast' });
    expect(counted.not_started).toBe(30 - tasks.length);
    expect(JSON.parse(readFileSync(join(cwd, 's.json'), 'utf8'))).toMatchObject({ ...counted });
  });

  test('replaces an older one', async () => {
    const { cwd } = await volleyOf(1);
    writeFileSync(join(cwd, 's.json'), 'old '.repeat(1000));
    await volley(['run', 'volley.yaml', '--summary-file', 's.json'], { ...WITH_KEY, cwd });
    expect(summaryIn(join(cwd, 's.json')).tasks).toBe(1);
  });

  test('that cannot be written at the end causes exit code 74, but all results are there', async () => {
    const { cwd } = await volleyOf(2);
    const args = ['run', 'volley.yaml', '--summary-file', '/dev/full', '--progress', 'none'];
    const run = await volley(args, { ...WITH_KEY, cwd });
    expect(run.code).toBe(74);
    expect(recordsIn(run.stdout)).toHaveLength(2);
    expect(run.stderr).toBe(
      'volley: cannot write the summary to `/dev/full`: no space left on the disk (ENOSPC)\n  hint: the results are not affected; choose another file with --summary-file\n',
    );
  });
});

describe('text output', () => {
  test('that is lost is dumped, even if the summary is lost with it', async () => {
    const cwd = folder({ 'volley.yaml': onMock(3) });
    const line =
      'volley run volley.yaml --output-format text --summary-file /dev/full --emergency-dump d.jsonl';
    const run = await shell(`${line} > /dev/full`, { cwd });
    expect(run.code).toBe(74);
    expect(run.stderr).toContain('volley: 3 results could not be written to `stdout`');
    expect(recordsIn(readFileSync(join(cwd, 'd.jsonl'), 'utf8'))).toHaveLength(3);
  });

  test('is printed even if the file of rows shrinks during the run', async () => {
    // The file is longer than a single read.
    const rows = Array.from(
      { length: 100 },
      (_, n) => `{"id":"r${n}","text":"${'x'.repeat(9000)}"}`,
    );
    const cwd = folder({ 'rows.jsonl': rows.join('\n') });
    const server = await served({
      respond() {
        truncateSync(join(cwd, 'rows.jsonl'));
        return { kind: 'answer' };
      },
    });
    const manifest = manifestOn(server, {
      tasks: [
        { id: 't', for_each: { file: 'rows.jsonl' }, prompt: '{{ item.id }} {{ item.text }}' },
      ],
    });
    writeFileSync(join(cwd, 'volley.yaml'), manifest);
    const args = ['run', 'volley.yaml', '--output-format', 'text', '-j', '1'];
    const run = await volley(args, { ...WITH_KEY, cwd });
    expect(run.code).toBe(2);
    expect(run.stderr).toContain('volley: `rows.jsonl` changed');
    expect(run.stdout.match(/^✓ t@r\d+ · succeeded$/gm)).toHaveLength(server.requests.length);
  });
});

describe('progress', () => {
  test('none prints nothing, and --quiet prints only failures', async () => {
    const { cwd } = await volleyOf(4, { respond: failingOne });
    const none = await volley(['run', 'volley.yaml', '--progress', 'none'], { ...WITH_KEY, cwd });
    expect(none.stderr).toBe('');
    const quiet = await volley(['run', 'volley.yaml', '-q'], { ...WITH_KEY, cwd });
    expect(quiet.stderr).toMatch(/^Volley complete: 3\/4 succeeded, 1 failed in .*\n.*BAD_REQUEST/);
    expect(quiet.stderr).not.toContain('✓');
  });
});

function failingOne({ text }: { readonly text: string }) {
  return text.includes('prompt 3')
    ? ({ kind: 'error', status: 400 } as const)
    : ({ kind: 'answer' } as const);
}

function parsedDocument(text: string): { summary: unknown; tasks: readonly unknown[] } {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null) throw new Error('no object');
  const { summary, tasks } = { summary: undefined, tasks: undefined, ...value };
  if (!Array.isArray(tasks)) throw new Error('no list of tasks');
  return { summary, tasks };
}

function summaryIn(file: string) {
  return checkSummary(JSON.parse(readFileSync(file, 'utf8')));
}

/** The number of records in a JSON document that was not finished. */
function recordsInDocument(file: string): number {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('{"v":1,"id":')).length;
}
