import { describe, expect, it } from 'vitest';
import { cacheFolder } from '../../src/ports/user-folders.ts';

describe.skipIf(process.platform === 'win32')('the cache folder', () => {
  it.each([
    ['linux', { HOME: '/home/ada' }, '/home/ada/.cache/volley'],
    ['linux', { HOME: '/home/ada', XDG_CACHE_HOME: '/tmp/cache' }, '/tmp/cache/volley'],
    ['linux', { HOME: '/home/ada', XDG_CACHE_HOME: 'cache' }, '/home/ada/.cache/volley'],
    ['linux', { HOME: '/home/ada', XDG_CACHE_HOME: '' }, '/home/ada/.cache/volley'],
    ['linux', { HOME: 'ada' }, undefined],
    ['linux', {}, undefined],
    ['darwin', { HOME: '/Users/ada' }, '/Users/ada/Library/Caches/volley'],
    ['darwin', { HOME: '/Users/ada', XDG_CACHE_HOME: '/tmp/cache' }, '/tmp/cache/volley'],
    ['win32', { LOCALAPPDATA: '/local' }, '/local/volley/Cache'],
    ['win32', { USERPROFILE: '/ada' }, '/ada/AppData/Local/volley/Cache'],
    ['win32', { HOME: '/home/ada' }, undefined],
  ] as const)('on %s with %j is %s', (platform, environment, folder) => {
    expect(cacheFolder(environment, platform)).toBe(folder);
  });
});
