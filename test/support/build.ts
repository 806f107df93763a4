import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

const DIST = resolve('dist');
const SCRATCH = resolve('node_modules/.cache/volley-test');
const LOCK = join(SCRATCH, 'build.lock');
const BUILT = join(DIST, 'cli/bin.js');

/** No file of the suite runs across an edit. */
let isReady = false;

/**
 * Compiles dist/ when a source is newer: the front-door tests run what users run. Files of the suite
 * that start at once take turns, and the finished folder takes the old one's place in one step.
 */
export function ensureBuilt(): void {
  if (isReady || isCurrent()) {
    isReady = true;
    return;
  }
  mkdirSync(SCRATCH, { recursive: true });
  takeLock();
  try {
    if (!isCurrent()) build();
  } finally {
    rmSync(LOCK, { recursive: true, force: true });
  }
}

function isCurrent(): boolean {
  if (!existsSync(BUILT)) return false;
  const builtMs = statSync(BUILT).mtimeMs;
  const inputs = readdirSync('src', { recursive: true, encoding: 'utf8' });
  return ['.', ...inputs].every((name) => statSync(join('src', name)).mtimeMs <= builtMs);
}

/** Errors of types do not stop it: they are another check's to tell. */
function build(): void {
  const fresh = join(SCRATCH, `dist-${process.pid}`);
  const old = join(SCRATCH, `old-${process.pid}`);
  const { stderr } = spawnSync(process.execPath, ['scripts/build.ts', fresh], { encoding: 'utf8' });
  if (!existsSync(join(fresh, 'cli/bin.js'))) throw new Error(`nothing was built:\n${stderr}`);
  if (existsSync(DIST)) renameSync(DIST, old);
  renameSync(fresh, DIST);
  rmSync(old, { recursive: true, force: true });
}

const STALE_LOCK_MS = 60_000;

function takeLock(): void {
  for (;;) {
    try {
      mkdirSync(LOCK);
      return;
    } catch {
      if (ageMs(LOCK) > STALE_LOCK_MS) rmSync(LOCK, { recursive: true, force: true });
      else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
    }
  }
}

function ageMs(path: string): number {
  const found = statSync(path, { throwIfNoEntry: false });
  return found ? Date.now() - found.mtimeMs : 0;
}
