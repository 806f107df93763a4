import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Turns a folder into a git repository, as `git init` does. */
export function gitFolder(path: string): string {
  const git = join(path, '.git');
  mkdirSync(join(git, 'objects'), { recursive: true });
  mkdirSync(join(git, 'refs'));
  writeFileSync(join(git, 'HEAD'), 'ref: refs/heads/main\n');
  writeFileSync(join(git, 'config'), '[core]\n\tbare = false\n');
  return path;
}
