import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folder, volley } from '../support/cli.ts';

test('init writes a valid manifest, which the README runs as is', async () => {
  const cwd = folder();
  const init = await volley(['init'], { cwd });
  expect(init).toMatchObject({ code: 0, stdout: '' });
  expect(init.stderr).toBe(
    'Wrote volley.yaml and volley.schema.json (for your editor).\nRun it now, no key needed:  volley run volley.yaml\n',
  );
  expect((await volley(['validate', 'volley.yaml'], { cwd })).stdout).toBe(
    'volley.yaml: valid, 8 tasks\n',
  );
});

test('the first line of the new manifest points editors to the schema next to it', async () => {
  const cwd = folder();
  await volley(['init', 'prompts/review.yaml'], { cwd });
  const [first] = readFileSync(join(cwd, 'prompts/review.yaml'), 'utf8').split('\n');
  expect(first).toBe('# yaml-language-server: $schema=./volley.schema.json');
  const schema = readFileSync(join(cwd, 'prompts/volley.schema.json'), 'utf8');
  expect(schema).toBe(readFileSync('schemas/manifest.schema.json', 'utf8'));
});

test('the comments in the new manifest contain valid examples', async () => {
  const cwd = folder();
  await volley(['init'], { cwd });
  const text = readFileSync(join(cwd, 'volley.yaml'), 'utf8');
  const uncommented = text.replace(/^# (providers:|  anthropic:|    limits:.*)$/gm, '$1');
  expect(uncommented).toContain('\nproviders:\n  anthropic:\n    limits: { rpm: 50');
  writeFileSync(join(cwd, 'volley.yaml'), uncommented);
  const run = await volley(['validate', 'volley.yaml'], { cwd });
  expect(run.stdout).toBe('volley.yaml: valid, 8 tasks\n');
});

test('init keeps an existing file without --overwrite', async () => {
  const cwd = folder({ 'volley.yaml': 'mine' });
  const init = await volley(['init'], { cwd });
  expect(init.code).toBe(2);
  expect(init.stderr).toBe(
    'volley: `volley.yaml` already exists\n  hint: pass `--overwrite` to replace it, or choose another file\n',
  );
  expect(readFileSync(join(cwd, 'volley.yaml'), 'utf8')).toBe('mine');
  expect((await volley(['init', '--overwrite'], { cwd })).code).toBe(0);
  expect(readFileSync(join(cwd, 'volley.yaml'), 'utf8')).toContain('tasks:');
});

test.each([
  ['a folder', ['sub'], 2, '`sub` is a folder'],
  ['a folder to replace', ['sub', '--overwrite'], 2, '`sub` is a folder'],
  [
    'a path below a file',
    ['sub/file/m.yaml'],
    74,
    'cannot write `sub/file/m.yaml`: a part of the path is not a folder (ENOTDIR)',
  ],
  [
    'a folder for the schema',
    ['bad/m.yaml'],
    74,
    'cannot write `bad/volley.schema.json`: it is a folder (EISDIR)',
  ],
] as const)('init says what is wrong with %s', async (_name, args, code, message) => {
  const cwd = folder({ 'sub/file': '', 'bad/volley.schema.json/file': '' });
  const init = await volley(['init', ...args], { cwd });
  expect(init.stderr).toContain(`volley: ${message}\n  hint: `);
  expect(init.code).toBe(code);
});
