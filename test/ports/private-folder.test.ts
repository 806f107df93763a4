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

describe.skipIf(process.platform === 'win32')('a cache folder', () => {
  test.each<[string, (top: string, cache: string) => void, string | undefined]>([
    ['is trusted if it is private', () => undefined, undefined],
    [
      'is not trusted if others can write to it',
      (_, cache) => chmodSync(cache, 0o777),
      'others can write to it',
    ],
    [
      'is not trusted if its group can write to it',
      (_, cache) => chmodSync(cache, 0o770),
      'others can write to it',
    ],
    [
      'is not trusted if others can write to a file in it',
      (_, cache) => chmodSync(join(cache, 'limits.json'), 0o666),
      'others can write to it',
    ],
    [
      'is not trusted if others can write to its parent',
      (top) => chmodSync(join(top, 'cache'), 0o777),
      'others can write to `TOP/cache`',
    ],
    [
      'is trusted if its parent is shared in the way that /tmp is',
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
    'is not trusted if %s belongs to another user',
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
