import type { Finding, Place } from '../errors/finding.ts';
import type { ReadRows, TaskTemplate } from '../manifest/manifest.ts';
import { combinationsOf } from './combinations.ts';
import { newFindingList } from './finding-list.ts';
import { hashText } from './id-table.ts';
import { readRows, rowPlace, type RowContext } from './rows.ts';
import { rowKey, taskId } from './task-id.ts';

/** Reads the rows again and compares the ids whose hashes met. Each finding names both rows. */
export async function duplicateIds(
  template: TaskTemplate,
  source: ReadRows,
  suspected: ReadonlySet<string>,
  context: RowContext,
): Promise<readonly Finding[]> {
  const findings = newFindingList();
  const firstRows = new Map<string, { number: number; place: Place }>();
  for await (const batch of readRows(source, context)) {
    for (const read of batch) {
      const row = read.ok ? rowKey(read.item, read.number, source.key) : undefined;
      if (!read.ok || !row?.ok) continue;
      for (const { key: matrix } of combinationsOf(template)) {
        const id = taskId(template.id, { key: row.key, matrix });
        if (!suspected.has(hashText(id))) continue;
        const place = rowPlace(source, context, read.line);
        const first = firstRows.get(id);
        if (first) findings.add(duplicate(id, first, { number: read.number, place }));
        else firstRows.set(id, { number: read.number, place });
      }
    }
  }
  return findings.all(source.place);
}

interface SeenRow {
  readonly number: number;
  readonly place: Place;
}

function duplicate(id: string, first: SeenRow, second: SeenRow): Finding {
  const isSameLine = first.place.line === second.place.line;
  const where = isSameLine ? '' : ` (line ${first.place.line})`;
  return {
    code: 'DUPLICATE_ID',
    severity: 'error',
    message:
      first.number === second.number
        ? `two combinations of the matrix make the id \`${id}\``
        : `row ${second.number} has the id of row ${first.number}${where}: \`${id}\``,
    hint: 'name a field whose values are all different with `key`, or delete one of the two',
    place: second.place,
  };
}
