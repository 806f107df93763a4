import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from '../clients/client.ts';
import { pause } from '../pause.ts';

/** What a process has used since it started. */
export interface Usage {
  /** User and system CPU time of all its threads. */
  readonly cpuMs: number;
  readonly peakMiB: number;
  readonly wallMs: number;
}

export interface ClientProcess {
  /** Resolves when the process has ended by itself or was stopped. */
  readonly ended: Promise<{ readonly code: number | null }>;
  /** The end of its output, for messages. */
  tail(): string;
  /** Reads its usage, then kills it. */
  stop(): Promise<Usage | undefined>;
  /** Kills it like `kill -9`. */
  kill(): void;
  /** Its usage once it has ended; undefined if it could not report any. */
  usage(): Usage | undefined;
}

const PRELOAD = resolve(import.meta.dirname, 'usage-preload.mjs');
const TAIL_CHARACTERS = 2_000;
const TELL_WITHIN_MS = 3_000;

/** Starts a client that is measured, with its own environment. `folder` is its home. */
export function startClient(command: Command, folder: string): ClientProcess {
  const usageFile = join(folder, 'usage.json');
  rmSync(usageFile, { force: true });
  const child = spawn(process.execPath, command.args, {
    cwd: folder,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: folder,
      XDG_CACHE_HOME: join(folder, 'cache'),
      NODE_OPTIONS: `--import ${PRELOAD}`,
      BENCH_USAGE: usageFile,
      ...command.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  const keep = (chunk: Buffer): void => {
    text = (text + chunk.toString()).slice(-TAIL_CHARACTERS);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  let isOver = false;
  const ended = new Promise<{ readonly code: number | null }>((done, fail) => {
    child.once('error', fail);
    child.once('close', (code) => {
      isOver = true;
      done({ code });
    });
  });

  function usage(): Usage | undefined {
    try {
      const told: Usage = JSON.parse(readFileSync(usageFile, 'utf8'));
      return told;
    } catch {
      return undefined;
    }
  }

  async function stop(): Promise<Usage | undefined> {
    if (isOver) return usage();
    child.kill('SIGUSR2');
    for (let waitedMs = 0; usage() === undefined && waitedMs < TELL_WITHIN_MS; waitedMs += 20) {
      await pause(20);
    }
    child.kill('SIGKILL');
    await ended;
    return usage();
  }

  return { ended, tail: () => text, stop, kill: () => void child.kill('SIGKILL'), usage };
}
