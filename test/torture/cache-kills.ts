import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from '../../src/ports/random.ts';
import type { ResultRecord } from '../../src/results/record.ts';
import { startServer } from '../support/server.ts';
import { promptOf } from '../support/wires.ts';
import { newVolley, type Running } from './volley.ts';

export interface CacheKillFigures {
  readonly kills: number;
  readonly requests: number;
  readonly violations: readonly string[];
}

/**
 * Several processes share one response cache. Each has its own part of the tasks and its own
 * results files. They are killed at random and restarted until all tasks are answered.
 */
export async function tortureCacheByKills({
  processes,
  kills,
  tasks,
  concurrency,
  seed,
}: {
  readonly processes: number;
  readonly kills: number;
  readonly tasks: number;
  readonly concurrency: number;
  readonly seed: number;
}): Promise<CacheKillFigures> {
  const random = seededRandom(seed);
  const folder = mkdtempSync(join(tmpdir(), 'volley-cache-'));
  const server = await startServer({ latencyMs: 40 });
  const volley = newVolley({ url: server.openaiUrl, tasks, concurrency, folder });
  // Eight processes run at once on a busy machine, and how long templates take does not matter
  // here.
  const cache = ['--response-cache', 'cache', '--max-work', '10m'];
  const violations: string[] = [];
  let killed = 0;
  let round = 0;

  async function runPart(part: number): Promise<void> {
    for (;;) {
      round += 1;
      const output = ['-o', `part-${part}-${round}.jsonl`, '--progress', 'json'];
      const running = volley.start([...cache, '--shard', `${part}/${processes}`, ...output]);
      const isKilled = killed < kills && killLater(running);
      const { code, signal, stderr } = await running.end;
      if (signal === 'SIGKILL' && isKilled) continue;
      if (code !== 0) violations.push(`part ${part} ended with ${code}: ${stderr.slice(-500)}`);
      return;
    }
  }

  /** Kills a process after some of its answers, so that there is something to lose. */
  function killLater(running: Running): boolean {
    killed += 1;
    let left = Math.floor(random() * 12);
    running.onEvent(({ type }) => {
      if (type === 'task_finished' && left-- === 0) running.kill('SIGKILL');
    });
    return true;
  }

  try {
    await Promise.all(Array.from({ length: processes }, (_, at) => runPart(at + 1)));
    const { requests } = server;
    const most = tasks + killed * concurrency;
    if (requests.length > most) {
      violations.push(
        `${requests.length} requests, more than ${tasks} and ${concurrency} per kill`,
      );
    }
    const sent = new Set(requests.map(promptOf));
    if (sent.size !== tasks) violations.push(`${sent.size} of ${tasks} prompts were sent`);
    // For each record that any process wrote, the complete answer is in the cache, so nothing is
    // sent again.
    const frozen = volley.start([...cache, '--frozen', '-o', 'all.jsonl']);
    const { code, stderr } = await frozen.end;
    if (code !== 0) violations.push(`not all is in the cache: ${code} ${stderr.slice(-500)}`);
    const all = recordsOf(join(folder, 'all.jsonl'));
    const outputs = new Map(all.map(({ fingerprint, output }) => [fingerprint, output]));
    for (const name of readdirSync(folder).filter(
      (each) => each.startsWith('part-') && each.endsWith('.jsonl'),
    )) {
      for (const { id, fingerprint, output } of recordsOf(join(folder, name))) {
        if (outputs.get(fingerprint) !== output)
          violations.push(`${id} in ${name} is not as cached`);
      }
    }
    if (server.requests.length !== requests.length) violations.push('a frozen run sent something');
    return { kills: killed, requests: requests.length, violations };
  } finally {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The records in whole lines: a kill may leave a torn one. */
function recordsOf(file: string): readonly ResultRecord[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line): ResultRecord => JSON.parse(line));
}
