import { stat } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { whereWritten } from './system-real-path.ts';

/**
 * Why what lies in a folder cannot be trusted to be this user's own; undefined when it can. The folder
 * need not exist yet. `within`: the real names of folders whose files come from others, such as a checkout.
 */
export async function distrustOf(
  folder: string,
  { within, files }: { readonly within: readonly string[]; readonly files: readonly string[] },
): Promise<string | undefined> {
  const real = await whereWritten(folder);
  if (
    within.some((each) => real === each || real.startsWith(each.endsWith(sep) ? each : each + sep))
  ) {
    return 'it is inside the project';
  }
  // Windows tells neither owners nor permissions.
  if (process.getuid === undefined) return undefined;
  const user = process.getuid();
  for (const path of [real, ...files.map((file) => join(real, file))]) {
    const found = await stat(path).catch(() => undefined);
    if (!found) continue;
    if (found.uid !== user) return 'it belongs to another user';
    if ((found.mode & OTHERS_WRITE) !== 0) return 'others can write to it';
  }
  // Whoever can write to a folder above can put another in its place.
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
