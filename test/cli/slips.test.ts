import { describe, expect, test } from 'vitest';
import { folder, volley } from '../support/cli.ts';
import { served, WITH_KEY } from './served.ts';

interface Slip {
  readonly name: string;
  /** `URL` stands for the server's address. */
  readonly manifest: string;
  /** `file:line:column` of the only finding. */
  readonly at: string;
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

const SECRET = 'sk-ant-api03-0123456789abcdefghijklmnopqrst';

/** The first seven lines, so that the tasks begin on line 8. */
const HEAD = `name: slips
vars: { audience: engineers }
providers:
  local: { type: openai, base_url: URL, api_key_env: TEST_KEY }
defaults:
  model: local/small
tasks:
`;

/** One mistake of each kind. Others are in test/manifest/fixtures/slips.md and mistakes.test.ts. */
const slips: readonly Slip[] = [
  {
    name: 'a misspelled key of a task',
    manifest: `${HEAD}  - promt: What is 2+2?\n`,
    at: 'volley.yaml:8:5',
    code: 'UNKNOWN_KEY',
    message: 'unknown key `promt` in task 1',
    hint: 'did you mean `prompt`?',
  },
  {
    name: 'a file outside the root',
    manifest: `${HEAD}  - prompt: { file: ../../../../etc/hostname }\n`,
    at: 'volley.yaml:8:21',
    code: 'FILE_OUTSIDE_ROOT',
    message: '`../../../../etc/hostname` is outside the folder that a manifest may read (`.`)',
    hint: 'move it into the project, or allow its folder with `--allow-path DIR`',
  },
  {
    name: 'a row with one column too many',
    manifest: `${HEAD}  - for_each: { file: rows.csv }\n    prompt: "{{ item.name }}"\n`,
    at: 'rows.csv:3:1',
    code: 'BAD_ROW',
    message: 'the row has 3 values, but there are 2 columns',
    hint: 'put a value that contains a comma in double quotes',
  },
  {
    name: 'an API key in the manifest',
    manifest: `providers:
  local:
    type: openai
    base_url: URL
    api_key: ${SECRET}
defaults: { model: local/small }
tasks: [hello]
`,
    at: 'volley.yaml:5:5',
    code: 'SECRET_IN_MANIFEST',
    message: '`api_key` would put a key in the manifest',
    hint: 'write `api_key_env: MY_KEY`, the name of the environment variable that holds it',
  },
  {
    name: 'no tasks',
    manifest: `${HEAD.replace('tasks:\n', '')}tasks: []\n`,
    at: 'volley.yaml:7:1',
    code: 'NO_TASKS',
    message: '`tasks` is empty',
    hint: 'write at least one, such as `- What is 2+2?`',
  },
];

const FILES = { 'rows.csv': 'name,price\npot,3\npan,4,5\n' };

describe('one mistake gives one finding and no request', () => {
  test.each(slips)('$name', async ({ manifest, at, code, message, hint }) => {
    const server = await served();
    const cwd = folder({ 'volley.yaml': manifest.replace('URL', server.openaiUrl), ...FILES });
    const [run, checked, json] = await Promise.all([
      volley(['run', 'volley.yaml'], { ...WITH_KEY, cwd }),
      volley(['validate', 'volley.yaml'], { ...WITH_KEY, cwd }),
      volley(['validate', 'volley.yaml', '--json'], { ...WITH_KEY, cwd }),
    ]);
    expect([run.code, checked.code, json.code]).toEqual([2, 2, 2]);
    expect(server.requests).toEqual([]);
    for (const { stdout, stderr } of [run, checked, json]) {
      expect(stdout + stderr).not.toContain(SECRET.slice(0, 16));
    }

    const [file, line, column] = at.split(':');
    const place = { file, line: Number(line), column: Number(column) };
    expect(JSON.parse(json.stdout)).toMatchObject({
      v: 1,
      manifest: 'volley.yaml',
      valid: false,
      tasks: null,
      findings: [{ code, severity: 'error', message, hint, place }],
    });
    expect(json.stderr).toBe('');

    const [first, ...rest] = checked.stdout.split('\n');
    expect(first).toBe(`${at}: error ${code}: ${message}`);
    expect(rest.slice(-3)).toEqual([`  hint: ${hint}`, 'volley.yaml: 1 error', '']);
    const shown = checked.stdout.slice(0, checked.stdout.indexOf('volley.yaml: 1 error'));
    expect(run.stdout).toBe('');
    const where = file === 'volley.yaml' ? 'the manifest' : `\`${file}\``;
    expect(run.stderr).toBe(`${shown}volley: 1 error in ${where}\n`);
  });
});

test('several mistakes are reported at once, by line, with the wrong words marked', async () => {
  const manifest = `${HEAD}  - promt: hello\n  - prompt: "{{ vars.audiense }}"\n`;
  const cwd = folder({ 'volley.yaml': manifest.replace('URL', 'http://127.0.0.1:9/v1') });
  const { stdout, code } = await volley(['validate', 'volley.yaml'], { cwd });
  expect(stdout).toBe(`volley.yaml:8:5: error UNKNOWN_KEY: unknown key \`promt\` in task 1
  7 | tasks:
  8 |   - promt: hello
    |     ^^^^^
  9 |   - prompt: "{{ vars.audiense }}"
  hint: did you mean \`prompt\`?
volley.yaml:9:17: error UNKNOWN_VARIABLE: unknown variable \`vars.audiense\`
  8 |   - promt: hello
  9 |   - prompt: "{{ vars.audiense }}"
    |                 ^^^^^^^^^^^^^
  hint: did you mean \`vars.audience\`?
volley.yaml: 2 errors
`);
  expect(code).toBe(2);
});

test.each([
  ['run', 'stderr'],
  ['validate', 'stdout'],
] as const)(
  'in GitHub Actions, %s annotates the line in the pull request',
  async (command, stream) => {
    const manifest = `${HEAD}  - promt: "50%, or not"\n`;
    const cwd = folder({ 'a,b.yaml': manifest.replace('URL', 'http://127.0.0.1:9/v1') });
    const result = await volley([command, 'a,b.yaml'], { cwd, env: { GITHUB_ACTIONS: 'true' } });
    expect(result.code).toBe(2);
    expect(result[stream].split('\n').filter((line) => line.startsWith('::'))).toEqual([
      '::error file=a%2Cb.yaml,line=8,col=5,endColumn=10,title=UNKNOWN_KEY::unknown key `promt` in task 1 (did you mean `prompt`?)',
    ]);
  },
);

test('in GitHub Actions, JSON output stays JSON', async () => {
  const cwd = folder({ 'volley.yaml': 'tasks: [hello]\n' });
  const env = { GITHUB_ACTIONS: 'true' };
  const { stdout } = await volley(['validate', 'volley.yaml', '--json'], { cwd, env });
  expect(JSON.parse(stdout)).toMatchObject({ valid: false });
});
