import { changedOnly, type ChangedOnly } from '../against/changed-only.ts';
import { readEarlier, type Earlier } from '../forecast/earlier.ts';
import { systemDisk } from '../ports/system-disk.ts';
import type { PreparedRun } from '../run/prepare.ts';
import type { Against } from './against.ts';
import type { Arguments } from './arguments.ts';
import { earlierResults } from './destination.ts';

/** What is done already, or is left alone since it did not change. */
export async function changedOnlyOf(
  args: Arguments,
  prepared: PreparedRun,
  { comparison }: Against,
): Promise<Earlier & Pick<ChangedOnly, 'needed'>> {
  const earlier = await earlierOf(args, prepared);
  const only = await changedOnly(prepared, comparison, earlier?.resumption);
  return { spentUsd: 0, answersOf: () => undefined, ...earlier, ...only };
}

/** What the results file that a command line or manifest names holds already. Touches nothing. */
export async function earlierOf(
  args: Arguments,
  prepared: PreparedRun,
): Promise<Earlier | undefined> {
  const results = await earlierResults(args, prepared.plan.manifest);
  return results && readEarlier(prepared, results.file, { mode: results.mode, disk: systemDisk });
}
