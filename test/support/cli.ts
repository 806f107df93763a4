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
/** Shared, so that a later command recognizes the answers of an earlier one as its own. */
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
  /**
   * Whether the test's own keys may be sent to the servers that are open in this process. Default:
   * true.
   */
  readonly bindsServers?: boolean;
  /** Receives leaked secrets instead of failing: for tests of the search for leaks itself. */
  readonly leaks?: Leak[];
}

/**
 * Runs the built command with its own environment, so no key of this machine reaches it. It gets
 * its own process only if variables affect Node.
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
 * Runs a line of bash in which `volley` is the built command. If the line is just `volley` with
 * words that bash would only split and unquote, bash is neither required nor started.
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
  // A command that ends without reading its input does not fail the test.
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
    // Each test has its own cache: what it learns about limits does not affect other tests.
    XDG_CACHE_HOME: folder(),
    XDG_STATE_HOME: STATE,
    NODE_COMPILE_CACHE: COMPILED,
    ...options.env,
    ...allowedHosts(options),
    ...CANARIES,
  };
}

/** Reports secrets that no test may leak: see `canary.ts`. */
function report(found: readonly Leak[], leaks: Leak[] | undefined): void {
  if (leaks) leaks.push(...found);
  else if (found.length > 0) throw new Error(`secrets got out: ${JSON.stringify(found)}`);
}

/** Binds the open servers to the test's own keys, but not to those of ready-made providers. */
function allowedHosts({ env = {}, bindsServers = true }: CliOptions): Record<string, string> {
  if (!bindsServers) return {};
  const keys = Object.keys(env).filter((name) => /(?<!_API)_KEY$/.test(name));
  const entries = [env['VOLLEY_ALLOW_HOSTS'] ?? '', boundHosts(keys)];
  return { VOLLEY_ALLOW_HOSTS: entries.filter((entry) => entry !== '').join(',') };
}

/** Collects the output of a started command until it ends. */
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

/**
 * The records in JSONL text, each checked against the schema. Throws for anything else in the text.
 */
export function recordsIn(jsonl: string): readonly ResultRecord[] {
  if (jsonl !== '' && !jsonl.endsWith('\n')) throw new Error('the last line has no end');
  return jsonl.split('\n').slice(0, -1).map(checkRecordLine);
}

/** Creates a folder with these files, which is removed when the test ends. */
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
