/**
 * Draws the picture in the README: runs the built command on mocks in a tmux terminal, and writes
 * what was on the screen to docs/pictures/run.svg. `npm run picture`.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { framesSvg } from './picture/svg.ts';

const SIZE = { columns: 84, rows: 22 };
const FRAME_MS = 400;
const HOLD_MS = 6_000;
const TARGET = 'docs/pictures/run.svg';

const folder = mkdtempSync(join(tmpdir(), 'volley-picture-'));
const socket = `volley-picture-${process.pid}`;
try {
  writeFileSync(
    TARGET,
    framesSvg(await recorded(), { columns: SIZE.columns, frameMs: FRAME_MS, holdMs: HOLD_MS }),
  );
} finally {
  tmux('kill-server');
  rmSync(folder, { recursive: true, force: true });
}

/** The screen from the start of the run to its end, twice a second. */
async function recorded(): Promise<ReadonlyArray<readonly string[]>> {
  copyFileSync('scripts/picture/review.yaml', join(folder, 'review.yaml'));
  writeFileSync(join(folder, 'files.txt'), names('src/', '.ts', 30));
  writeFileSync(join(folder, 'pages.txt'), names('docs/', '.md', 19));
  const command = 'volley run review.yaml -o results.jsonl';
  const real = command.replace('volley', `'${process.execPath}' '${resolve('dist/cli/bin.js')}'`);
  const shell = `cd '${folder}'; printf '\\033[90m$\\033[0m ${command}\\n'; XDG_CACHE_HOME='${folder}/cache' ${real}; sleep 5`;
  const { columns, rows } = SIZE;
  tmux('-f', '/dev/null', 'new-session', '-d', '-x', String(columns), '-y', String(rows), shell);
  const frames: Array<readonly string[]> = [];
  for (let at = 0; at < 100; at += 1) {
    await new Promise((done) => setTimeout(done, FRAME_MS));
    const screen = tmux('capture-pane', '-e', '-p').trimEnd().split('\n');
    const isOver = screen.some((row) => /Results|Continue/.test(row));
    if (screen.length > 2) frames.push(screen);
    if (isOver) return frames;
  }
  throw new Error('the run did not end');
}

function names(prefix: string, suffix: string, count: number): string {
  const all = Array.from({ length: count }, (_, at) => String(at + 1).padStart(2, '0'));
  return all.map((name) => `${prefix}${name}${suffix}\n`).join('');
}

function tmux(...words: readonly string[]): string {
  return spawnSync('tmux', ['-L', socket, ...words], { encoding: 'utf8' }).stdout;
}
