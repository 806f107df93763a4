import { column, type Column } from './column.ts';
import { KEY_WORDS, KeyChains, NONE } from './key-chains.ts';
import { keyOf } from './keys.ts';
import { statusOf, USE, useOf, type LineTable } from './line-table.ts';

/** Which lines stay when superseded ones go. */
export interface Survivors {
  has(line: number): boolean;
  readonly count: number;
  /** Those whose task is not in this run's plan. */
  readonly gone: number;
  /** What the lines that go have cost, in US dollars, by the line of the same task that stays. */
  readonly supersededUsd: ReadonlyMap<number, number>;
  /** Whether the file on disk is not yet what it should be. */
  readonly needCompaction: boolean;
}

/**
 * One line an id: the one that this run kept or wrote, else an answer that it left to a task of its
 * own, else the newest answer, else the newest of all. What a task wants that this run leaves to a
 * later one stays beside it. A run that did not get to all of its tasks (`complete` false) drops no
 * answer that nobody took: a task it did not get to may want it.
 */
export function survivors(
  table: LineTable,
  { complete }: { readonly complete: boolean },
): Survivors {
  // Each of them is of a task of its own. At a million lines, working that out takes 30 MB.
  if (everyLine(table, (line) => useOf(table, line) >= USE.kept)) {
    return { has: () => true, supersededUsd: new Map(), ...counts(table, () => true) };
  }
  const { wanted, spentUsd } = table.columns;
  const stays = new Uint8Array(table.count);
  const supersededUsd = new Map<number, number>();
  const ids = chainsOfCurrentIds(table);
  const settle = (
    isMeant: (line: number) => boolean,
    { always }: { readonly always: boolean },
  ): void => {
    for (let line = table.count - 1; line >= 0; line--) {
      if (!isMeant(line)) continue;
      const first = ids.newestLike(line);
      if (first === NONE) ids.add(line);
      if (first === NONE || always || wanted.values[line] === 1) stays[line] = 1;
      else addUsd(supersededUsd, first, spentUsd.values[line] ?? 0);
    }
  };
  const isOurs = (line: number): boolean => useOf(table, line) >= USE.kept;
  const isAnswer = (line: number): boolean => statusOf(table, line) === 'succeeded';
  settle(isOurs, { always: false });
  settle((line) => isAnswer(line) && useOf(table, line) === USE.reserved, { always: false });
  settle((line) => isAnswer(line) && useOf(table, line) === USE.free, { always: !complete });
  settle((line) => !isOurs(line) && !isAnswer(line), { always: false });
  const has = (line: number): boolean => stays[line] === 1;
  return { has, supersededUsd, ...counts(table, has) };
}

function everyLine(table: LineTable, holds: (line: number) => boolean): boolean {
  for (let line = 0; line < table.count; line++) if (!holds(line)) return false;
  return true;
}

function addUsd(sums: Map<number, number>, line: number, usd: number): void {
  if (usd > 0) sums.set(line, (sums.get(line) ?? 0) + usd);
}

function counts(table: LineTable, has: Survivors['has']): Omit<Survivors, 'has' | 'supersededUsd'> {
  const { planned, wanted, relabelled } = table.columns;
  let [count, gone, changed] = [0, 0, 0];
  for (let line = 0; line < table.count; line++) {
    if (!has(line)) continue;
    count += 1;
    const isKnown = planned.values[line] === 1 || wanted.values[line] === 1;
    if (useOf(table, line) === USE.free && !isKnown) gone += 1;
    if (relabelled.values[line] === 1) changed += 1;
  }
  return { count, gone, needCompaction: changed > 0 || count < table.count };
}

/** An empty table of lines by the id that their task has now. */
function chainsOfCurrentIds(table: LineTable): KeyChains {
  return new KeyChains({
    keys: currentIdKeys(table),
    older: column((length) => new Int32Array(length)),
  });
}

function currentIdKeys({ columns, count, renamed }: LineTable): Column<Uint32Array> {
  if (renamed.size === 0) return columns.idKey;
  const keys = column((length) => new Uint32Array(length));
  keys.reserve(count * KEY_WORDS);
  keys.values.set(columns.idKey.values.subarray(0, count * KEY_WORDS));
  for (const [line, { id }] of renamed) keys.values.set(keyOf(id), line * KEY_WORDS);
  return keys;
}
