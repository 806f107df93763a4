import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { workspacePath } from '../../src/cli/annotations.ts';
import { folder, volley } from '../support/cli.ts';

const root = (): string => {
  const path = realpathSync(folder({ 'm.yaml': 'a', 'packages/evals/n.yaml': 'b' }));
  mkdirSync(join(path, '..dots'));
  writeFileSync(join(path, '..dots', 'o.yaml'), 'c');
  symlinkSync(join(path, 'packages'), join(path, 'linked'));
  return path;
};

test.each<[string, (root: string) => string, string | undefined]>([
  ['a file by its absolute path', (at) => join(at, 'm.yaml'), 'm.yaml'],
  ['a file in a folder', (at) => join(at, 'packages/evals/n.yaml'), 'packages/evals/n.yaml'],
  ['a path with `..` in it', (at) => join(at, 'packages', '..', 'm.yaml'), 'm.yaml'],
  ['a path through a link', (at) => join(at, 'linked/evals/n.yaml'), 'packages/evals/n.yaml'],
  ['a folder whose name begins with dots', (at) => join(at, '..dots/o.yaml'), '..dots/o.yaml'],
  [
    'a path relative to where the step runs',
    (at) => relative(process.cwd(), join(at, 'm.yaml')),
    'm.yaml',
  ],
  ['a file that does not exist', (at) => join(at, 'none.yaml'), 'none.yaml'],
  ['a file elsewhere', () => '/etc/hostname', undefined],
  ['standard input', () => '<stdin>', undefined],
  ['a flag', () => '--set', undefined],
  ['the workspace itself', (at) => at, undefined],
])('an annotation names %s from the root of the checkout', (_, given, expected) => {
  const at = root();
  const file = given(at);
  expect(workspacePath(file, at)).toBe(expected ?? file);
  expect(workspacePath(file, undefined)).toBe(file);
});

test('an annotation has the path that GitHub expects, whatever folder the step runs in', async () => {
  const at = root();
  writeFileSync(
    join(at, 'packages/evals/n.yaml'),
    'defaults: { model: mock/echo }\ntasks: [{ promt: hi }]',
  );
  const env = { GITHUB_ACTIONS: 'true', GITHUB_WORKSPACE: at };
  const run = await volley(['validate', 'n.yaml'], { cwd: join(at, 'packages/evals'), env });
  expect(run.stdout).toContain('::error file=packages/evals/n.yaml,line=2,');
  const flag = await volley(['validate', 'n.yaml', '--model', 'nope'], {
    cwd: join(at, 'packages/evals'),
    env,
  });
  expect(flag.stdout).toContain('\n::error title=BAD_VALUE::`nope` does not name a provider');
});
