import { relative } from 'node:path';
import { shellWord } from '../errors/shell-word.ts';
import { EXIT, VolleyError } from '../errors/volley-error.ts';
import { isCredentialName } from '../ports/credential-file.ts';
import { fileNameProblem } from '../ports/file-name.ts';
import { linkOutOf } from '../ports/system-real-path.ts';
import { usageError } from './arguments.ts';
import { projectFolders } from './user-cache.ts';

/** A file that a flag or an argument names to be written; undefined: none. */
export interface NamedFile {
  readonly flag: string;
  readonly path: string | undefined;
}

/**
 * Throws a `VolleyError` (exit 2) where a name cannot be one of a file, or a file would be written through a symlink that lies in the
 * project and leads out of it, or to a file of git or with credentials: a pull request can commit such
 * a link. `directory`: the manifest's folder, for its project and the current folder's. Every file that
 * the command line names to be written goes through here.
 */
export async function refuseUnsafeNames(
  files: readonly NamedFile[],
  directory: string,
): Promise<void> {
  const folders = [...(await projectFolders('.')), ...(await projectFolders(directory))];
  for (const { flag, path } of files) {
    if (path === undefined) continue;
    const problem = fileNameProblem(path);
    if (problem !== undefined) {
      throw usageError(
        `\`${shortened(path)}\` cannot be the name of a file: ${problem}`,
        'choose a shorter name',
      );
    }
    const found = await linkOutOf(path, folders, (place, folder) =>
      isCredentialName(relative(folder, place)),
    );
    if (!found) continue;
    throw new VolleyError(
      `\`${path}\` leads to \`${found.place}\` through the symbolic link \`${found.link}\`, which is in the project`,
      {
        exitCode: EXIT.usage,
        hint: `to write there anyway, name that file: \`${flag}${shellWord(found.place)}\``,
      },
    );
  }
}

function shortened(path: string): string {
  return path.length > 60 ? `${path.slice(0, 59)}…` : path;
}
