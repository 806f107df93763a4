import { openRecords, type ReadRecordsOptions, type RecordsFile } from '../journal/read-records.ts';
import { sealChecker } from '../journal/sealing.ts';
import { systemDisk } from '../ports/system-disk.ts';
import { keepHeapTight } from '../ports/system-heap.ts';
import { counted } from '../report/format-numbers.ts';
import { usageError, type Arguments } from './arguments.ts';
import { openSeal } from './open-seal.ts';
import { switchFlag } from './flag-values.ts';
import { tellEarly } from './terminal.ts';

export function resultsArgument(args: Arguments): string {
  const [file] = args.positionals;
  if (file !== undefined) return file;
  throw usageError('no results file given', `write \`volley ${args.command} results.jsonl\``);
}

/** Opens a results file, passes it to `use`, and closes it. */
export async function withRecords<Result>(
  args: Arguments,
  file: string,
  use: (records: RecordsFile) => Promise<Result>,
  options: Pick<ReadRecordsOptions, 'onRecord'> = {},
): Promise<Result> {
  keepHeapTight();
  const { seal } = await openSeal(file, process.env);
  const checkSeal = switchFlag(args, 'trust-results')
    ? undefined
    : sealChecker({ seal, trustsAll: false });
  const records = await openRecords(systemDisk, file, { ...options, checkSeal });
  try {
    return await use(records);
  } finally {
    await records.close();
  }
}

/** Prints a note on stderr if a file has answers that are not sealed with the caller's key. */
export async function tellElsewhere(args: Arguments, file: RecordsFile): Promise<void> {
  const count = elsewhereCount(file);
  if (count === 0) return;
  await tellEarly(
    args,
    `\`${file.name}\` has ${counted(count, 'answer')} from elsewhere: not sealed with your key`,
  );
}

export function elsewhereCount({ elsewhere }: RecordsFile): number {
  return elsewhere.unsealed + elsewhere.foreign;
}
