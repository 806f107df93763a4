import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync, existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { ResultRecord } from '../../src/results/record.ts';
import { checkRecordLine } from '../support/check-schema.ts';

const BIN = resolve('dist/cli/bin.js');

/** A folder with a manifest of numbered tasks, and the results of running it. */
export interface Volley {
  readonly cwd: string;
  readonly results: string;
  readonly tasks: number;
  /** Starts `volley run` with further flags; `wrap` is a line of bash that runs `"$@"`. */
  start(flags: readonly string[], wrap?: string): Running;
  /** The results file as it is now. */
  read(): ResultsNow;
  /** Names in the folder that no run should leave behind. */
  leftovers(): readonly string[];
  remove(): void;
}

export interface Running {
  readonly pid: number;
  kill(signal: NodeJS.Signals): void;
  /** Called with each event of `--progress json`. */
  onEvent(listener: (event: Record<string, unknown>) => void): void;
  /** Resolves when it first says that it is running, as it does under `--progress plain`. */
  readonly started: Promise<void>;
  readonly end: Promise<Ended>;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
  /** From the first signal to the end; 0 without one. */
  readonly endedAfterMs: number;
}

export interface ResultsNow {
  readonly records: readonly ResultRecord[];
  /** What follows the last whole line. */
  readonly tornEnd: string;
}

/** `firstTask` numbers the tasks, so that volleys on one server do not share any. */
export function newVolley(options: {
  readonly url: string;
  readonly tasks: number;
  readonly firstTask?: number;
  readonly concurrency: number;
  readonly folder?: string;
}): Volley {
  const { url, tasks, firstTask = 0, concurrency } = options;
  const cwd = options.folder ?? mkdtempSync(join(tmpdir(), 'volley-torture-'));
  const results = join(cwd, 'out.jsonl');
  writeFileSync(join(cwd, 'volley.yaml'), manifest(url, concurrency));
  writeRows(join(cwd, 'rows.txt'), firstTask, tasks);
  return {
    cwd,
    results,
    tasks,
    start(flags, wrap) {
      const args = ['run', 'volley.yaml', ...flags];
      return start(
        wrap === undefined
          ? [process.execPath, BIN, ...args]
          : ['bash', '-c', wrap, 'bash', process.execPath, BIN, ...args],
        { cwd, VOLLEY_ALLOW_HOSTS: new URL(url).host },
      );
    },
    read: () => readResults(results),
    leftovers: () =>
      readdirSync(cwd).filter(
        (name) => !/^(\.cache|volley\.yaml|rows\.txt|out\.jsonl(\.volley)?)$/.test(name),
      ),
    remove: () => rmSync(cwd, { recursive: true, force: true }),
  };
}

function manifest(url: string, concurrency: number): string {
  return JSON.stringify({
    defaults: { model: 'local/small' },
    providers: {
      local: { type: 'openai', api: 'chat', base_url: url, limits: { concurrency } },
    },
    tasks: [{ id: 't', for_each: { file: 'rows.txt' }, prompt: 'Task {{ item }}, please.' }],
  });
}

function writeRows(file: string, first: number, count: number): void {
  const rows = Array.from({ length: count }, (_, at) => `${first + at}\n`);
  writeFileSync(file, rows.join(''));
}

/** In CI, a resume uses only what it knows to be its own. */
const SEALED = { VOLLEY_SEAL_KEY: 'torture'.repeat(8) };

function start(
  [program = '', ...args]: readonly string[],
  { cwd, ...bound }: { readonly cwd: string; readonly VOLLEY_ALLOW_HOSTS: string },
): Running {
  const child = spawn(program, args, {
    cwd,
    // Its home is the folder that it works in, so that what it learns about limits does not affect
    // another run's start.
    env: { PATH: process.env['PATH'] ?? '', HOME: cwd, CI: 'true', ...SEALED, ...bound },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const listeners: Array<(event: Record<string, unknown>) => void> = [];
  let stderr = '';
  let line = '';
  let signaledMs = 0;
  const started = Promise.withResolvers<void>();
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-KEPT_STDERR);
    line += text;
    if (/^Running /m.test(text)) started.resolve();
    const lines = line.split('\n');
    line = lines.pop() ?? '';
    for (const whole of lines) {
      if (!whole.startsWith('{')) continue;
      const event: Record<string, unknown> = JSON.parse(whole);
      for (const listener of listeners) listener(event);
    }
  });
  return {
    pid: child.pid ?? 0,
    kill(signal) {
      signaledMs ||= performance.now();
      child.kill(signal);
    },
    onEvent: (listener) => void listeners.push(listener),
    started: started.promise,
    end: new Promise((done, fail) => {
      child.on('error', fail);
      child.on('close', (code, signal) => {
        const endedAfterMs = signaledMs === 0 ? 0 : performance.now() - signaledMs;
        done({ code, signal, stderr, endedAfterMs });
      });
    }),
  };
}

const KEPT_STDERR = 100_000;

/** Throws if a whole line is not a record. */
function readResults(file: string): ResultsNow {
  if (!existsSync(file)) return { records: [], tornEnd: '' };
  const lines = readFileSync(file, 'utf8').split('\n');
  const tornEnd = lines.pop() ?? '';
  return { records: lines.map(checkRecordLine), tornEnd };
}

/** The numbers of the tasks whose answer is in the file. */
export function answeredTasks({ records }: ResultsNow): ReadonlySet<number> {
  return new Set(
    records.flatMap(({ status, output }) =>
      status === 'succeeded' && typeof output === 'string' ? [Number.parseInt(output, 10)] : [],
    ),
  );
}
