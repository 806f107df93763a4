import { isAsItIs, isMarked, MARK, USE, useOf, type LineTable } from './line-table.ts';

/** Why a record leaves the results file for the companion. */
export type MoveReason = 'superseded' | 'removed';

/** What a results file is to hold once its run has ended, and what goes to the companion. */
export interface LinesToKeep {
  /** In the order of the manifest; those of tasks that are not in it last. */
  readonly kept: readonly number[];
  readonly moved: ReadonlyMap<number, MoveReason>;
  /** Whether the file is not yet like that. */
  readonly isChange: boolean;
}

/**
 * One record for each task of the manifest, in its order. This is where the rules are:
 *
 * - What this run kept or wrote stays. Other lines of such a task are superseded and move.
 * - A task without a record of this run keeps the newest line of its id, an older answer to another request
 *   included: the run may have been stopped before it, or did not select it.
 * - A record whose id is not in the manifest moves if the run covered the whole manifest (`isWhole`), else it stays.
 * - What 0.1.0 kept under an id with a mark moves.
 *
 * Nothing that moves is lost: a resume matches the companion's answers too. A record that nothing was ever sent
 * for has nothing to lose: it goes, for each resume would add another.
 */
export function linesToKeep(
  table: LineTable,
  { isWhole }: { readonly isWhole: boolean },
): LinesToKeep {
  const { place } = table.columns;
  const isDone = donePlaces(table);
  const isTaken = isDone.slice();
  const kept: number[] = [];
  const moved = new Map<number, MoveReason>();
  for (let line = table.count - 1; line >= 0; line--) {
    const at = place.at(line);
    if (useOf(table, line) >= USE.kept) kept.push(line);
    else if (line < table.companionCount) continue;
    else if (isMarked(table, line, MARK.aside)) moved.set(line, 'superseded');
    else if (at === 0 && isWhole) moved.set(line, 'removed');
    else if (isDone[at] === 1 || (isTaken[at] === 1 && isWhole)) moved.set(line, 'superseded');
    else {
      kept.push(line);
      if (at > 0) isTaken[at] = 1;
    }
  }
  kept.reverse();
  const rank = (line: number): number => place.at(line) || Infinity;
  const isOrdered = kept.every((line, at) => at === 0 || rank(kept[at - 1] ?? 0) <= rank(line));
  if (!isOrdered) kept.sort((one, other) => rank(one) - rank(other) || one - other);
  const isSame = isOrdered && moved.size === 0 && kept.every((line) => isAsItIs(table, line));
  return { kept, moved, isChange: !isSame };
}

/** Which tasks have a record that this run kept or wrote, by their place in the table's sense. */
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

/** Records of the results file whose task is not in the manifest, as far as is known yet. */
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
