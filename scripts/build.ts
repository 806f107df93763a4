/** Compiles src/ to dist/ from a clean start. */
import { chmodSync, rmSync } from 'node:fs';
import { spawnSync } from 'node:child_process';

rmSync('dist', { recursive: true, force: true });
const { status } = spawnSync('tsc', ['-p', 'tsconfig.build.json'], { stdio: 'inherit' });
if (status === 0) chmodSync('dist/cli/bin.js', 0o755);
process.exitCode = status ?? 1;
