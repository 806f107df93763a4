import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { constants } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import type { Environment } from './environment.ts';
import { isInside } from './system-inside-root.ts';

/** Runs git on one repository, which is not trusted: nothing in its configuration is run. */
export interface Git {
  /** Runs a command and waits until it ends. */
  run(args: readonly string[]): Promise<GitOutcome>;
  /** Starts a command whose output is streamed. */
  start(args: readonly string[]): ChildProcess;
}

export interface GitOutcome {
  readonly ok: boolean;
  readonly stdout: Buffer;
}

const LIMITS = {
  encoding: 'buffer',
  /** A repository can contain pipes that nobody writes to. */
  timeout: 60_000,
  /** Enough for the names of a million files. */
  maxBuffer: 256 * 1024 * 1024,
  killSignal: 'SIGKILL',
} as const;

/** Undefined if git is not installed. Never uses a `git` in the repository itself. */
export async function openGit(root: string, environment: Environment): Promise<Git | undefined> {
  const program = await findGit(root, environment);
  if (program === undefined) return undefined;
  const options = {
    cwd: root,
    env: { ...FIXED_ENVIRONMENT, GIT_DIR: join(root, '.git'), GIT_WORK_TREE: root },
    windowsHide: true,
  };
  return {
    start: (args) =>
      spawn(program, [...FIXED_ARGUMENTS, ...args], {
        ...options,
        stdio: ['pipe', 'pipe', 'ignore'],
      }),
    run: (args) =>
      new Promise((resolve) => {
        const child = execFile(
          program,
          [...FIXED_ARGUMENTS, ...args],
          { ...options, ...LIMITS },
          (error, stdout) => resolve({ ok: error === null, stdout }),
        );
        child.stdin?.on('error', () => undefined).end();
      }),
  };
}

/**
 * Turns off everything in a repository's configuration that could run a program or ask for input.
 */
const FIXED_ARGUMENTS = [
  '--no-pager',
  '--literal-pathspecs',
  '--no-replace-objects',
  ...[
    'core.fsmonitor=false',
    'core.hooksPath=/dev/null',
    'core.attributesFile=/dev/null',
    'core.sshCommand=false',
    'core.alternateRefsCommand=false',
    'core.askPass=false',
    'credential.helper=',
    'diff.external=',
    'protocol.allow=never',
    'gc.auto=0',
    'maintenance.auto=false',
  ].flatMap((setting) => ['-c', setting]),
];

/**
 * Git's whole environment. All protocols are off, so that git does not fetch the missing objects of
 * a partial clone: that would run commands from the repository's configuration.
 */
const FIXED_ENVIRONMENT: Environment = {
  LC_ALL: 'C',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_ATTR_NOSYSTEM: '1',
  GIT_ALLOW_PROTOCOL: 'none',
  GIT_NO_LAZY_FETCH: '1',
  GIT_NO_REPLACE_OBJECTS: '1',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_TERMINAL_PROMPT: '0',
};

async function findGit(root: string, environment: Environment): Promise<string | undefined> {
  const names = process.platform === 'win32' ? ['git.exe'] : ['git'];
  const path = environment['PATH'] ?? environment['Path'] ?? '';
  for (const folder of path.split(delimiter)) {
    if (!isAbsolute(folder)) continue;
    for (const name of names) {
      const file = join(folder, name);
      const real = await executable(file);
      if (real !== undefined && !isInside(real, [root]) && !isInside(file, [root])) return file;
    }
  }
  return undefined;
}

async function executable(file: string): Promise<string | undefined> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile() ? await realpath(file) : undefined;
  } catch {
    return undefined;
  }
}
