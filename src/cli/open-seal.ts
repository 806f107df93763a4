import { dirname, join } from 'node:path';
import type { Environment } from '../ports/environment.ts';
import { stateFolder } from '../ports/user-folders.ts';
import { distrustOf } from '../ports/system-private-folder.ts';
import { readOrCreateSecret } from '../ports/system-secret-file.ts';
import { createSeal, LEAST_KEY_BYTES, type Seal } from '../results/seal.ts';
import { reasonOf } from '../results/write-problems.ts';
import { usageError } from './arguments.ts';
import { projectFolders } from './project-folders.ts';

/** The seal of this caller's results, or the reason there is none: then no answer verifies. */
export type OpenedSeal =
  | { readonly seal: Seal; readonly problem?: undefined }
  | { readonly seal: undefined; readonly problem: string };

/**
 * Takes the key from `VOLLEY_SEAL_KEY`, or from the user's state folder, where the first use
 * creates it. A key in the project would be public to anyone who commits there. Throws a
 * `VolleyError` (exit 2) if the variable is too short.
 */
export async function openSeal(
  manifestFile: string,
  environment: Environment,
): Promise<OpenedSeal> {
  const given = environment[VARIABLE];
  if (given !== undefined && given !== '') {
    if (Buffer.byteLength(given) < LEAST_KEY_BYTES) {
      throw usageError(
        `\`${VARIABLE}\` is too short to seal results`,
        `set it to at least ${LEAST_KEY_BYTES} random characters, such as the output of \`openssl rand -hex 32\``,
      );
    }
    return { seal: createSeal(given) };
  }
  const folder = stateFolder(environment, process.platform);
  if (folder === undefined) {
    return none('neither `HOME` nor `XDG_STATE_HOME` names a folder for the key');
  }
  const within = await projectFolders(dirname(manifestFile));
  const distrust = await distrustOf(folder, { within, files: [KEY_FILE] });
  if (distrust !== undefined) {
    return none(`the state folder \`${folder}\` is not used, because ${distrust}`);
  }
  const file = join(folder, KEY_FILE);
  try {
    const secret = await readOrCreateSecret(file);
    return secret.ok
      ? { seal: createSeal(secret.bytes) }
      : none(`\`${file}\` is not used, because ${secret.reason}`);
  } catch (error) {
    return none(`the key cannot be kept in \`${file}\`: ${reasonOf(error)}`);
  }
}

const VARIABLE = 'VOLLEY_SEAL_KEY';
const KEY_FILE = 'seal-key';

function none(why: string): OpenedSeal {
  return {
    seal: undefined,
    problem: `answers are not sealed: ${why}; set \`${VARIABLE}\`, or \`XDG_STATE_HOME\` to a folder of your own`,
  };
}
