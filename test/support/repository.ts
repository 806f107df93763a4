import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { folder } from './cli.ts';

export type Files = Readonly<Record<string, string>>;

export interface Repository {
  readonly path: string;
  /** Runs git in the repository and returns its output. */
  readonly git: (...args: readonly string[]) => string;
  readonly write: (files: Files) => void;
  readonly remove: (...names: readonly string[]) => void;
  readonly commit: (message?: string) => string;
  /** Replaces all files with these. */
  readonly replace: (files: Files) => void;
}

/**
 * A repository with one commit of these files, on the branch `main`. Git uses only the repository's
 * own configuration.
 */
export function repository(files: Files): Repository {
  const path = folder();
  const git = (...args: readonly string[]): string =>
    execFileSync('git', args, {
      cwd: path,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      env: {
        PATH: process.env['PATH'] ?? '',
        HOME: path,
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_CONFIG_GLOBAL: '/dev/null',
        GIT_AUTHOR_NAME: 'test',
        GIT_AUTHOR_EMAIL: 'test@example.com',
        GIT_COMMITTER_NAME: 'test',
        GIT_COMMITTER_EMAIL: 'test@example.com',
      },
    }).trim();
  const write = (written: Files): void => {
    for (const [name, text] of Object.entries(written)) {
      mkdirSync(dirname(join(path, name)), { recursive: true });
      writeFileSync(join(path, name), text);
    }
  };
  const remove = (...names: readonly string[]): void => {
    for (const name of names) rmSync(join(path, name), { recursive: true, force: true });
  };
  const commit = (message = 'change'): string => {
    git('add', '--all');
    git('commit', '--quiet', '--allow-empty', '--message', message);
    return git('rev-parse', 'HEAD');
  };
  git('init', '--quiet', '--initial-branch', 'main');
  write(files);
  commit('base');
  return {
    path,
    git,
    write,
    remove,
    commit,
    replace(others) {
      remove(...readdirSync(path).filter((name) => name !== '.git'));
      write(others);
    },
  };
}
