import type { OpenChunk } from '../batch/batch-line.ts';
import type { Disk } from '../ports/disk.ts';
import { companionName } from './companion.ts';
import { cannotRead, worded } from './file-errors.ts';
import { realResults } from './read-records.ts';
import { readResultsAt } from './read-results.ts';
import { sealChecker, type Sealing } from './sealing.ts';

/** The open batches of a results file and its companion. Does not lock or write anything. */
export async function readOpenBatches(
  disk: Disk,
  name: string,
  sealing: Sealing,
): Promise<{ readonly open: readonly OpenChunk[]; readonly isFromElsewhere: boolean }> {
  try {
    const real = await realResults(disk, name);
    const hasCompanion = (await disk.stat(companionName(real))) !== undefined;
    const { found } = await readResultsAt(
      disk,
      { real, name, hasCompanion },
      { checkSeal: sealChecker(sealing), onlyIds: true },
    );
    return { open: found.openChunks, isFromElsewhere: found.hasChunksFromElsewhere };
  } catch (error) {
    throw worded(error, (cause) => cannotRead(name, cause));
  }
}
