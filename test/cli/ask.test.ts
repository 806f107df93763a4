import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ResultRecord } from '../../src/results/record.ts';
import { folder, recordsIn, shell, volley, type CliOptions } from '../support/cli.ts';

/** Sends prompts to the mock provider. Returns the records in manifest order. */
async function asked(
  args: readonly string[],
  options: CliOptions = {},
): Promise<readonly ResultRecord[]> {
  const run = await volley(['ask', '-m', 'mock/echo', ...args], options);
  expect(run.stderr).toContain('Volley complete: ');
  expect(run.code).toBe(0);
  return recordsIn(run.stdout).toSorted((a, b) => a.index - b.index);
}

/** The sizes of the prompts, which identify them: the mock counts four characters per token. */
function sizes(records: readonly ResultRecord[]): readonly (number | undefined)[] {
  return records.map(({ usage }) => usage?.input_tokens);
}

describe('ask', () => {
  test('sends each argument as a separate task', async () => {
    const records = await asked(['What is 2+2?', 'x'.repeat(400)]);
    expect(records.map(({ id }) => id)).toEqual(['task-1', 'task-2']);
    expect(sizes(records)).toEqual([3, 100]);
  });

  test('`-` reads one task per line and skips empty lines', async () => {
    const records = await asked(['-'], { stdin: `one1\r\n\n  \n${'x'.repeat(40)}\n` });
    expect(sizes(records)).toEqual([1, 10]);
  });

  test('`-` adds tasks to those in the arguments', async () => {
    const records = await asked(['x'.repeat(80), '-'], { stdin: 'one1\n' });
    expect(sizes(records)).toEqual([20, 1]);
  });

  test('--file reads one task per line', async () => {
    const cwd = folder({ 'tasks.txt': `\uFEFFone1\n${'x'.repeat(40)}` });
    expect(sizes(await asked(['--file', 'tasks.txt'], { cwd }))).toEqual([1, 10]);
  });

  test('--file - reads stdin', async () => {
    expect(sizes(await asked(['-f', '-'], { stdin: 'one1\ntwo2\n' }))).toEqual([1, 1]);
  });

  test('a JSON list contains strings and tasks', async () => {
    const list = ['one1', { id: 'long', prompt: 'x'.repeat(40) }];
    const cwd = folder({ 'tasks.json': JSON.stringify(list) });
    const records = await asked(['--file', 'tasks.json'], { cwd });
    expect(records.map(({ id }) => id)).toEqual(['task-1', 'long']);
    expect(sizes(records)).toEqual([1, 10]);
  });

  test('an object per line is a task per line', async () => {
    const tasks = [{ prompt: 'one1' }, { id: 'long', prompt: 'x'.repeat(40) }];
    const lines = tasks.map((task) => JSON.stringify(task));
    const records = await asked(['-'], { stdin: `\uFEFF${lines.join('\r\n\r\n')}\n` });
    expect(records.map(({ id }) => id)).toEqual(['task-1', 'long']);
    expect(sizes(records)).toEqual([1, 10]);
    expect(sizes(await asked(['-'], { stdin: lines[1] ?? '' }))).toEqual([10]);
  });

  test('findings quote a list and its columns as they are in the file', async () => {
    const cwd = folder({ 'tasks.json': '["a", {"promt": "b"}]' });
    const run = await volley(['ask', '-m', 'mock/echo', '--file', 'tasks.json'], { cwd });
    expect(run.stderr).toContain('tasks.json:1:8: error UNKNOWN_KEY');
    expect(run.stderr).toContain('  1 | ["a", {"promt": "b"}]\n    |        ^^^^^^^\n');
  });

  test.each([
    ['{"promt": "a"}\n{"prompt": "b"}\n', ':1:2: ', '  1 | {"promt": "a"}\n    |  ^^^^^^^\n'],
    [
      '\n{"prompt": "a"}\r\n\n  {"promt": "b"}',
      ':4:4: ',
      '  4 |   {"promt": "b"}\n    |    ^^^^^^^\n',
    ],
    ['{\n  "promt": "a"\n}\n', ':2:3: ', '  2 |   "promt": "a"\n    |   ^^^^^^^\n'],
  ])(
    'findings quote objects and their places as they are in the file: %j',
    async (text, place, frame) => {
      const cwd = folder({ 'tasks.jsonl': text });
      const run = await volley(['ask', '-m', 'mock/echo', '--file', 'tasks.jsonl'], { cwd });
      expect(run.stderr).toContain(`tasks.jsonl${place}error UNKNOWN_KEY`);
      expect(run.stderr).toContain(frame);
    },
  );

  test.each([
    ['tasks.json', '[\n  "a",\n  "b",\n]\n', 'is not valid JSON in line 4'],
    ['tasks.json', '[\n  {"prompt": "a"}\n', 'is not valid JSON in line 3'],
    ['tasks.json', 'What is 2+2?', 'is not valid JSON in line 1'],
    ['tasks.jsonl', '{"prompt": "a"}\n\n{"prompt": "b"\n', 'is not valid JSON in line 3'],
    ['tasks.txt', '{"prompt": "a"}\nand\n', 'is not valid JSON in line 2'],
    ['tasks.txt', '{\n  "tasks": ["a",]\n}\n', 'is not valid JSON in line 2'],
    ['m.yaml', 'tasks:\n  - a\n', 'is YAML'],
  ])('the lines of %s are not prompts: %j', async (name, text, problem) => {
    const run = await volley(['ask', '-m', 'mock/echo', '--file', name], {
      cwd: folder({ [name]: text }),
    });
    expect([run.code, run.stdout, run.stderr]).toEqual([2, '', expect.stringContaining(problem)]);
  });

  test('prompts may start with a bracket', async () => {
    const prompts = ['[draft] Hello', '{{ name }}', "['a']", '[x](y)', '{a}', '[1] one'];
    expect(await asked(['-'], { stdin: prompts.join('\n') })).toHaveLength(prompts.length);
  });

  test('a JSON object on several lines is one task', async () => {
    const task = { id: 'long', prompt: 'x'.repeat(40) };
    const records = await asked(['-'], { stdin: JSON.stringify(task, null, 2) });
    expect(records.map(({ id }) => id)).toEqual(['long']);
  });

  test('a JSON object is a manifest, which may contain templates', async () => {
    const manifest = { vars: { word: 'x'.repeat(40) }, tasks: ['{{ vars.word }}'] };
    const records = await asked(['-'], { stdin: JSON.stringify(manifest, null, 2) });
    expect(sizes(records)).toEqual([10]);
  });

  test('takes a prompt literally: no templates, no variables', async () => {
    const prompt = 'Explain `{{ item }}` and {% if %} and ${HOME} to me.';
    const records = await asked([prompt]);
    expect(sizes(records)).toEqual([Math.ceil(prompt.length / 4)]);
  });

  test('--context precedes every prompt, in the given order', async () => {
    const cwd = folder({ 'rules.md': 'x'.repeat(40) });
    const args = ['--context', 'y'.repeat(20), '--context-file', 'rules.md', 'one1', 'two2'];
    const records = await asked(args, { cwd });
    const cached = records.map(({ usage }) => {
      if (!usage) throw new Error('no usage');
      return usage.cache_read_tokens + usage.cache_write_tokens;
    });
    expect(cached).toEqual([Math.ceil(62 / 4), Math.ceil(62 / 4)]);
  });

  test.each([
    [
      [],
      '`volley ask` needs a prompt',
      'write `volley ask -m PROVIDER/MODEL "your prompt"`, or `-` to read prompts from stdin',
    ],
    [
      ['--file', 'no.txt'],
      'there is no file `no.txt`',
      'pass a file with one task per line, a JSON list, or a manifest as JSON',
    ],
    [
      ['--file', '.'],
      'cannot read `.`: it is a folder (EISDIR)',
      'pass a file with one task per line, a JSON list, or a manifest as JSON',
    ],
    [
      ['--file', 'a.txt', 'prompt'],
      'prompts are passed both as arguments and with `--file`',
      'use only one of them',
    ],
    [['-'], 'there is no task in <stdin>', 'write one prompt per line, or a JSON list'],
  ])('%j is refused', async (args, message, hint) => {
    const run = await volley(['ask', '-m', 'mock/echo', ...args], { cwd: folder() });
    expect(run).toMatchObject({
      code: 2,
      stdout: '',
      stderr: `volley: ${message}\n  hint: ${hint}\n`,
    });
  });

  test('without a model, explains how to choose one', async () => {
    const run = await volley(['ask', 'hello']);
    expect(run).toMatchObject({
      code: 2,
      stdout: '',
      stderr:
        'volley: `volley ask` needs a model\n  hint: add `-m PROVIDER/MODEL`, such as `-m anthropic/claude-haiku-5-5`, or `-m mock/small` to try it\n',
    });
  });

  test('refuses tasks that are not UTF-8, and names the line', async () => {
    const cwd = folder();
    writeFileSync(join(cwd, 'tasks.txt'), Buffer.from('one\nZo\xeb\n', 'latin1'));
    const file = await volley(['ask', '-m', 'mock/echo', '--file', 'tasks.txt'], { cwd });
    const piped = await shell(`printf 'Zo\\353' | volley ask -m mock/echo -`, { cwd });
    expect([file.code, piped.code]).toEqual([2, 2]);
    expect(file.stderr).toContain('`tasks.txt` is not valid UTF-8: line 2 has the byte 0xeb');
    expect(piped.stderr).toContain('stdin is not valid UTF-8: line 1 has the byte 0xeb');
  });

  test('refuses an empty prompt and points at it', async () => {
    const run = await volley(['ask', '-m', 'mock/echo', '']);
    expect(run.code).toBe(2);
    expect(run.stderr).toContain('the text is empty');
  });
});
