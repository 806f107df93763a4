import { runsInCi } from '../ports/environment.ts';
import { projectRoot } from '../ports/system-project-root.ts';

/**
 * The real paths of the folders around `directory` that may contain files by strangers: its
 * project, and in CI any other checkout around it, because the home folder may be a checkout there.
 */
export async function projectFolders(directory: string): Promise<readonly string[]> {
  const { path, ignored } = await projectRoot(directory);
  return ignored && runsInCi(process.env) ? [path, ignored.path] : [path];
}
