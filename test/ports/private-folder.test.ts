import { chmodSync, chownSync, mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { distrustOf } from '../../src/ports/system-private-folder.ts';
import { folder } from '../support/cli.ts';

const FILES = ['limits.json'];

function cacheIn(top: string): string {
  const cache = join(top, 'cache/volley');
  mkdirSync(cache, { recursive: true, mode: 0o700 });
  writeFileSync(join(cache, 'limits.json'), '{}', { mode: 0o600 });
  return cache;
}

const isRoot = process.getuid?.() === 0;

describe.skipIf(process.platform === 'win32')('a folder that others can write to', () => {
  test.each<[string, (top: string, cache: string) => void, string | undefined]>([
    ['which is private', () => undefined, undefined],
    ['which others can write to', (_, cache) => chmodSync(cache, 0o777), 'others can write to it'],
    [
      'which its group can write to',
      (_, cache) => chmodSync(cache, 0o770),
      'others can write to it',
    ],
    [
      'with a file that others can write to',
      (_, cache) => chmodSync(join(cache, 'limits.json'), 0o666),
      'others can write to it',
    ],
    [
      'below one that others can write to',
      (top) => chmodSync(join(top, 'cache'), 0o777),
      'others can write to `TOP/cache`',
    ],
    [
      'below one that is shared as /tmp is',
      (top) => chmodSync(join(top, 'cache'), 0o1777),
      undefined,
    ],
  ])('%s', async (_, change, expected) => {
    const top = realpathSync(folder());
    const cache = cacheIn(top);
    change(top, cache);
    const within = [join(top, 'project')];
    expect(await distrustOf(cache, { within, files: FILES })).toBe(expected?.replace('TOP', top));
  });

  test.runIf(isRoot).each(['cache', 'cache/volley', 'cache/volley/limits.json'])(
    'is not trusted where %s belongs to another user',
    async (path) => {
      const top = realpathSync(folder());
      const cache = cacheIn(top);
      chownSync(join(top, path), 65534, 65534);
      const found = await distrustOf(cache, { within: [join(top, 'project')], files: FILES });
      expect(found).toMatch(/belongs to another user$/);
    },
  );

  test('is not trusted inside the project, under any name', async () => {
    const top = realpathSync(folder());
    const cache = cacheIn(top);
    const inside = 'it is inside the project';
    expect(await distrustOf(cache, { within: [top], files: FILES })).toBe(inside);
    expect(await distrustOf(join(top, 'not/yet'), { within: [top], files: FILES })).toBe(inside);
    const elsewhere = realpathSync(folder());
    symlinkSync(join(top, 'later'), join(elsewhere, 'link'));
    const link = join(elsewhere, 'link');
    expect(await distrustOf(link, { within: [top], files: FILES })).toBe(inside);
  });
});
