import { EXIT } from '../../errors/volley-error.ts';
import { companionName } from '../../journal/companion.ts';
import { pruneCompanion } from '../../journal/prune-companion.ts';
import { formatUsd } from '../../money/cost.ts';
import { systemDisk } from '../../ports/system-disk.ts';
import { counted } from '../../report/format-numbers.ts';
import type { Arguments } from '../arguments.ts';
import { openSeal } from '../open-seal.ts';
import { printResult } from '../print-result.ts';
import { resultsArgument } from '../results-argument.ts';

/** Empties the companion of a results file. */
export async function prune(args: Arguments): Promise<number> {
  const file = resultsArgument(args);
  const { seal } = await openSeal(file, process.env);
  const pruned = await pruneCompanion(systemDisk, file, { seal });
  const companion = companionName(file);
  if (!pruned) {
    await printResult(`\`${companion}\` contains nothing to prune\n`);
    return EXIT.ok;
  }
  const { lines, bytes, costUsd } = pruned;
  const cost = costUsd > 0 ? `; their cost of ${formatUsd(costUsd)} still counts as spent` : '';
  await printResult(
    `${counted(lines, 'line')} (${bytes.toLocaleString('en')} bytes) removed from \`${companion}\`${cost}\n`,
  );
  return EXIT.ok;
}
