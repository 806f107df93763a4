import type { Finding, Place } from '../errors/finding.ts';
import type { ReadRows, TaskTemplate } from '../manifest/manifest.ts';
import { combinationsOf } from './expand.ts';
import { newFindingList } from './first-findings.ts';
import { readRows, rowPlace, type RowContext } from './rows.ts';
import { rowKey } from './row-key.ts';
import { taskId } from './task-id.ts';

/**
 * A set of hashes in a typed array. A million hashes take 16 MB; in a `Set`, they would take 50 MB.
 * Two ids with the same hash are only suspected duplicates: the caller compares the ids.
 */
export function newHashSet() {
  let slots = new Float64Array(1024);
  let used = 0;
  return {
    /** False if the set already had the hash. */
    add(hash: number): boolean {
      if (2 * used >= slots.length) {
        const larger = new Float64Array(2 * slots.length);
        for (const each of slots) if (each !== 0) insert(larger, each);
        slots = larger;
      }
      const isNew = insert(slots, hash);
      if (isNew) used += 1;
      return isNew;
    },
  };
}

/** Open addressing. A free slot is 0. */
function insert(slots: Float64Array, hash: number): boolean {
  const mask = slots.length - 1;
  let at = hash & mask;
  for (; slots[at] !== 0; at = (at + 1) & mask) if (slots[at] === hash) return false;
  slots[at] = hash;
  return true;
}

/** A 53-bit hash of the id (cyrb53), never 0. */
export function idHash(id: string): number {
  let one = 0xdeadbeef;
  let two = 0x41c6ce57;
  for (let index = 0; index < id.length; index += 1) {
    const unit = id.charCodeAt(index);
    one = Math.imul(one ^ unit, 2654435761);
    two = Math.imul(two ^ unit, 1597334677);
  }
  one = Math.imul(one ^ (one >>> 16), 2246822507) ^ Math.imul(two ^ (two >>> 13), 3266489909);
  two = Math.imul(two ^ (two >>> 16), 2246822507) ^ Math.imul(one ^ (one >>> 13), 3266489909);
  return 2 ** 32 * (two & 0x1fffff) + (one >>> 0 || 1);
}

/** Reads the rows again and compares ids with equal hashes. Each finding names both rows. */
export async function duplicateIds(
  template: TaskTemplate,
  source: ReadRows,
  suspected: ReadonlySet<number>,
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
        if (!suspected.has(idHash(id))) continue;
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
        ? `two combinations of the matrix create the id \`${id}\``
        : `row ${second.number} has the id of row ${first.number}${where}: \`${id}\``,
    hint: 'set `key` to a field whose values are all different, or delete one of the two',
    place: second.place,
  };
}
