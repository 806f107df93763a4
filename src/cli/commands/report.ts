import { readFile } from 'node:fs/promises';
import { createDigest, type Digest } from '../../compare/digest.ts';
import { EXIT } from '../../errors/volley-error.ts';
import type { RecordsFile } from '../../journal/read-records.ts';
import { digestDocument } from '../../report/document/digest-document.ts';
import { counted } from '../../report/format-numbers.ts';
import type { Arguments } from '../arguments.ts';
import { writeJunit } from '../junit-file.ts';
import { askedFormat, documentFormat, printDocument, writeDocument } from '../print-document.ts';
import { elsewhereCount, resultsArgument, withRecords } from '../results-argument.ts';
import { textFlag } from '../flag-values.ts';
import { tellEarly } from '../terminal.ts';
import { checkWrittenFile, writeFileWhole } from '../written-file.ts';
import { PAGE_BOUNDS } from '../../errors/input-limits.ts';
import {
  dataBlock,
  digestData,
  pageEnd,
  pageStart,
  rowData,
  textData,
  type PageParts,
} from '../../report/page/page.ts';
import { packageFile } from '../package-file.ts';
import { environmentRedactor } from '../print-result.ts';

/** Reports on a results file: on stdout, or in files for people and for CI. */
export async function report(args: Arguments): Promise<number> {
  const results = resultsArgument(args);
  const files = FILES.flatMap(({ flag, write }) => {
    const path = textFlag(args, flag);
    return path === undefined ? [] : [{ flag, path, write }];
  });
  const format = files.length === 0 ? documentFormat(args) : askedFormat(args);
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
  { flag: 'html', write: writeHtml },
  {
    flag: 'markdown',
    write: (path, records, digest) => writeDocument(path, blocksOf(records, digest)),
  },
  { flag: 'junit', write: (path, records) => writeJunit(path, records) },
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

async function writeHtml(path: string, records: RecordsFile, digest: Digest): Promise<void> {
  const redact = environmentRedactor();
  const parts = await pageParts();
  const title = `${digest.total.succeeded.toLocaleString('en')} of ${digest.total.records.toLocaleString('en')} tasks succeeded`;
  const facts = { title, name: records.name, notes: notesOf(records) };
  await writeFileWhole(path, async (file) => {
    const write = (text: string): Promise<void> => file.write(redact(text));
    // The page allows its style and script by hash, so they must not change.
    await file.write(pageStart(title, parts));
    await write(dataBlock('digest', digestData(digest, facts)));
    await writeRecords(records, write);
    await file.write(pageEnd(parts));
  });
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
      ? [`${counted(elsewhere, 'answer')} from elsewhere: not sealed with your key.`]
      : []),
    ...(records.count > PAGE_BOUNDS.records
      ? [
          `The table shows the first ${PAGE_BOUNDS.records.toLocaleString('en')} records; \`volley export\` writes them all.`,
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
