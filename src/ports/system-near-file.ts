import { readdir } from 'node:fs/promises';
import { posix, resolve } from 'node:path';
import { suggest } from '../errors/suggest.ts';

/** More names are not looked through for one that is nearly the same. */
const MOST_NAMES = 10_000;

/** The file in the same folder that a name was probably meant to be; names with a leading dot are left out. */
export async function nearFile(directory: string, name: string): Promise<string | undefined> {
  const folder = posix.dirname(name);
  try {
    const entries = await readdir(resolve(directory, folder), { withFileTypes: true });
    const files = entries.slice(0, MOST_NAMES).filter((entry) => entry.isFile());
    const names = files.map((entry) => entry.name).filter((each) => !each.startsWith('.'));
    const near = suggest(posix.basename(name), names);
    return near === undefined ? undefined : posix.join(folder, near);
  } catch {
    return undefined;
  }
}
