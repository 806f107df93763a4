import { column, type Column } from './column.ts';
import { KEY_WORDS, KeyChains, NONE, setKey } from './key-chains.ts';
import { keyOf } from './keys.ts';
import { isMarked, MARK, statusOf, USE, useOf, type LineTable } from './line-table.ts';

/** Which lines stay when superseded ones go. */
export interface Survivors {
  has(line: number): boolean;
  /** Those whose task is not in this run's plan. */
  readonly gone: number;
  /** Those that stay although another task has their id now: they need another. */
  readonly displaced: ReadonlySet<number>;
  /** The lines that go, each with the line of the same task that stays. */
  readonly superseded: ReadonlyMap<number, number>;
  /** Whether the file on disk is not yet what it should be. */
  readonly needCompaction: boolean;
}

/**
 * One line a task: the one that this run kept or wrote, else an answer that it left to a task of its
 * own, else the newest answer, else the newest of all. Lines are of one task when they have one id,
 * but for an id that a task took over which had another before: what it finds there is displaced, and
 * stays as the record of a task that is gone. So does the answer of a task that has no new one, because
 * this run skipped it or asked something else in vain. What a task wants that this run leaves to a later
 * one stays too. A run that did not get to all of its tasks (`complete` false) drops no answer that
 * nobody took: a task it did not get to may want it.
 */
export function survivors(
  table: LineTable,
  { complete }: { readonly complete: boolean },
): Survivors {
  // Each of them is of a task of its own. At a million lines, working that out takes 20 MB.
  if (everyLine(table, (line) => useOf(table, line) >= USE.kept)) {
    const all = { has: () => true, displaced: new Set<number>() };
    return { ...all, superseded: new Map(), ...counts(table, all) };
  }
  const stays = new Uint8Array(table.count);
  const superseded = new Map<number, number>();
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
      const isWanted = isMarked(table, line, MARK.wanted) || isUnreplaced(line, first);
      if (first === NONE || always || isWanted) stays[line] = 1;
      else superseded.set(line, first);
      if (stays[line] === 1 && (isOfAnother || (isWanted && first !== NONE))) displaced.add(line);
    }
  };
  const isOurs = (line: number): boolean => useOf(table, line) >= USE.kept;
  const isAnswer = (line: number): boolean => statusOf(table, line) === 'succeeded';
  /** Whether an answer's task ended in this run without another: it may ask for the same again. */
  const isUnreplaced = (line: number, first: number): boolean =>
    first !== NONE &&
    isAnswer(line) &&
    useOf(table, line) === USE.free &&
    useOf(table, first) === USE.written &&
    !isAnswer(first);
  settle(isOurs, { always: false });
  settle((line) => isAnswer(line) && useOf(table, line) === USE.reserved, { always: false });
  settle((line) => isAnswer(line) && useOf(table, line) === USE.free, { always: !complete });
  settle((line) => !isOurs(line) && !isAnswer(line), { always: false });
  const has = (line: number): boolean => stays[line] === 1;
  return { has, displaced, superseded, ...counts(table, { has, displaced }) };
}

function everyLine(table: LineTable, holds: (line: number) => boolean): boolean {
  for (let line = 0; line < table.count; line++) if (!holds(line)) return false;
  return true;
}

function counts(
  table: LineTable,
  { has, displaced }: Pick<Survivors, 'has' | 'displaced'>,
): Pick<Survivors, 'gone' | 'needCompaction'> {
  let [count, gone, changed] = [0, 0, displaced.size];
  for (let line = 0; line < table.count; line++) {
    if (!has(line)) continue;
    count += 1;
    if (isMarked(table, line, MARK.relabelled)) changed += 1;
    if (useOf(table, line) !== USE.free || isMarked(table, line, MARK.wanted)) continue;
    if (!isMarked(table, line, MARK.planned) || displaced.has(line)) gone += 1;
  }
  return { gone, needCompaction: changed > 0 || count < table.count };
}

/**
 * Whether nobody asked for a line, and its id is now that of a task which had another before. Only with a
 * fingerprint: by nothing else would it be found under another id.
 */
function takenOverIds(table: LineTable, keys: Column): (line: number) => boolean {
  const takenOver = emptyChains(keys);
  for (const line of table.renamed.keys()) takenOver.add(line);
  return (line) =>
    useOf(table, line) === USE.free &&
    takenOver.newestLike(line) !== NONE &&
    isMarked(table, line, MARK.fingerprinted);
}

/** An empty table of lines by the id that their task has now. */
function emptyChains(keys: Column): KeyChains {
  return new KeyChains({ keys, older: column(Int32Array) });
}

function currentIdKeys({ columns: { idKey }, count, renamed }: LineTable): Column {
  if (renamed.size === 0) return idKey;
  const keys = column(Uint32Array);
  for (let word = 0; word < count * KEY_WORDS; word++) keys.set(word, idKey.at(word));
  for (const [line, { id }] of renamed) setKey(keys, line, keyOf(id));
  return keys;
}
