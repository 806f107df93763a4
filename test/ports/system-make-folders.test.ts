import { existsSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeFolders } from '../../src/ports/system-make-folders.ts';
import { folder } from '../support/cli.ts';

test('missing folders are created for this user only, and returned, outermost first', async () => {
  const cwd = folder();
  const made = [join(cwd, 'a'), join(cwd, 'a/b'), join(cwd, 'a/b/c')];
  expect(await makeFolders(join(cwd, 'a/b/c'))).toEqual(made);
  expect(made.map((each) => statSync(each).mode & 0o777)).toEqual([0o700, 0o700, 0o700]);
  expect(await makeFolders(join(cwd, 'a/b/c'))).toEqual([]);
});

test('two calls that create the same folders at once do not interfere', async () => {
  const deep = join(folder(), 'a/b/c/d');
  await Promise.all(Array.from({ length: 8 }, () => makeFolders(deep)));
  expect(statSync(deep).isDirectory()).toBe(true);
});

test('something that is not a folder is kept, and is reported', async () => {
  const cwd = folder();
  writeFileSync(join(cwd, 'file'), 'precious');
  symlinkSync('nowhere', join(cwd, 'link'));
  for (const path of ['file', 'file/a', 'file/a/b', 'link', 'link/a']) {
    await expect(makeFolders(join(cwd, path)), path).rejects.toMatchObject({ code: 'ENOTDIR' });
  }
});

test.skipIf(!existsSync('/proc/self'))('a folder below /proc fails with a message', async () => {
  await expect(makeFolders('/proc/nope/deep')).rejects.toThrow(
    'no folder can be created in `/proc`',
  );
});
