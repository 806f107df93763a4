import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, open, readdir, realpath, rename, rm } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import type { EntryFacts, EntryFiles } from './entry-files.ts';
import { systemErrorCode } from './error-code.ts';
import { makeFolders } from './system-make-folders.ts';

/** The files in a folder, which is created by the first write. */
export function systemEntryFiles(folder: string): EntryFiles {
  const ready = new Map<string, Promise<void>>();

  /** Creates a file's folder. Throws if a link makes that folder lie outside `folder`. */
  async function makeFolder(path: string): Promise<void> {
    await makeFolders(path);
    const [root, real] = [await realpath(folder), await realpath(path)];
    if (real !== root && !real.startsWith(root + sep)) {
      throw Object.assign(new Error(`\`${path}\` leads out of \`${folder}\``), { code: 'ELOOP' });
    }
  }

  function readyFolder(path: string): Promise<void> {
    const known = ready.get(path) ?? makeFolder(path);
    ready.set(path, known);
    known.catch(() => ready.delete(path));
    return known;
  }

  async function* entries() {
    for (const each of await listed(folder)) {
      if (!each.isDirectory()) continue;
      for (const file of await listed(join(folder, each.name))) yield { within: each.name, file };
    }
  }

  return {
    async names() {
      const names: string[] = [];
      for await (const { within, file } of entries()) {
        if (file.isFile() && !isDraft(file.name)) names.push(`${within}/${file.name}`);
      }
      return names;
    },
    async read(name, maxBytes) {
      const file = await open(join(folder, name), READ).catch(absent);
      if (!file) return undefined;
      try {
        const found = await file.stat();
        return found.isFile() && found.size <= maxBytes ? await file.readFile() : undefined;
      } finally {
        await file.close();
      }
    },
    async write(name, bytes) {
      const path = join(folder, name);
      const draft = join(dirname(path), DRAFT + randomBytes(9).toString('base64url'));
      await readyFolder(dirname(path));
      try {
        const file = await open(draft, 'wx', 0o600);
        try {
          await file.writeFile(bytes);
        } finally {
          await file.close();
        }
        await rename(draft, path);
      } catch (error) {
        await rm(draft, { force: true }).catch(() => undefined);
        // The folder was removed. The next write creates it again.
        if (systemErrorCode(error) === 'ENOENT') ready.delete(dirname(path));
        throw error;
      }
    },
    facts: (name) => factsOf(join(folder, name)),
    remove: (name) => rm(join(folder, name), { force: true }),
    async removeDrafts(olderThanMs) {
      for await (const { within, file } of entries()) {
        const path = join(folder, within, file.name);
        if (!isDraft(file.name)) continue;
        const { writtenMs = Infinity } = (await factsOf(path)) ?? {};
        if (writtenMs <= olderThanMs) await rm(path, { force: true });
      }
    },
  };
}

const DRAFT = '.draft-';

function isDraft(name: string): boolean {
  return name.startsWith(DRAFT);
}

/** Does not follow links or block on pipes. Windows has neither flag. */
const READ = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

async function listed(path: string) {
  return (await readdir(path, { withFileTypes: true }).catch(absent)) ?? [];
}

async function factsOf(path: string): Promise<EntryFacts | undefined> {
  const found = await lstat(path).catch(absent);
  return found && { bytes: found.size, writtenMs: found.mtimeMs };
}

function absent(error: unknown): undefined {
  if (!['ENOENT', 'ELOOP', 'ENOTDIR', 'ENXIO'].includes(systemErrorCode(error))) throw error;
}
