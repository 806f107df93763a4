import type { ProjectFiles } from '../ports/files.ts';
import { counted } from '../report/format-numbers.ts';
import type { Arguments } from './arguments.ts';
import { tellEarly } from './terminal.ts';

const SHOWN = 3;

/**
 * Lists the files that globs skipped because they may contain credentials. Call it after reading
 * the rows.
 */
export async function tellCredentialsLeftOut(args: Arguments, files: ProjectFiles): Promise<void> {
  const names = files.credentialsLeftOut().toSorted();
  if (names.length === 0) return;
  const shown = names.slice(0, SHOWN).map((name) => `\`${name}\``);
  const more = names.length > SHOWN ? ', …' : '';
  await tellEarly(
    args,
    `globs left out ${counted(names.length, 'file')} that may hold credentials ` +
      `(${shown.join(', ')}${more}): include one with \`--allow-path FILE\``,
  );
}
