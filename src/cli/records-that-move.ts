import { companionName } from '../journal/companion.ts';
import { counted } from '../report/format-numbers.ts';
import type { Arguments } from './arguments.ts';
import type { Destination } from './open-destination.ts';
import { switchFlag } from './flag-values.ts';
import type { Notes } from './print-notes.ts';
import { confirm, isInteractive } from './terminal.ts';

/** Asks for confirmation if most records in the file belong to another manifest. */
export async function confirmMoves(
  args: Arguments,
  { journal, file }: Extract<Destination, { readonly kind: 'journal' }>,
  notes: Notes,
): Promise<void> {
  const { count, of } = journal.withoutTask();
  if (count * 2 <= of) return;
  await notes.print([
    `${count} of ${counted(of, 'record')} in \`${file}\` do not belong to any task of this manifest: at the end of the run they move to \`${companionName(file)}\``,
  ]);
  if (isInteractive() && !switchFlag(args, 'yes')) await confirm('Continue?');
}
