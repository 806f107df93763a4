import type { Finding, Place } from '../errors/finding.ts';
import type { ReadRows, TaskTemplate } from '../manifest/manifest.ts';
import { combinationsOf } from './expand.ts';
import { newFindingList } from './finding-list.ts';
import { readRows, rowPlace, type RowContext } from './rows.ts';
import { rowKey, taskId } from './task-id.ts';

/**
 * The 64-bit hashes of all ids, in typed arrays: a million ids take 16 MB. A known hash is only a
 * suspected duplicate: the caller compares the ids.
 */
interface IdTable {
  /** False if the table already had the hash. */
  add(id: string): boolean;
}

export function newIdTable(): IdTable {
  let slots = new Uint32Array(2 * FIRST_SLOTS);
  let used = 0;
  return {
    add(id) {
      if (used * 2 >= slots.length / 2) slots = grown(slots);
      const isNew = insert(slots, idHash(id));
      if (isNew) used += 1;
      return isNew;
    },
  };
}

/** As a string, for sets of the few suspected ids. */
export function hashText(id: string): string {
  const [high, low] = idHash(id);
  return `${high}:${low}`;
}

const FIRST_SLOTS = 1024;
type Hash = readonly [high: number, low: number];

/** Open addressing. A free slot is 0 and 0. */
function insert(slots: Uint32Array, [high, low]: Hash): boolean {
  const mask = slots.length / 2 - 1;
  for (let slot = low & mask; ; slot = (slot + 1) & mask) {
    const at = slot * 2;
    if (slots[at] === 0 && slots[at + 1] === 0) {
      slots[at] = high;
      slots[at + 1] = low;
      return true;
    }
    if (slots[at] === high && slots[at + 1] === low) return false;
  }
}

function grown(slots: Uint32Array): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(slots.length * 2);
  for (let at = 0; at < slots.length; at += 2) {
    const high = slots[at] ?? 0;
    const low = slots[at + 1] ?? 0;
    if (high !== 0 || low !== 0) insert(larger, [high, low]);
  }
  return larger;
}

/** The two lanes of cyrb53 at full width. */
function idHash(id: string): Hash {
  let one = 0xdeadbeef;
  let two = 0x41c6ce57;
  for (let index = 0; index < id.length; index += 1) {
    const unit = id.charCodeAt(index);
    one = Math.imul(one ^ unit, 2654435761);
    two = Math.imul(two ^ unit, 1597334677);
  }
  one = Math.imul(one ^ (one >>> 16), 2246822507) ^ Math.imul(two ^ (two >>> 13), 3266489909);
  two = Math.imul(two ^ (two >>> 16), 2246822507) ^ Math.imul(one ^ (one >>> 13), 3266489909);
  // 0 and 0 mean a free slot.
  return [one >>> 0, two >>> 0 || 1];
}

/** Reads the rows again and compares ids with equal hashes. Each finding names both rows. */
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
