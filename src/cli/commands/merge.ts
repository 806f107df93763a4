import { existsSync } from 'node:fs';
import { createDigest } from '../../compare/digest.ts';
import { EXIT } from '../../errors/volley-error.ts';
import { mergeResults } from '../../journal/merge-results.ts';
import { openRecords, type RecordsFile } from '../../journal/read-records.ts';
import { cannotRead } from '../../journal/file-errors.ts';
import { sealChecker } from '../../journal/sealing.ts';
import { systemDisk } from '../../ports/system-disk.ts';
import { keepHeapTight } from '../../ports/system-heap.ts';
import { digestDocument } from '../../report/document/digest-document.ts';
import { counted } from '../../report/format-numbers.ts';
import { usageError, type Arguments } from '../arguments.ts';
import { openSeal } from '../open-seal.ts';
import { documentFormat, printDocument } from '../print-document.ts';
import { elsewhereCount, tellElsewhere } from '../results-argument.ts';
import { switchFlag, textFlag } from '../flag-values.ts';
import { tellEarly } from '../terminal.ts';
import { checkWrittenFile } from '../written-file.ts';

/** Merges several results files into one. */
export async function merge(args: Arguments): Promise<number> {
  const names = args.positionals;
  const output = textFlag(args, 'output');
  const pattern = names.find((name) => /[*?]/.test(name) && !existsSync(name));
  if (pattern !== undefined) throw cannotRead(pattern, 'it does not exist');
  if (output === undefined || names.length < 2) {
    throw usageError(
      output === undefined ? 'no output file given' : '`volley merge` needs two results files',
      'write `volley merge shard-1.jsonl shard-2.jsonl -o all.jsonl`',
    );
  }
  const overwrite = switchFlag(args, 'overwrite');
  const format = documentFormat(args);
  await checkWrittenFile({ flag: '--output ', path: output, reading: names, overwrite });
  keepHeapTight();
  const { seal, problem } = await openSeal(output, process.env);
  const trustsAll = switchFlag(args, 'trust-results');
  const checkSeal = sealChecker({ seal, trustsAll });
  const files: RecordsFile[] = [];
  const digest = createDigest();
  try {
    for (const name of names) files.push(await openRecords(systemDisk, name, { checkSeal }));
    if (trustsAll && problem !== undefined) await tellEarly(args, problem);
    const { superseded, missing } = await mergeResults(systemDisk, files, {
      output,
      seal,
      trustsAll,
      onRecord: (record) => digest.add(record),
    });
    if (!trustsAll) for (const file of files) await tellElsewhere(args, file);
    if (superseded > 0) {
      await tellEarly(args, `${counted(superseded, 'record')} moved to \`${output}.volley\``);
    }
    if (missing > 0) {
      await tellEarly(
        args,
        `${counted(missing, 'task')} before the last one ${missing === 1 ? 'has' : 'have'} no record`,
      );
    }
    const total = digest.result();
    const elsewhere = trustsAll ? 0 : files.reduce((sum, file) => sum + elsewhereCount(file), 0);
    await printDocument(format, digestDocument(total, { name: output, elsewhere }), total);
  } finally {
    for (const file of files) await file.close();
  }
  return EXIT.ok;
}
