import { isAbsolute, join } from 'node:path';
import type { Environment } from './environment.ts';

/**
 * Where this user's programs keep what must not get lost: `$XDG_STATE_HOME`, else what the system has for
 * it. Undefined when the environment names no such folder; relative paths count as absent.
 */
export function stateFolder(
  environment: Environment,
  platform: NodeJS.Platform,
): string | undefined {
  const below = (variable: string, ...names: readonly string[]): string | undefined => {
    const folder = environment[variable];
    return folder !== undefined && isAbsolute(folder) ? join(folder, ...names) : undefined;
  };
  const own =
    platform === 'win32'
      ? below('LOCALAPPDATA', 'volley', 'State')
      : platform === 'darwin'
        ? below('HOME', 'Library', 'Application Support', 'volley')
        : below('HOME', '.local', 'state', 'volley');
  return below('XDG_STATE_HOME', 'volley') ?? own;
}
