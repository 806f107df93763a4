import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { freeServer } from './full-run.ts';
import { shown, spreadOf } from './report/statistics.ts';
import { markdownTable } from './report/table.ts';

const BIN = resolve(import.meta.dirname, '../dist/cli/bin.js');

/**
 * Compares whole processes with `node -e 0`, in turn, so that a machine that slows down slows both.
 * Measures wall time; what counts is the ratio within a pair.
 */
export async function startupTable(pairs: number): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'volley-bench-run-'));
  const server = await freeServer();
  try {
    const manifest = {
      defaults: { model: 'bench/bench', max_tokens: 100 },
      providers: {
        bench: { type: 'openai', base_url: `${server.origin}/v1`, api_key_env: 'BENCH_KEY' },
      },
      tasks: ['one', 'two', 'three'],
    };
    writeFileSync(join(folder, 'volley.yaml'), JSON.stringify(manifest));
    const commands = [
      '--version',
      '--help',
      'run --help',
      'validate volley.yaml',
      'run volley.yaml',
    ];
    const rows = commands.map((command) => [
      `volley ${command}`,
      ...measured(command.split(' '), { folder, pairs, host: new URL(server.origin).host }),
    ]);
    return markdownTable(['command', 'wall, ms', '`node -e 0`, ms', 'ratio'], rows);
  } finally {
    server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function measured(
  args: readonly string[],
  {
    folder,
    pairs,
    host,
  }: { readonly folder: string; readonly pairs: number; readonly host: string },
): readonly string[] {
  const volleyMs: number[] = [];
  const nodeMs: number[] = [];
  const ratios: number[] = [];
  for (let pair = 0; pair <= pairs; pair += 1) {
    const own = wallMs([BIN, ...args], { folder, host });
    const bare = wallMs(['-e', '0'], { folder, host });
    // The first pair only fills the system's caches.
    if (pair === 0) continue;
    volleyMs.push(own);
    nodeMs.push(bare);
    ratios.push(own / bare);
  }
  return [shown(spreadOf(volleyMs)), shown(spreadOf(nodeMs)), shown(spreadOf(ratios), 2)];
}

function wallMs(
  args: readonly string[],
  { folder, host }: { readonly folder: string; readonly host: string },
): number {
  const fromMs = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, {
    cwd: folder,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: folder,
      BENCH_KEY: 'bench',
      VOLLEY_ALLOW_HOSTS: `${host}=BENCH_KEY`,
    },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}: ${stderr}`);
  return performance.now() - fromMs;
}
