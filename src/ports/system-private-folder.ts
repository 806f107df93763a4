import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isBelow, whereWritten } from './system-real-path.ts';

/**
 * Why a folder's content may come from someone other than this user; undefined if it cannot. The
 * folder need not exist yet. `within`: real paths of folders with other people's files, such as a
 * checkout.
 */
export async function distrustOf(
  folder: string,
  { within, files }: { readonly within: readonly string[]; readonly files: readonly string[] },
): Promise<string | undefined> {
  const real = await whereWritten(folder);
  if (within.some((each) => isBelow(real, each))) return 'it is inside the project';
  // Windows has neither owners nor permissions in this sense.
  if (process.getuid === undefined) return undefined;
  const user = process.getuid();
  for (const path of [real, ...files.map((file) => join(real, file))]) {
    const found = await stat(path).catch(() => undefined);
    if (!found) continue;
    if (found.uid !== user) return 'it belongs to another user';
    if ((found.mode & OTHERS_WRITE) !== 0) return 'others can write to it';
  }
  // Anyone who can write to a parent folder can replace the folder.
  for (let at = dirname(real); at !== dirname(at); at = dirname(at)) {
    const found = await stat(at).catch(() => undefined);
    if (!found) continue;
    if (found.uid !== user && found.uid !== ROOT) return `\`${at}\` belongs to another user`;
    if ((found.mode & ANYBODY_WRITES) !== 0 && (found.mode & STICKY) === 0) {
      return `others can write to \`${at}\``;
    }
  }
  return undefined;
}

const ROOT = 0;
const OTHERS_WRITE = 0o022;
const ANYBODY_WRITES = 0o002;
const STICKY = 0o1000;
