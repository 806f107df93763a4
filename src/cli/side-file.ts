import { constants, statSync, type Stats } from 'node:fs';
import { access } from 'node:fs/promises';
import { dirname } from 'node:path';
import { EXIT, VolleyError } from '../errors/volley-error.ts';
import { systemError } from '../ports/error-code.ts';
import { makeFolders } from '../ports/system-make-folders.ts';
import { reasonOf } from '../results/write-problems.ts';
import type { Arguments } from './arguments.ts';
import { textFlag } from './settings.ts';

/** A file that a run writes next to its results, by the name of its flag. */
export type SideFile = (typeof SIDE_FILES)[number];
export const SIDE_FILES = [
  'emergency-dump',
  'summary-file',
  'debug',
  'junit',
  'metrics-file',
] as const;

export type SideFiles = Readonly<Record<SideFile, string | undefined>>;

export function sideFiles(args: Arguments): SideFiles {
  const [dump, summary, debug, junit, metrics] = SIDE_FILES.map((flag) => textFlag(args, flag));
  return { 'emergency-dump': dump, 'summary-file': summary, debug, junit, 'metrics-file': metrics };
}

/**
 * Makes sure that the file can be written at the end of the run, and creates its folder with mode 0700.
 * Refuses a FIFO, which could block forever. Throws a `VolleyError` (exit 74) before anything is sent.
 */
export async function readySideFile(flag: SideFile, path: string | undefined): Promise<void> {
  if (path === undefined) return;
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found?.isDirectory() || path.endsWith('/')) throw systemError('EISDIR');
    if (found && !isWritable(found)) throw systemError('ENOTSUP', 'it is not a regular file');
    const folder = dirname(path);
    if (!found) await makeFolders(folder);
    await access(found ? path : folder, constants.W_OK);
  } catch (error) {
    throw cannotWriteSideFile(flag, { path, cause: error, state: 'nothing was sent' });
  }
}

export function cannotWriteSideFile(
  flag: SideFile,
  {
    path,
    cause,
    state,
  }: { readonly path: string; readonly cause: unknown; readonly state: string },
): VolleyError {
  return new VolleyError(`cannot write ${CONTENT[flag]} to \`${path}\`: ${reasonOf(cause)}`, {
    exitCode: EXIT.cannotWrite,
    hint: `${state}; name another file with --${flag}`,
    cause,
  });
}

const CONTENT: Readonly<Record<SideFile, string>> = {
  'summary-file': 'the summary',
  'emergency-dump': 'unsaved results',
  debug: 'requests and responses',
  junit: 'the test cases',
  'metrics-file': 'the metrics',
};

/** True for files that never block: a regular file, or a device such as `/dev/null`. */
function isWritable(found: Stats): boolean {
  return found.isFile() || found.isCharacterDevice();
}
