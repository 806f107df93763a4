import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folder, recordsIn, shell, volley } from '../support/cli.ts';
import { WITH_QUICK_MOCK } from './served.ts';

const MANIFEST = `version: 1
${WITH_QUICK_MOCK}defaults: { model: mock/echo }
context: { file: rules.md }
tasks:
  - id: each
    for_each: { file: rows.jsonl }
    prompt: '{{ item.name }}'
`;
const FILES = {
  'a.yaml': MANIFEST,
  'rows.jsonl': '{"name":"one"}\n{"name":"two"}\n',
  'rules.md': 'be brief\n',
  'extra.md': 'be kind\n',
  'package.json': '{"name":"precious"}\n',
};

function filesOf(cwd: string): Record<string, string> {
  return Object.fromEntries(
    // Skip the symlink to a file that does not exist.
    readdirSync(cwd)
      .filter((name) => name !== 'next')
      .map((name) => [name, readFileSync(join(cwd, name), 'utf8')]),
  );
}

describe('an output file cannot also be another output file or an input', () => {
  test.each([
    ['the results and the summary', '-o z.jsonl --summary-file ./z.jsonl', '--summary-file'],
    ['the results and the dump', '-o z.jsonl --emergency-dump z.jsonl', '--emergency-dump'],
    ['the summary and the lock', '-o z.jsonl --summary-file z.jsonl.lock', '--summary-file'],
    [
      'the dump and the file that names who holds the lock',
      '-o z --emergency-dump ./z.lock-holder',
      '--emergency-dump',
    ],
    ['the dump and a torn end', '-o z --emergency-dump z.torn-1', '--emergency-dump'],
    ['the summary and a kept file', '-o z --summary-file z.kept-12', '--summary-file'],
    ['the summary and the new file', '-o next --summary-file z.jsonl.compact', '--summary-file'],
    ['the dump and the summary', '--emergency-dump d --summary-file d', '--summary-file'],
    ['the summary and the manifest', '--summary-file a.yaml', '--summary-file'],
    ['the summary and rows', '--summary-file rows.jsonl', '--summary-file'],
    ['the summary and the context', '--summary-file rules.md', '--summary-file'],
    ['the dump and a context file', '--emergency-dump extra.md', '--emergency-dump'],
    ['the results and rows', '-o rows.jsonl --overwrite', '--output'],
    ['the results and rows, resumed', '-o rows.jsonl --resume', '--output'],
    ['the results and the manifest', '-o a.yaml --overwrite', '--output'],
    ['the summary and rows, through a hard link', '--summary-file hard', '--summary-file'],
    ['the summary and rows, through a symlink', '--summary-file soft', '--summary-file'],
    ['results that do not exist yet, by a symlink', '-o z.jsonl --summary-file next', '--summary'],
  ])('%s', async (_name, line, flag) => {
    const cwd = folder(FILES);
    linkSync(join(cwd, 'rows.jsonl'), join(cwd, 'hard'));
    symlinkSync('rows.jsonl', join(cwd, 'soft'));
    symlinkSync('z.jsonl', join(cwd, 'next'));
    const before = filesOf(cwd);
    const flags = ['--context-file', 'extra.md', ...line.split(' ')];
    const run = await volley(['run', 'a.yaml', ...flags], { cwd });
    expect(run.stderr).toMatch(
      /is the file (which the run reads|where (the results go|`--.*` goes)|that the run keeps next to the results)$/m,
    );
    expect(run.stderr).toContain(`set by \`${flag}`);
    expect(run).toMatchObject({ code: 2, stdout: '' });
    expect(filesOf(cwd)).toEqual(before);
  });

  test('stdout that is redirected to the file of the summary', async () => {
    const cwd = folder(FILES);
    const run = await shell('volley run a.yaml --summary-file z.jsonl > z.jsonl', { cwd });
    expect(run.code).toBe(2);
    expect(run.stderr).toContain('is the file where the results go');
  });

  test('but /dev/null may be used for all', async () => {
    const cwd = folder(FILES);
    const line = 'volley run a.yaml -o /dev/null --summary-file /dev/null';
    expect((await shell(line, { cwd })).code).toBe(0);
  });
});

describe("a manifest's `output:` stays below its folder", () => {
  test.each([
    ['sub/evil.jsonl', 'is outside its folder'],
    ['leaf.jsonl', 'is outside its folder'],
    ['.git/hooks/post-commit', "is in git's own folder"],
    ['hooks/post-commit', "is in git's own folder"],
  ])('%s', async (output, problem) => {
    const root = folder();
    const cwd = join(root, 'inside');
    mkdirSync(join(cwd, '.git/hooks'), { recursive: true });
    mkdirSync(join(root, 'outside'));
    symlinkSync('../outside', join(cwd, 'sub'));
    symlinkSync('../outside/leaf.jsonl', join(cwd, 'leaf.jsonl'));
    symlinkSync('.git/hooks', join(cwd, 'hooks'));
    writeFileSync(
      join(cwd, 'a.yaml'),
      `version: 1\noutput: ${output}\ndefaults: { model: mock/echo }\ntasks: [hello]\n`,
    );
    const run = await volley(['run', 'a.yaml'], { cwd });
    expect(run.stderr).toContain(`the manifest's \`output: ${output}\` ${problem}`);
    expect(run.code).toBe(2);
    expect(readdirSync(join(root, 'outside'))).toEqual([]);
    expect(existsSync(join(root, 'evil.jsonl'))).toBe(false);
    expect(readdirSync(join(cwd, '.git/hooks'))).toEqual([]);
  });

  test('a symlink within it is followed', async () => {
    const cwd = folder({
      'deep/note.md': '',
      'a.yaml': `${WITH_QUICK_MOCK}output: near/out.jsonl\ndefaults: { model: mock/echo }\ntasks: [hello]\n`,
    });
    symlinkSync('deep', join(cwd, 'near'));
    expect((await volley(['run', 'a.yaml'], { cwd })).code).toBe(0);
    expect(existsSync(join(cwd, 'deep/out.jsonl'))).toBe(true);
  });
});

