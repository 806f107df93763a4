import { Column } from './column.ts';
import { KEY_WORDS, KeyChains, NONE } from './key-chains.ts';
import { keyOf } from './keys.ts';
import { statusOf, USE, useOf, type LineTable } from './line-table.ts';

/** Which lines stay when superseded ones go. */
export interface Survivors {
  has(line: number): boolean;
  readonly count: number;
  /** Those whose task is not in this run's plan. */
  readonly gone: number;
  /** Those that stay although another task has their id now: they need another. */
  readonly displaced: ReadonlySet<number>;
  /** What the lines that go have cost, in US dollars, by the line of the same task that stays. */
  readonly supersededUsd: ReadonlyMap<number, number>;
  /** Whether the file on disk is not yet what it should be. */
  readonly needCompaction: boolean;
}

/**
 * One line a task: the one that this run kept or wrote, else an answer that it left to a task of its
 * own, else the newest answer, else the newest of all. Lines are of one task when they have one id,
 * but for an id that a task took over which had another before: what it finds there is displaced, and
 * stays as the record of a task that is gone. What a task wants that this run leaves to a later one
 * stays too. A run that did not get to all of its tasks (`complete` false) drops no answer that nobody
 * took: a task it did not get to may want it.
 */
export function survivors(
  table: LineTable,
  { complete }: { readonly complete: boolean },
): Survivors {
  // Each of them is of a task of its own. At a million lines, working that out takes 30 MB.
  if (everyLine(table, (line) => useOf(table, line) >= USE.kept)) {
    const all = { has: () => true, displaced: new Set<number>() };
    return { ...all, supersededUsd: new Map(), ...counts(table, all) };
  }
  const { wanted, spentUsd } = table.columns;
  const stays = new Uint8Array(table.count);
  const supersededUsd = new Map<number, number>();
  const displaced = new Set<number>();
  const keys = currentIdKeys(table);
  const [byId, displacedById] = [emptyChains(keys), emptyChains(keys)];
  const isTakenOver = takenOverIds(table, keys);
  const settle = (
    isMeant: (line: number) => boolean,
    { always }: { readonly always: boolean },
  ): void => {
    for (let line = table.count - 1; line >= 0; line--) {
      if (!isMeant(line)) continue;
      const isOfAnother = isTakenOver(line);
      const chains = isOfAnother ? displacedById : byId;
      const first = chains.newestLike(line);
      if (first === NONE) chains.add(line);
      const isWanted = wanted.values[line] === 1;
      if (first === NONE || always || isWanted) stays[line] = 1;
      else addUsd(supersededUsd, first, spentUsd.values[line] ?? 0);
      if (stays[line] === 1 && (isOfAnother || (isWanted && first !== NONE))) displaced.add(line);
    }
  };
  const isOurs = (line: number): boolean => useOf(table, line) >= USE.kept;
  const isAnswer = (line: number): boolean => statusOf(table, line) === 'succeeded';
  settle(isOurs, { always: false });
  settle((line) => isAnswer(line) && useOf(table, line) === USE.reserved, { always: false });
  settle((line) => isAnswer(line) && useOf(table, line) === USE.free, { always: !complete });
  settle((line) => !isOurs(line) && !isAnswer(line), { always: false });
  const has = (line: number): boolean => stays[line] === 1;
  return { has, displaced, supersededUsd, ...counts(table, { has, displaced }) };
}

function everyLine(table: LineTable, holds: (line: number) => boolean): boolean {
  for (let line = 0; line < table.count; line++) if (!holds(line)) return false;
  return true;
}

function addUsd(sums: Map<number, number>, line: number, usd: number): void {
  if (usd > 0) sums.set(line, (sums.get(line) ?? 0) + usd);
}

function counts(
  table: LineTable,
  { has, displaced }: Pick<Survivors, 'has' | 'displaced'>,
): Pick<Survivors, 'count' | 'gone' | 'needCompaction'> {
  const { planned, wanted, relabelled } = table.columns;
  let [count, gone, changed] = [0, 0, displaced.size];
  for (let line = 0; line < table.count; line++) {
    if (!has(line)) continue;
    count += 1;
    if (relabelled.values[line] === 1) changed += 1;
    if (useOf(table, line) !== USE.free || wanted.values[line] === 1) continue;
    if (planned.values[line] !== 1 || displaced.has(line)) gone += 1;
  }
  return { count, gone, needCompaction: changed > 0 || count < table.count };
}

/**
 * Whether nobody asked for a line, and its id is now that of a task which had another before. Only with a
 * fingerprint: by nothing else would it be found under another id.
 */
function takenOverIds(table: LineTable, keys: Column<Uint32Array>): (line: number) => boolean {
  const { fingerprintKey } = table.columns;
  const takenOver = emptyChains(keys);
  for (const line of table.renamed.keys()) takenOver.add(line);
  const hasFingerprint = (line: number): boolean =>
    fingerprintKey.values
      .subarray(line * KEY_WORDS, (line + 1) * KEY_WORDS)
      .some((word) => word !== 0);
  return (line) =>
    useOf(table, line) === USE.free && takenOver.newestLike(line) !== NONE && hasFingerprint(line);
}

/** An empty table of lines by the id that their task has now. */
function emptyChains(keys: Column<Uint32Array>): KeyChains {
  return new KeyChains({ keys, older: new Column((length) => new Int32Array(length)) });
}

function currentIdKeys({ columns, count, renamed }: LineTable): Column<Uint32Array> {
  if (renamed.size === 0) return columns.idKey;
  const keys = new Column((length) => new Uint32Array(length));
  keys.reserve(count * KEY_WORDS);
  keys.values.set(columns.idKey.values.subarray(0, count * KEY_WORDS));
  for (const [line, { id }] of renamed) keys.values.set(keyOf(id), line * KEY_WORDS);
  return keys;
}
