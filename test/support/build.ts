import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

const DIST = resolve('dist');
const SCRATCH = resolve('node_modules/.cache/volley-test');
const LOCK = join(SCRATCH, 'build.lock');
const BUILT = join(DIST, 'cli/bin.js');

/** Whether dist/ is known to be current. Sources do not change while one test file runs. */
let isReady = false;

/**
 * Compiles dist/ if a source is newer, so that the tests of the command run what users run. Test
 * files that start at the same time take turns. The finished folder replaces the old one in one
 * step.
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

/** Type errors do not stop the build: another check reports them. */
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
