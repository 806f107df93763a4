import { isAsItIs, isMarked, MARK, USE, useOf, type LineTable } from './line-table.ts';

/** Why a record moves from the results file to the companion. */
export type MoveReason = 'superseded' | 'removed';

/** Which lines stay in a results file when its run ends, and which move to the companion. */
export interface LinesToKeep {
  /** In manifest order; records of unknown tasks come last. */
  readonly kept: Uint32Array;
  readonly moved: ReadonlyMap<number, MoveReason>;
  /** Whether the file needs to be rewritten. */
  readonly isChange: boolean;
}

/**
 * Keeps one record per task of the manifest, in manifest order. The rules:
 *
 * - Lines that this run kept or wrote stay. Other lines of the same tasks are superseded and move.
 * - A task for which this run kept or wrote no line keeps the newest line with its id, even if its
 *   request has changed: the run may have stopped before the task, or may not have selected it.
 * - A line whose id is not in the manifest moves if the run covered the whole manifest (`isWhole`);
 *   otherwise it stays.
 * - Lines that release 0.1.0 kept under a marked id move.
 *
 * Moving loses nothing, because a resume also finds answers in the companion. Only records of tasks
 * for which nothing was sent are dropped, because every resume would add another one.
 */
export function linesToKeep(
  table: LineTable,
  { isWhole }: { readonly isWhole: boolean },
): LinesToKeep {
  const { place } = table.columns;
  const isDone = donePlaces(table);
  const isTaken = isDone.slice();
  const isKept = new Uint8Array(table.count);
  const moved = new Map<number, MoveReason>();
  for (let line = table.count - 1; line >= 0; line--) {
    const at = place.at(line);
    if (useOf(table, line) >= USE.kept) isKept[line] = 1;
    else if (line < table.companionCount) continue;
    else if (isMarked(table, line, MARK.aside)) moved.set(line, 'superseded');
    else if (at === 0 && isWhole) moved.set(line, 'removed');
    else if (isDone[at] === 1 || (isTaken[at] === 1 && isWhole)) moved.set(line, 'superseded');
    else {
      isKept[line] = 1;
      if (at > 0) isTaken[at] = 1;
    }
  }
  const kept = inManifestOrder(table, isKept, isDone.length);
  const isSame =
    moved.size === 0 &&
    kept.every((line, at) => isAsItIs(table, line) && (kept[at - 1] ?? -1) < line);
  return { kept, moved, isChange: !isSame };
}

/**
 * Sorts by place, then by line; lines without a place come last. A comparison sort would copy a
 * million numbers several times.
 */
function inManifestOrder(table: LineTable, isKept: Uint8Array, places: number): Uint32Array {
  const rank = (line: number): number => table.columns.place.at(line) || places;
  const counts = new Uint32Array(places + 1);
  const count = (at: number): number => (counts[at] = (counts[at] ?? 0) + 1);
  for (let line = 0; line < isKept.length; line++) if (isKept[line]) count(rank(line));
  const total = firstOfEach(counts);
  const sorted = new Uint32Array(total);
  for (let line = 0; line < isKept.length; line++) {
    if (isKept[line]) sorted[count(rank(line)) - 1] = line;
  }
  return sorted;
}

/** Replaces the count of each rank with the number of lines before it. Returns the total. */
function firstOfEach(counts: Uint32Array): number {
  let before = 0;
  for (const [at, count] of counts.entries()) {
    counts[at] = before;
    before += count;
  }
  return before;
}

/** Whether this run kept or wrote a line of each task: flags, indexed like the place column. */
function donePlaces(table: LineTable): Uint8Array {
  let most = 0;
  for (let line = 0; line < table.count; line++) {
    most = Math.max(most, table.columns.place.at(line));
  }
  const isDone = new Uint8Array(most + 1);
  for (let line = 0; line < table.count; line++) {
    if (useOf(table, line) >= USE.kept) isDone[table.columns.place.at(line)] = 1;
  }
  return isDone;
}

/** How many records of the results file do not belong to any task announced so far. */
export function recordsWithoutTask(table: LineTable): {
  readonly count: number;
  readonly of: number;
} {
  let count = 0;
  for (let line = table.companionCount; line < table.count; line++) {
    const isHomeless = table.columns.place.at(line) === 0 && useOf(table, line) === USE.free;
    if (isHomeless) count += 1;
  }
  return { count, of: table.count - table.companionCount };
}
