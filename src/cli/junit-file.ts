import { openRecords, type RecordsFile, type SealedRecord } from '../journal/read-records.ts';
import { systemDisk } from '../ports/system-disk.ts';
import {
  createJunitTotals,
  JUNIT_END,
  JUNIT_SUITE_END,
  junitCase,
} from '../report/document/junit.ts';
import type { ResultRecord } from '../results/record.ts';
import { writeFileWhole } from './written-file.ts';

/** Writes JUnit XML. Reads the records twice, because a suite starts with its number of cases. */
export async function writeJunit(
  path: string,
  records: Pick<RecordsFile, 'records' | 'name'>,
): Promise<void> {
  await writeFileWhole(path, async (file) => {
    const totals = createJunitTotals();
    for await (const batch of records.records()) {
      for (const { record } of batch) totals.add(record);
    }
    await file.write(totals.opening(records.name));
    let suite: string | undefined;
    for await (const batch of records.records()) {
      let text = '';
      for (const { record } of batch) {
        if (record.task !== suite) {
          text += (suite === undefined ? '' : JUNIT_SUITE_END) + totals.suiteOpening(record.task);
          suite = record.task;
        }
        text += junitCase(record);
      }
      await file.write(text);
    }
    await file.write((suite === undefined ? '' : JUNIT_SUITE_END) + JUNIT_END);
  });
}

/**
 * The test cases of a run whose results go to a stream, which can't be read again. Does not keep
 * the answers.
 */
export interface HeldCases {
  add(record: ResultRecord): void;
  records(): Pick<RecordsFile, 'records' | 'name'>;
}

export function createHeldCases(name: string): HeldCases {
  const held: SealedRecord[] = [];
  return {
    add({ output: _output, partial_output: _partial, prompt: _prompt, item: _item, ...record }) {
      held.push({ record, seal: 'ours' });
    },
    records: () => ({
      name,
      async *records() {
        yield held.toSorted((one, other) => one.record.index - other.record.index);
      },
    }),
  };
}

/** Writes the test cases of a finished run. Throws a `VolleyError` (exit 74). */
export async function writeRunJunit(
  path: string,
  { results, held }: { readonly results: string | undefined; readonly held: HeldCases },
): Promise<void> {
  if (results === undefined) return writeJunit(path, held.records());
  const records = await openRecords(systemDisk, results);
  try {
    await writeJunit(path, records);
  } finally {
    await records.close();
  }
}
