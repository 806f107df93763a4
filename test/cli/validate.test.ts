import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folder, shell, volley } from '../support/cli.ts';
import { manifestOn, served } from './served.ts';

const MOCK = 'defaults: { model: mock/echo }\n';

describe('volley validate', () => {
  test('counts the tasks, needs no key and sends nothing', async () => {
    const server = await served();
    const rows = Array.from({ length: 50 }, (_, n) => `{"n":${n}}\n`).join('');
    const task = { id: 't', for_each: { file: 'rows.jsonl' }, matrix: { a: [1, 2] }, prompt: 'x' };
    const manifest = manifestOn(server, { tasks: [task, 'and one more'] });
    const cwd = folder({ 'volley.yaml': manifest, 'rows.jsonl': rows });
    const run = await volley(['validate', 'volley.yaml'], { cwd });
    expect(run).toMatchObject({
      code: 0,
      stdout: 'volley.yaml: valid, 101 tasks\n',
      stderr: '',
    });
    expect(server.requests).toEqual([]);
  });

  test('prints the same as JSON', async () => {
    const cwd = folder({ 'volley.yaml': `${MOCK}tasks: [hi]\n` });
    const run = await volley(['validate', 'volley.yaml', '--json'], { cwd });
    expect(JSON.parse(run.stdout)).toEqual({
      v: 1,
      manifest: 'volley.yaml',
      valid: true,
      findings: [],
      tasks: 1,
    });
  });

  test('reports a warning without failing', async () => {
    const cwd = folder({ 'volley.yaml': `${MOCK}tasks:\n  - "Say \${HOME}."\n` });
    const run = await volley(['validate', 'volley.yaml'], { cwd, env: { GITHUB_ACTIONS: 'true' } });
    expect(run).toMatchObject({
      code: 0,
      stderr: '',
      stdout: `volley.yaml:3:10: warning ENV_INTERPOLATION: \`\${HOME}\` is sent unchanged: Volley never reads the environment in prompts
  2 | tasks:
  3 |   - "Say \${HOME}."
    |          ^^^^^^^
  hint: pass a value with \`--set home=…\` and write \`{{ vars.home }}\`
::warning file=volley.yaml,line=3,col=10,endColumn=17,title=ENV_INTERPOLATION::\`\${HOME}\` is sent unchanged: Volley never reads the environment in prompts (pass a value with \`--set home=…\` and write \`{{ vars.home }}\`)
volley.yaml: valid, 1 task, 1 warning
`,
    });
  });

  test('counts rows and keys with errors, shown or not', async () => {
    const rows = Array.from({ length: 30 }, () => '{"n":1\n').join('');
    const task = { id: 't', for_each: { file: 'rows.jsonl' }, prompt: 'x' };
    const cwd = folder({
      'rows.yaml': JSON.stringify({ defaults: { model: 'mock/echo' }, tasks: [task] }),
      'rows.jsonl': rows,
      'keys.yaml': Array.from({ length: 200 }, (_, n) => `k${n}: 1\n`).join('') + 'tasks: [hi]\n',
    });
    const inRows = await volley(['validate', 'rows.yaml'], { cwd });
    expect(inRows.stdout).toContain('20 more rows have this kind of problem\n');
    expect(lastLine(inRows.stdout)).toBe('rows.yaml: 30 errors');
    const ran = await volley(['run', 'rows.yaml'], { cwd });
    expect(lastLine(ran.stderr)).toBe('volley: 30 errors in the manifest');
    const inKeys = await volley(['validate', 'keys.yaml', '-m', 'mock/echo'], { cwd });
    expect(lastLine(inKeys.stdout)).toBe('keys.yaml: 200 errors, of which 50 are shown');
    const data = await volley(['validate', 'keys.yaml', '-m', 'mock/echo', '--json'], { cwd });
    expect(JSON.parse(data.stdout)).toMatchObject({ valid: false, omitted_errors: 150 });
  });

  test('prints the same warnings before a run, on stderr', async () => {
    const cwd = folder({ 'volley.yaml': `${MOCK}tasks:\n  - "Say \${HOME}."\n` });
    const run = await volley(['run', 'volley.yaml', '--progress', 'none'], { cwd });
    expect(run.code).toBe(0);
    expect(run.stderr).toContain('volley.yaml:3:10: warning ENV_INTERPOLATION: ');
  });

  test('applies the flags that override the manifest', async () => {
    const text = 'tasks: ["{{ vars.who }}", "{{ item.text }}"]\n';
    const cwd = folder({ 'volley.yaml': text });
    const bare = await volley(['validate', 'volley.yaml', '--json'], { cwd });
    expect(codesIn(bare.stdout)).toEqual(['NO_MODEL', 'UNKNOWN_VARIABLE', 'UNKNOWN_VARIABLE']);
    const args = ['validate', 'volley.yaml', '--json', '-m', 'mock/echo', '--set', 'who=me'];
    expect(codesIn((await volley(args, { cwd })).stdout)).toEqual(['UNKNOWN_VARIABLE']);
  });
});

