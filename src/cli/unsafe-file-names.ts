import { relative } from 'node:path';
import { shellWord } from '../errors/shell-word.ts';
import { EXIT, VolleyError } from '../errors/volley-error.ts';
import { isCredentialName } from '../ports/credential-file.ts';
import { fileNameProblem } from '../ports/file-name.ts';
import { linkOutOf } from '../ports/system-real-path.ts';
import { usageError } from './arguments.ts';
import { projectFolders } from './project-folders.ts';

/** A file to write, named by a flag or an argument. Undefined if none is named. */
export interface NamedFile {
  readonly flag: string;
  readonly path: string | undefined;
}

/**
 * Throws a `VolleyError` (exit 2) if a name can't be the name of a file, if a symlink in the
 * project leads out of it, or if the target belongs to git or may contain credentials: a pull
 * request can commit such a link. `directory` is the manifest's folder; its project and the project
 * of the current folder are checked. Every file that the command line names for writing is checked
 * here.
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
        `\`${shortened(path)}\` is not a valid file name: ${problem}`,
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
        hint: `to write there anyway, pass that path: \`${flag}${shellWord(found.place)}\``,
      },
    );
  }
}

function shortened(path: string): string {
  return path.length > 60 ? `${path.slice(0, 59)}…` : path;
}
