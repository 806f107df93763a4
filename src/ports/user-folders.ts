import { isAbsolute, join } from 'node:path';
import type { Environment } from './environment.ts';

/**
 * The folder for files that programs can do without: `$XDG_CACHE_HOME`, or the system's usual
 * place.
 */
export function cacheFolder(
  environment: Environment,
  platform: NodeJS.Platform,
): string | undefined {
  const usual: Usual = {
    win32: [
      ['LOCALAPPDATA', 'volley', 'Cache'],
      ['USERPROFILE', 'AppData', 'Local', 'volley', 'Cache'],
    ],
    darwin: [['HOME', 'Library', 'Caches', 'volley']],
    other: [['HOME', '.cache', 'volley']],
  };
  return folderIn(environment, [['XDG_CACHE_HOME', 'volley'], ...usualOn(platform, usual)]);
}

/** The folder for files that must not be lost: `$XDG_STATE_HOME`, or the system's usual place. */
export function stateFolder(
  environment: Environment,
  platform: NodeJS.Platform,
): string | undefined {
  const usual: Usual = {
    win32: [['LOCALAPPDATA', 'volley', 'State']],
    darwin: [['HOME', 'Library', 'Application Support', 'volley']],
    other: [['HOME', '.local', 'state', 'volley']],
  };
  return folderIn(environment, [['XDG_STATE_HOME', 'volley'], ...usualOn(platform, usual)]);
}

/** An environment variable with a folder, and the subfolders below it. */
type Place = readonly [variable: string, ...below: readonly string[]];
type Usual = Readonly<Record<'win32' | 'darwin' | 'other', readonly Place[]>>;

function usualOn(platform: NodeJS.Platform, usual: Usual): readonly Place[] {
  return usual[platform === 'win32' || platform === 'darwin' ? platform : 'other'];
}

/** The first place whose variable is set; relative paths count as unset. */
function folderIn(environment: Environment, places: readonly Place[]): string | undefined {
  for (const [variable, ...below] of places) {
    const folder = environment[variable];
    if (folder !== undefined && isAbsolute(folder)) return join(folder, ...below);
  }
  return undefined;
}
