import { createDigest, type Digest } from '../../compare/digest.ts';
import { EXIT } from '../../errors/volley-error.ts';
import type { RecordsFile } from '../../journal/read-records.ts';
import { digestDocument } from '../../report/document/digest-document.ts';
import type { Arguments } from '../arguments.ts';
import { writeHtml } from '../html-file.ts';
import { writeJunit } from '../junit-file.ts';
import { documentFormat, printDocument, writeDocument } from '../print-document.ts';
import { elsewhereCount, resultsArgument, withRecords } from '../read-records.ts';
import { textFlag } from '../settings.ts';
import { tellEarly } from '../tell-early.ts';
import { checkWrittenFile, openWrittenFile } from '../written-file.ts';

/** What a results file holds: on stdout, or in files for people and for CI. */
export async function report(args: Arguments): Promise<number> {
  const results = resultsArgument(args);
  const files = FILES.flatMap(({ flag, write }) => {
    const path = textFlag(args, flag);
    return path === undefined ? [] : [{ flag, path, write }];
  });
  const format = documentFormat(args, { isPrinted: files.length === 0 });
  for (const { flag, path } of files) {
    await checkWrittenFile({ flag: `--${flag} `, path, reading: [results], overwrite: true });
  }
  await withRecords(args, results, async (records) => {
    const digest = await digestOf(records);
    for (const { path, write } of files) {
      await write(path, records, digest);
      await tellEarly(args, `wrote \`${path}\``);
    }
    if (format !== undefined) await printDocument(format, blocksOf(records, digest), digest);
  });
  return EXIT.ok;
}

type WriteReport = (path: string, records: RecordsFile, digest: Digest) => Promise<void>;

const FILES: ReadonlyArray<{
  readonly flag: 'html' | 'markdown' | 'junit';
  readonly write: WriteReport;
}> = [
  {
    flag: 'html',
    async write(path, records, digest) {
      await writeHtml(await openWrittenFile(path), records, digest);
    },
  },
  {
    flag: 'markdown',
    write: (path, records, digest) => writeDocument(path, blocksOf(records, digest)),
  },
  {
    flag: 'junit',
    async write(path, records) {
      await writeJunit(await openWrittenFile(path), records);
    },
  },
];

function blocksOf(records: RecordsFile, digest: Digest) {
  return digestDocument(digest, { name: records.name, elsewhere: elsewhereCount(records) });
}

async function digestOf(file: RecordsFile): Promise<Digest> {
  const digest = createDigest();
  for await (const batch of file.records()) {
    for (const { record } of batch) digest.add(record);
  }
  return digest.result();
}
