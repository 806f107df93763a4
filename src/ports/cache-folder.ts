import { isAbsolute, join } from 'node:path';
import type { Environment } from './environment.ts';

/**
 * Where this user's programs keep what they can do without: `$XDG_CACHE_HOME`, else what the system
 * has for it. Undefined when the environment names no such place; relative paths count as absent.
 */
export function cacheFolder(
  environment: Environment,
  platform: NodeJS.Platform,
): string | undefined {
  const named = (variable: string, ...below: readonly string[]): string | undefined => {
    const folder = environment[variable];
    return folder !== undefined && isAbsolute(folder) ? join(folder, ...below) : undefined;
  };
  const own =
    platform === 'win32'
      ? (named('LOCALAPPDATA', 'volley', 'Cache') ??
        named('USERPROFILE', 'AppData', 'Local', 'volley', 'Cache'))
      : platform === 'darwin'
        ? named('HOME', 'Library', 'Caches', 'volley')
        : named('HOME', '.cache', 'volley');
  return named('XDG_CACHE_HOME', 'volley') ?? own;
}
