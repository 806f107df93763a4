import { runsInCi } from '../ports/environment.ts';
import { projectRoot } from '../ports/system-project-root.ts';

/**
 * The folders around a folder whose files may be a stranger's, by their real names: its project; in CI
 * also a checkout that does not count as one, since there the home folder may well be a checkout.
 */
export async function projectFolders(directory: string): Promise<readonly string[]> {
  const { path, ignored } = await projectRoot(directory);
  return ignored && runsInCi(process.env) ? [path, ignored.path] : [path];
}
