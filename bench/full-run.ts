import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from './clients/client.ts';
import type { Installed } from './install.ts';
import { startClient, type Usage } from './measure/client-process.ts';
import { startServer, type ServerProcess } from './measure/server-process.ts';
import { writeRows } from './work.ts';

export interface FullRunOptions {
  readonly tasks: number;
  /** After this time, a client is stopped and counts as not finished. */
  readonly atMostMs: number;
  readonly installed: Installed;
}

/** Runs a client to its end against a server that limits nothing and answers immediately. */
export async function runToEnd(
  client: Client,
  { tasks, atMostMs, installed }: FullRunOptions,
): Promise<{ readonly finished: boolean; readonly usage: Usage }> {
  const folder = mkdtempSync(join(tmpdir(), 'volley-bench-run-'));
  const server = await freeServer();
  try {
    const rowsFile = join(folder, 'rows.jsonl');
    await writeRows(rowsFile, tasks);
    const { origin } = server;
    const job = { folder, rowsFile, origin, wire: 'chat', requestsPerSecond: undefined } as const;
    const running = startClient(await client.prepare(job, installed), folder);
    const timer = setTimeout(() => void running.stop(), Math.min(atMostMs, LONGEST_TIMER_MS));
    const { code } = await running.ended;
    clearTimeout(timer);
    const usage = running.usage();
    if (!usage || (code !== 0 && code !== null)) {
      throw new Error(`${client.name} ended with ${code}: ${running.tail()}`);
    }
    return { finished: code === 0, usage };
  } finally {
    server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** A server that limits nothing and answers immediately. */
export function freeServer(): Promise<ServerProcess> {
  return startServer({
    wire: 'chat',
    latency: { medianMs: 0, sigma: 0 },
    buckets: [],
    announces: false,
    retryAfter: false,
    windowMs: 1_000,
    steadyFromMs: 0,
    seed: 1,
  });
}
