import { readEarlier, type Earlier } from '../forecast/earlier.ts';
import { systemDisk } from '../ports/system-disk.ts';
import type { PreparedRun } from '../run/prepare.ts';
import type { Arguments } from './arguments.ts';
import { earlierResults } from './destination.ts';

/** What the results file that a command line or manifest names holds already. Touches nothing. */
export async function earlierOf(
  args: Arguments,
  prepared: PreparedRun,
): Promise<Earlier | undefined> {
  const results = await earlierResults(args, prepared.plan.manifest);
  return results && readEarlier(prepared, results.file, { mode: results.mode, disk: systemDisk });
}
