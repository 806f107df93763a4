import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folder, volley, type CliResult } from '../support/cli.ts';
import { commandsIn, controlsIn } from '../support/log-commands.ts';
import { manifestOn, served } from './served.ts';

/** Every kind of command and of control sequence, at the start of a line and within one. */
const EVIL = [
  '::stop-commands::x',
  ' \u00a0::error file=a::b',
  'c ##[error]d',
  'e ##vso[task.setvariable variable=f]g',
  "##teamcity[buildStatus status='SUCCESS']",
  'section_start:1560896352:h[collapsed=true]\r\u001b[0Ki',
  '--- j',
  '+++ k',
  '^^^ +++',
  '\u001b]0;l\u0007\u001b]52;c;bQ==\u0007\u001b[2J\u001b]8;;http://n.example\u0007o',
  '\u202ep\u009b31mq\u2028::error::r\u0085::error::s\r::error::t',
].join('\n');

/** A valid manifest with this text in every place that accepts any text. */
const valid = {
  name: EVIL,
  vars: { evil: EVIL },
  defaults: { model: 'mock/m' },
  tasks: [
    { id: 'a', prompt: EVIL, description: EVIL, tags: ['t'] },
    { id: 'b', prompt: 'x', needs: ['a'], if: `needs.a.output != ${JSON.stringify(EVIL)}` },
    { id: 'c', for_each: [EVIL, { id: EVIL }], prompt: 'y' },
  ],
};

/** A manifest with errors whose findings quote the text. */
const invalid = {
  [EVIL]: 1,
  defaults: { model: `${EVIL}/m` },
  tasks: [{ prompt: { file: EVIL } }, { prompt: `{{ ${EVIL} }}` }, { id: EVIL, prompt: 'z' }],
};

async function shown(args: readonly string[], manifest: object): Promise<CliResult> {
  const cwd = folder({ 'm.yaml': JSON.stringify(manifest) });
  const run = await volley(args, { cwd, env: { CI: 'true' } });
  expect(run.stdout.length + run.stderr.length).toBeGreaterThan(0);
  return run;
}

/** Matches how the live tree moves the cursor. The text in the tree must not move it. */
const MOVES = /\r?\u001b\[(?:\?\d+[hl]|[KJ]|\d+A)|\u001b[78]|(?<=^|l|8)\r/g;

function expectHarmless({ stdout, stderr }: Pick<CliResult, 'stdout' | 'stderr'>): void {
  const isTree = stderr.includes('\u001b[?25l');
  for (const text of [stdout, isTree ? stderr.replaceAll(MOVES, '') : stderr]) {
    expect(commandsIn(text)).toEqual([]);
    expect(controlsIn(text)).toEqual([]);
  }
}

describe('no text from a manifest is a command for a CI system or a terminal', () => {
  test.each([
    'validate m.yaml',
    'validate m.yaml --json',
    'plan m.yaml',
    'plan m.yaml --json',
    'plan m.yaml --graph',
    'plan m.yaml --set evil=::error::x',
    'run m.yaml',
    'run m.yaml --output-format text',
    'run m.yaml --output-format json',
    'run m.yaml --progress json',
    'run m.yaml --progress tty',
    'run m.yaml --estimate',
    'run m.yaml --simulate',
    'run m.yaml --simulate --json',
    'run m.yaml --dry-run',
    'run m.yaml --only ::error::x',
    'limits m.yaml',
    'limits m.yaml --json',
  ])('volley %s', async (line) => {
    const args = line.split(' ');
    const run = await shown(args, valid);
    expectHarmless(run);
    expectHarmless(await shown(args, invalid));
  });

  test('but in GitHub Actions, findings are annotations of one line each, which only Volley writes', async () => {
    const cwd = folder({ 'm.yaml': JSON.stringify(invalid) });
    const run = await volley(['validate', 'm.yaml'], { cwd, env: { GITHUB_ACTIONS: 'true' } });
    const commands = commandsIn(run.stdout);
    expect(commands.length).toBeGreaterThan(2);
    const own = /^github: ::error file=m\.yaml,line=\d+,col=\d+,endColumn=\d+,title=[A-Z_]+$/;
    for (const command of commands) expect(command).toMatch(own);
  });
});

describe('no text from a server is a command for a CI system or a terminal', () => {
  test.each(['jsonl', 'json', 'text'])('as an answer, with --output-format %s', async (format) => {
    const server = await served({ respond: () => ({ kind: 'answer', text: EVIL }) });
    const provider = { api_key_env: undefined };
    const cwd = folder({ 'm.yaml': manifestOn(server, { tasks: ['x'], provider }) });
    const files = ['-o', 'out.jsonl', '--summary-file', 'summary.json'];
    const run = await volley(['run', 'm.yaml', '--output-format', format], { cwd });
    expectHarmless(run);
    expect((await volley(['run', 'm.yaml', ...files], { cwd })).code).toBe(0);
    for (const name of ['out.jsonl', 'summary.json']) {
      expectHarmless({ stdout: readFileSync(join(cwd, name), 'utf8'), stderr: '' });
    }
    const [line = ''] = readFileSync(join(cwd, 'out.jsonl'), 'utf8').split('\n');
    expect(JSON.parse(line)).toMatchObject({ output: EVIL });
  });

  test.each(['plain', 'json', 'tty'])('as an error, with --progress %s', async (progress) => {
    const message = EVIL.replaceAll('\n', ' ');
    const respond = () =>
      ({ kind: 'error', status: 400, message, type: EVIL, code: EVIL }) as const;
    const server = await served({ respond });
    const provider = { api_key_env: undefined };
    const cwd = folder({ 'm.yaml': manifestOn(server, { tasks: ['x'], provider }) });
    const run = await volley(['run', 'm.yaml', '--progress', progress], { cwd });
    expectHarmless(run);
  });
});
