import type { ProjectFiles } from '../ports/files.ts';
import { counted } from '../report/format.ts';
import type { Arguments } from './arguments.ts';
import { tellEarly } from './terminal.ts';

const SHOWN = 3;

/** Lists the files that globs skipped because they may contain credentials. Call it after the rows were read. */
export async function tellCredentialsLeftOut(args: Arguments, files: ProjectFiles): Promise<void> {
  const names = files.credentialsLeftOut().toSorted();
  if (names.length === 0) return;
  const shown = names.slice(0, SHOWN).map((name) => `\`${name}\``);
  const more = names.length > SHOWN ? ', …' : '';
  await tellEarly(
    args,
    `globs left out ${counted(names.length, 'file')} that may hold credentials ` +
      `(${shown.join(', ')}${more}): name one with \`--allow-path FILE\` to include it`,
  );
}
