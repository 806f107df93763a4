import { execFileSync } from 'node:child_process';

/** The front-door tests run what users run: the built command. */
export function setup(): void {
  execFileSync(process.execPath, ['scripts/build.ts'], { stdio: 'inherit' });
}
