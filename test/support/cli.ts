import { spawn } from 'node:child_process';
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { onTestFinished } from 'vitest';
import type { ResultRecord } from '../../src/results/record.ts';
import { ensureBuilt } from './build.ts';
import { CANARIES, leaksBelow, leaksIn, watchedStream, type Leak } from './canary.ts';
import { checkRecordLine } from './check-schema.ts';
import { boundHosts } from './server.ts';
import { runWarm } from './warm.ts';

export const BIN = resolve('dist/cli/bin.js');
/** One for all, so that a later run of a test knows the answers of an earlier one for its own. */
const STATE = resolve('node_modules/.cache/volley-test/state');
const COMPILED = resolve('node_modules/.cache/volley-test/compiled');

export interface CliResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** Whether this process's open servers may be sent the test's own keys. Default: true. */
  readonly bindsServers?: boolean;
  /** Takes the secrets that got out, in the place of a failure: for tests of the sweep itself. */
  readonly leaks?: Leak[];
}

/**
 * Runs the built command with an environment of its own: no key of this machine reaches it. It has a
 * process of its own only where variables steer Node.
 */
export async function volley(
  args: readonly string[],
  options: CliOptions = {},
): Promise<CliResult> {
  const { cwd = process.cwd(), stdin = '', env = {} } = options;
  const isNodes = Object.keys(env).some((name) => /^(?:NODE|SSL|UV|LD)_/.test(name));
  if (isNodes) return ended(startVolley(args, options), stdin);
  ensureBuilt();
  const result = await runWarm({ bin: BIN, args, cwd, env: environment(options), stdin });
  const found = (['stdout', 'stderr'] as const).flatMap((name) => {
    const secrets = leaksIn(result[name]);
    return secrets.length === 0 ? [] : [{ where: `${name} of volley ${args.join(' ')}`, secrets }];
  });
  report(found, options.leaks);
  return result;
}

/** Starts the built command and leaves its streams and signals to the test. */
export function startVolley(args: readonly string[], options: CliOptions = {}) {
  return start(process.execPath, [BIN, ...args], options);
}

/**
 * Runs a line of bash in which `volley` is the built command. Bash is not needed, and not started, for
 * `volley` with words that it would only split and unquote.
 */
export function shell(line: string, options: CliOptions = {}): Promise<CliResult> {
  if (PLAIN.test(line)) return volley(wordsOf(line).slice(1), options);
  const define = `volley() { '${process.execPath}' '${BIN}' "$@"; }`;
  return ended(start('bash', ['-c', `${define}\n${line}`], options), options.stdin ?? '');
}

const PLAIN = /^volley(?: (?:[\w./=:@%+,-]+|'[^']*'|"[^"$`\\]*"))*$/;

function wordsOf(line: string): readonly string[] {
  const words = line.match(/'[^']*'|"[^"]*"|[^\s'"]+/g) ?? [];
  return words.map((word) => word.replace(/^(['"])(.*)\1$/, '$2'));
}

type Child = ReturnType<typeof start>;

function start(program: string, args: readonly string[], options: CliOptions) {
  ensureBuilt();
  const child = spawn(program, args, {
    cwd: options.cwd ?? process.cwd(),
    env: environment(options),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  // A command that leaves without reading its input does not fail the test.
  child.stdin.on('error', () => undefined);
  const watched = [
    watchedStream(child.stdout, `stdout of ${program} ${args.join(' ')}`),
    watchedStream(child.stderr, `stderr of ${program} ${args.join(' ')}`),
  ];
  onTestFinished(() => {
    child.kill('SIGKILL');
    report(
      watched.flatMap((leaks) => leaks()),
      options.leaks,
    );
  });
  return child;
}

function environment(options: CliOptions): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: tmpdir(),
    // A cache of its own: what one test learns about limits is nobody else's start.
    XDG_CACHE_HOME: folder(),
    XDG_STATE_HOME: STATE,
    NODE_COMPILE_CACHE: COMPILED,
    ...options.env,
    ...allowedHosts(options),
    ...CANARIES,
  };
}

/** What no test may let out: see `canary.ts`. */
function report(found: readonly Leak[], leaks: Leak[] | undefined): void {
  if (leaks) leaks.push(...found);
  else if (found.length > 0) throw new Error(`secrets got out: ${JSON.stringify(found)}`);
}

/** Binds the open servers to the test's own keys; those of ready-made providers stay unbound. */
function allowedHosts({ env = {}, bindsServers = true }: CliOptions): Record<string, string> {
  if (!bindsServers) return {};
  const keys = Object.keys(env).filter((name) => /(?<!_API)_KEY$/.test(name));
  const entries = [env['VOLLEY_ALLOW_HOSTS'] ?? '', boundHosts(keys)];
  return { VOLLEY_ALLOW_HOSTS: entries.filter((entry) => entry !== '').join(',') };
}

/** Collects what a started command says until it ends. */
export function ended(child: Child, stdin = ''): Promise<CliResult> {
  return new Promise((done, fail) => {
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.stdin.end(stdin);
    child.on('error', fail);
    child.on('close', (code, signal) => done({ code, signal, stdout, stderr }));
  });
}

/** The records in a text of JSONL, each held against the schema; throws for anything else in it. */
export function recordsIn(jsonl: string): readonly ResultRecord[] {
  if (jsonl !== '' && !jsonl.endsWith('\n')) throw new Error('the last line has no end');
  return jsonl.split('\n').slice(0, -1).map(checkRecordLine);
}

/** A folder with these files in it, removed when the test ends. */
export function folder(
  files: Readonly<Record<string, string>> = {},
  { leaks }: Pick<CliOptions, 'leaks'> = {},
): string {
  const path = mkdtempSync(join(tmpdir(), 'volley-test-'));
  onTestFinished(() => {
    try {
      report(leaksBelow(path), leaks);
    } finally {
      rmSync(path, { recursive: true, force: true });
    }
  });
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), text);
  }
  return path;
}
