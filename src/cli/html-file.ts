import { readFile } from 'node:fs/promises';
import type { Digest } from '../compare/digest.ts';
import { PAGE_BOUNDS } from '../errors/bounds.ts';
import type { RecordsFile } from '../journal/read-records.ts';
import {
  dataBlock,
  digestData,
  pageEnd,
  pageStart,
  rowData,
  textData,
  type PageParts,
} from '../report/page/page.ts';
import { packageFile } from './package-file.ts';
import { elsewhereCount } from './read-records.ts';
import { environmentRedactor } from './redact-environment.ts';
import type { WrittenFile } from './written-file.ts';

/** Writes the page of a report, a few hundred records at a time. */
export async function writeHtml(
  file: WrittenFile,
  records: RecordsFile,
  digest: Digest,
): Promise<void> {
  const redact = environmentRedactor();
  const write = (text: string): Promise<void> => file.write(redact(text));
  const parts = await pageParts();
  const title = `${digest.total.succeeded.toLocaleString('en')} of ${digest.total.records.toLocaleString('en')} tasks succeeded`;
  try {
    // The style and the script are named by their hash: nothing in them may change.
    await file.write(pageStart(title, parts));
    await write(
      dataBlock(
        'digest',
        digestData(digest, { title, name: records.name, notes: notesOf(records) }),
      ),
    );
    await writeRecords(records, write);
    await file.write(pageEnd(parts));
    await file.finish();
  } catch (error) {
    await file.discard();
    throw error;
  }
}

async function pageParts(): Promise<PageParts> {
  const [style, script] = await Promise.all([
    readFile(packageFile('assets/report-page.css'), 'utf8'),
    readFile(packageFile('assets/report-page.js'), 'utf8'),
  ]);
  return { style, script };
}

function notesOf(records: RecordsFile): readonly string[] {
  const elsewhere = elsewhereCount(records);
  return [
    ...(elsewhere > 0
      ? [`${elsewhere.toLocaleString('en')} answers from elsewhere: not sealed with your key.`]
      : []),
    ...(records.count > PAGE_BOUNDS.records
      ? [
          `The table has the first ${PAGE_BOUNDS.records.toLocaleString('en')} records; \`volley export\` has them all.`,
        ]
      : []),
  ];
}

async function writeRecords(
  records: RecordsFile,
  write: (text: string) => Promise<void>,
): Promise<void> {
  let rows: unknown[] = [];
  let texts: object[] = [];
  let count = 0;
  const writeBlock = async (): Promise<void> => {
    if (rows.length === 0) return;
    await write(dataBlock('rows', rows) + dataBlock('texts', texts));
    [rows, texts] = [[], []];
  };
  for await (const batch of records.records()) {
    for (const { record } of batch) {
      if (count >= PAGE_BOUNDS.records) return writeBlock();
      rows.push(rowData(record));
      texts.push(textData(record));
      count += 1;
      if (rows.length === PAGE_BOUNDS.block) await writeBlock();
    }
  }
  await writeBlock();
}
