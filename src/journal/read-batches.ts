import { VolleyError } from '../errors/volley-error.ts';
import type { OpenChunk } from '../batch/batch-line.ts';
import type { Disk } from '../ports/disk.ts';
import { systemErrorCode } from '../ports/error-code.ts';
import { companionName } from './companion.ts';
import { cannotRead } from './problems.ts';
import { readResults } from './read-results.ts';
import { sealChecker, type Sealing } from './sealing.ts';

/** The batches that a results file and its companion leave open. Nothing is locked or written. */
export async function readOpenBatches(
  disk: Disk,
  name: string,
  sealing: Sealing,
): Promise<{ readonly open: readonly OpenChunk[]; readonly isFromElsewhere: boolean }> {
  try {
    const real = await disk.resolve(name);
    if (!(await disk.stat(real))) throw cannotRead(name, 'it does not exist');
    if (!(await disk.stat(companionName(real)))) return { open: [], isFromElsewhere: false };
    const file = await disk.openToRead(real);
    const companion = await disk.openToRead(companionName(real));
    try {
      const { found } = await readResults(
        { file, name },
        { file: companion, name: companionName(name) },
        { checkSeal: sealChecker(sealing), onlyIds: true },
      );
      return { open: found.openChunks, isFromElsewhere: found.hasChunksFromElsewhere };
    } finally {
      await companion.close();
      await file.close();
    }
  } catch (error) {
    if (error instanceof VolleyError || systemErrorCode(error) === 'UNKNOWN') throw error;
    throw cannotRead(name, error);
  }
}