function lastLine(text: string): string | undefined {
  return text.trimEnd().split('\n').at(-1);
}

function codesIn(json: string): readonly unknown[] {
  const report: { findings: readonly { code: unknown }[] } = JSON.parse(json);
  return report.findings.map(({ code }) => code);
}

describe.each(['run', 'validate'])('the argument of `volley %s`', (command) => {
  test('from stdin is read with `-`, and its files are relative to the current folder', async () => {
    const cwd = folder({ 'a.txt': 'one\ntwo\n' });
    const stdin = `${MOCK}tasks: [{ id: t, for_each: { file: a.txt }, prompt: "{{ item }}" }]\n`;
    const run = await volley([command, '-'], { cwd, stdin });
    expect(run.code).toBe(0);
    expect(run.stdout).toContain(command === 'run' ? '"id":"t@two"' : 'valid, 2 tasks');
  });

  test('from stdin is named with its line in errors', async () => {
    const run = await volley([command, '-'], { stdin: `${MOCK}taks: [hi]\n` });
    expect(run.code).toBe(2);
    expect(run.stdout + run.stderr).toMatch(/^(?:-|<stdin>):2:1: error UNKNOWN_KEY: /);
  });

  test('can also be a pipe that the shell creates', async () => {
    const line = `volley ${command} <(printf 'defaults: { model: mock/echo }\\ntasks: [hi]\\n')`;
    const run = await shell(line);
    expect(run.stderr).not.toContain('error');
    expect(run.code).toBe(0);
  });

  test.each([
    ['an empty file', 'empty.yaml', 'NO_TASKS', ''],
    ['a file of comments', 'comments.yaml', 'NO_TASKS', ''],
    [
      'a binary file',
      'image.yaml',
      'FILE_UNREADABLE',
      '`image.yaml` is not valid UTF-8: line 1 has the byte 0x89',
    ],
    ['a list', 'list.yaml', 'WRONG_TYPE', ''],
    ['larger than a mebibyte', 'large.yaml', 'MANIFEST_TOO_LARGE', ''],
  ])('that is %s causes one finding with a hint', async (_name, file, code, message) => {
    const cwd = folder({
      'empty.yaml': '',
      'comments.yaml': '# nothing\n\n# here\n',
      'list.yaml': '- What is 2+2?\n',
      'large.yaml': `${MOCK}tasks: [hi]\n${'# filler\n'.repeat(120_000)}`,
    });
    writeFileSync(join(cwd, 'image.yaml'), Buffer.from([0x89, 0x50, 0x4e, 0x47, 0xff, 0xfe, 0]));
    const run = await volley([command, file], { cwd });
    expect(run.code).toBe(2);
    const said = run.stdout + run.stderr;
    expect(said).toContain(`${file}:1:1: error ${code}: ${message}`);
    expect(said.match(/^\S+:\d+:\d+: /gm)).toHaveLength(1);
    expect(said).toContain('\n  hint: ');
  });
});

describe('a missing key', () => {
  test('of one provider is reported together with those of others', async () => {
    const tasks = '[{ prompt: a, model: openai/x }, { prompt: b, model: groq/y }]';
    const cwd = folder({ 'volley.yaml': `tasks: ${tasks}\n` });
    const run = await volley(['run', 'volley.yaml'], { cwd });
    expect(run.code).toBe(4);
    expect(run.stderr).toContain('`OPENAI_API_KEY` is not set');
    expect(run.stderr).toContain('`GROQ_API_KEY` is not set');
  });

  test('does not matter to validate', async () => {
    const cwd = folder({ 'volley.yaml': 'tasks: [{ prompt: a, model: openai/x }]\n' });
    expect((await volley(['validate', 'volley.yaml'], { cwd })).code).toBe(0);
  });

  test('with a line break in it is refused and not printed', async () => {
    const cwd = folder({ 'volley.yaml': 'tasks: [{ prompt: a, model: openai/x }]\n' });
    const env = { OPENAI_API_KEY: 'sk-proj-secret-secret\n' };
    const run = await volley(['run', 'volley.yaml'], { cwd, env });
    expect(run.code).toBe(4);
    expect(run.stderr).toContain(
      'the key in `OPENAI_API_KEY` contains a character that keys never have',
    );
    expect(run.stderr).not.toContain('secret-secret');
  });
});
