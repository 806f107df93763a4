import { fstatSync, statSync, type Stats } from 'node:fs';
import type { VolleyError } from '../errors/volley-error.ts';
import { isSideName } from '../journal/companion.ts';
import { whereWritten } from '../ports/system-real-path.ts';
import { usageError } from './arguments.ts';
import { SIDE_FILES, type SideFiles } from './side-file.ts';

/** All files that a run writes, by the flag that names each. Undefined if a file is not wanted, or goes to stdout. */
export type WrittenFiles = SideFiles & { readonly output: string | undefined };

/**
 * Throws a `VolleyError` (exit 2) if the run would write a file that it also reads, or that it writes
 * something else to. Compares files through symlinks and hard links, including the companions next to
 * the results.
 */
export async function refuseSharedFiles(
  written: WrittenFiles,
  read: readonly string[],
): Promise<void> {
  const { output } = written;
  const results = output === undefined ? stdoutFile() : await identified(output);
  const taken = results === undefined ? [] : [{ ...results, use: 'the results go' }];
  const named = (['output', ...SIDE_FILES] as const).flatMap((flag) => {
    const path = written[flag];
    return path === undefined ? [] : [[flag, path] as const];
  });
  const files = await Promise.all(
    named.map(async ([flag, path]) => ({ flag, path, ...(await identified(path)) })),
  );
  for (const file of files) {
    if (file.flag === 'output') continue;
    const other = taken.find((each) => isSame(each, file));
    if (other) throw shared(file, `where ${other.use}`);
    if (results && isBeside(file, results)) {
      throw shared(file, 'that the run keeps next to the results');
    }
    taken.push({ ...file, use: `\`--${file.flag}\` goes` });
  }
  for (const path of read) {
    const input = await identified(path);
    const file = files.find((each) => isSame(each, input));
    if (file) throw shared(file, 'which the run reads');
  }
}

/** Identifies a file. Pipes, devices and folders have neither name nor number: they may be shared. */
export interface Identity {
  readonly real: string | undefined;
  readonly number: string | undefined;
}

export async function identified(path: string): Promise<Identity> {
  const stat = statOf(path);
  if (stat && !stat.isFile()) return { real: undefined, number: undefined };
  return { real: await whereWritten(path), number: stat && numberOf(stat) };
}

/** Undefined if the file is missing or can't be inspected. Writing it will report why. */
function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/** The file that the shell redirected stdout to. */
export function stdoutFile(): Identity | undefined {
  try {
    const stat = fstatSync(1);
    return stat.isFile() ? { real: undefined, number: numberOf(stat) } : undefined;
  } catch {
    return undefined;
  }
}

export function numberOf({ dev, ino }: Stats): string | undefined {
  return ino === 0 ? undefined : `${dev}:${ino}`;
}

export function isSame(a: Identity, b: Identity): boolean {
  return (
    (a.real !== undefined && a.real === b.real) || (a.number !== undefined && a.number === b.number)
  );
}

export function isBeside(file: Identity, results: Identity): boolean {
  return (
    file.real !== undefined && results.real !== undefined && isSideName(file.real, results.real)
  );
}

function shared(file: { readonly flag: string; readonly path: string }, what: string): VolleyError {
  return usageError(
    `\`${file.path}\`, given by \`--${file.flag}\`, is the file ${what}`,
    'give each its own file: one would overwrite the other',
  );
}
