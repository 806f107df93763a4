import { runsInCi } from '../ports/environment.ts';
import { projectRoot } from '../ports/system-project-root.ts';

/**
 * The real paths of folders around `directory` whose files may be a stranger's: its project, and in CI
 * any other checkout around it, since the home folder may be one there.
 */
export async function projectFolders(directory: string): Promise<readonly string[]> {
  const { path, ignored } = await projectRoot(directory);
  return ignored && runsInCi(process.env) ? [path, ignored.path] : [path];
}