const OTHERS = { 'near/out.jsonl': '', 'out.jsonl.md': '', 'a.md': '' };
const OTHER_IDS = ['a.md', 'a.yaml', 'near/out.jsonl', 'out.jsonl.md'].map(
  (path) => `each@${path}`,
);
function idsIn(text: string): readonly string[] {
  return recordsIn(text)
    .map(({ id }) => id)
    .toSorted();
}

function globbing(output: string): string {
  return `version: 1
${WITH_QUICK_MOCK}${output}
defaults: { model: mock/echo }
tasks:
  - id: each
    for_each: { glob: '**/*' }
    prompt: '{{ item.path }}'
`;
}

describe('a glob skips the files that the run writes', () => {
  test.each([
    ['by a flag', '', ['-o', 'out.jsonl']],
    ['by the manifest', 'output: out.jsonl', []],
    ['by another path', '', ['-o', 'near/../out.jsonl']],
  ])('named %s', async (_name, output, named) => {
    const cwd = folder({ ...OTHERS, 'a.yaml': globbing(output), 'out.jsonl.torn-1': '{' });
    const flags = [...named, '--summary-file', 'sum.json', '--emergency-dump', 'near/dump'];
    for (const mode of ['--overwrite', '--resume', '--resume']) {
      const run = await volley(['run', 'a.yaml', ...flags, mode], { cwd });
      expect(run.code).toBe(0);
      expect(idsIn(readFileSync(join(cwd, 'out.jsonl'), 'utf8'))).toEqual(OTHER_IDS);
    }
    const plan = await volley(['run', 'a.yaml', '--dry-run', ...flags], { cwd });
    expect(plan.stdout).toContain('0 tasks to send, 4 done already');
  });

  test('that stdout is redirected to', async () => {
    const cwd = folder({ ...OTHERS, 'a.yaml': globbing('') });
    await shell('volley run a.yaml > all', { cwd });
    expect(idsIn(readFileSync(join(cwd, 'all'), 'utf8'))).toEqual(OTHER_IDS);
  });
});

test('a name that ends in `/` is not a file', async () => {
  const cwd = folder(FILES);
  const run = await volley(['run', 'a.yaml', '-o', 'new/'], { cwd });
  expect(run).toMatchObject({
    code: 2,
    stderr:
      'volley: `new/` is the name of a folder\n  hint: choose a file in it, such as `new/results.jsonl`\n',
  });
});

test('--overwrite replaces only results', async () => {
  const cwd = folder(FILES);
  const args = ['run', 'a.yaml', '--overwrite', '-o'];
  const refused = await volley([...args, 'package.json'], { cwd });
  expect(refused).toMatchObject({
    code: 2,
    stderr:
      'volley: `package.json` is not a results file, and is left unchanged\n  hint: pass a file that `volley run -o FILE` wrote\n',
  });
  expect(filesOf(cwd)).toEqual(FILES);
  for (const content of ['', '{"v":1,"tasks":[\n']) {
    writeFileSync(join(cwd, 'out'), content);
    expect((await volley([...args, 'out'], { cwd })).code).toBe(0);
  }
});

test('-o creates missing folders', async () => {
  const cwd = folder(FILES);
  const run = await volley(['run', 'a.yaml', '-o', 'new/deep/out'], { cwd });
  expect(run.code).toBe(0);
  expect(readFileSync(join(cwd, 'new/deep/out'), 'utf8')).toContain('succeeded');
});

test.each([
  [
    'a FIFO to resume',
    'mkfifo odd; volley run a.yaml -o odd --resume',
    '`odd` is not a regular file: a run could not resume from it',
    'choose a file, or leave `--output` out and redirect stdout',
  ],
  [
    'a folder in place of a lock',
    'mkdir odd.lock; volley run a.yaml -o odd',
    '`odd.lock` is in the way: it is not an empty lock file',
    'move it away if no run is using it, or choose another file with `--output`',
  ],
  [
    'a lock file that contains text',
    'echo mine > odd.lock; volley run a.yaml -o odd',
    '`odd.lock` is in the way: it is not an empty lock file',
    'move it away if no run is using it, or choose another file with `--output`',
  ],
  [
    'a symlink that leads nowhere',
    'ln -s gone odd; volley run a.yaml -o odd',
    '`odd` is a symlink to a file that does not exist',
    'remove it, or pass the file itself with `--output`',
  ],
])('%s is reported as what it is', async (_name, line, problem, hint) => {
  const run = await shell(line, { cwd: folder(FILES) });
  expect(run.stderr.replace(/`\S+\/odd/, '`odd')).toContain(`${problem}\n  hint: ${hint}\n`);
});
