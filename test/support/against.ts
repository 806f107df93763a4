import { join } from 'node:path';
import type { TaskChange } from '../../src/against/change.ts';
import { againstOf, type Against } from '../../src/cli/against.ts';
import { parseArguments } from '../../src/cli/arguments.ts';
import { loadNamed } from '../../src/cli/load-named.ts';
import { prepare } from '../../src/run/library.ts';
import { selectionOf } from '../../src/cli/selection-flags.ts';

export interface Compared extends Against {
  readonly tasks: readonly TaskChange[];
}

/** Returns what `volley plan MANIFEST --against BASE` compares, without starting a process. */
export async function compared(
  directory: string,
  base: string,
  {
    manifest = 'volley.yaml',
    flags = [],
  }: { readonly manifest?: string; readonly flags?: readonly string[] } = {},
): Promise<Compared> {
  const args = parseArguments(['plan', join(directory, manifest), '--against', base, ...flags]);
  const loaded = await loadNamed(args);
  const prepared = await prepare(loaded, {
    environment: {},
    purpose: 'plan',
    selection: selectionOf(args),
  });
  const against = await againstOf(args, loaded, prepared);
  if (!against) throw new Error('nothing was compared');
  const tasks: TaskChange[] = [];
  for await (const task of against.comparison.changes()) tasks.push(task);
  return { ...against, tasks };
}

/** One line for each task that is not unchanged: `changed review@a.ts: file`. */
export function linesOf({ tasks }: Pick<Compared, 'tasks'>): readonly string[] {
  return tasks.flatMap(({ id, change, reasons, was_id: was }) => {
    if (was !== undefined) return [`${change} ${id}: was ${was}`];
    if (change === 'unchanged') return [];
    return [reasons.length === 0 ? `${change} ${id}` : `${change} ${id}: ${reasons.join(', ')}`];
  });
}
