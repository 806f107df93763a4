import { column, type Column } from './column.ts';
import { hasKey, KEY_WORDS, KeyChains, NONE, setKey } from './key-chains.ts';
import { keyOf } from './keys.ts';
import { isMarked, MARK, statusOf, USE, useOf, type LineTable } from './line-table.ts';

/** Which lines stay when superseded ones go. */
export interface Survivors {
  has(line: number): boolean;
  /** Those whose task is not in this run's plan. */
  readonly gone: number;
  /** Those that stay although another record has their id now: they need another. */
  readonly displaced: ReadonlyMap<number, Displaced>;
  /** The lines that go, each with the line of the same task that stays. */
  readonly superseded: ReadonlyMap<number, number>;
  /** Whether the file on disk is not yet what it should be. */
  readonly needCompaction: boolean;
}

interface Displaced {
  /** Whether it is an answer that the same task had before it failed or was skipped. */
  readonly isFormer: boolean;
}

/**
 * One line a task: the one that this run kept or wrote, else an answer that it left to a task of its
 * own, else the newest answer, else the newest of all. Lines are of one task when they have one id,
 * but for an id that a task took over which had another before: what it finds there is displaced, and
 * stays as the record of a task that is gone. An answer stays too, as a former one, beside the record of
 * its task that was skipped or asked something else in vain since, until that has a new answer. What a
 * task wants that this run leaves to a later one stays too. A run that did not get to all of its tasks
 * (`complete` false) drops no answer that nobody took: a task it did not get to may want it.
 */
export function survivors(
  table: LineTable,
  { complete }: { readonly complete: boolean },
): Survivors {
  // Each of them is of a task of its own. At a million lines, working that out takes 20 MB.
  if (everyLine(table, (line) => useOf(table, line) >= USE.kept)) {
    const all = { has: () => true, displaced: new Map<number, Displaced>() };
    return { ...all, superseded: new Map(), ...counts(table, all) };
  }
  const stays = new Uint8Array(table.count);
  const superseded = new Map<number, number>();
  const displaced = new Map<number, Displaced>();
  const keys = currentIdKeys(table);
  const [byId, displacedById] = [emptyChains(keys), emptyChains(keys)];
  const formerById = emptyChains(keys);
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
      const isFormer = isUnreplaced(line, first) && formerById.newestLike(line) === NONE;
      if (isFormer) formerById.add(line);
      const isWanted = isMarked(table, line, MARK.wanted) || isFormer;
      if (first === NONE || always || isWanted) stays[line] = 1;
      else superseded.set(line, first);
      if (stays[line] === 0) continue;
      if (isOfAnother) displaced.set(line, { isFormer: false });
      else if (isWanted && first !== NONE && !isKnownAsFormer(line))
        displaced.set(line, { isFormer });
    }
  };
  const isOurs = (line: number): boolean => useOf(table, line) >= USE.kept;
  const isAnswer = (line: number): boolean => statusOf(table, line) === 'succeeded';
  const isKnownAsFormer = (line: number): boolean => isMarked(table, line, MARK.former);
  /** Whether an answer's task ended in this run without another: it may ask for the same again. */
  const isUnreplaced = (line: number, first: number): boolean =>
    first !== NONE &&
    isAnswer(line) &&
    useOf(table, line) === USE.free &&
    (useOf(table, first) === USE.written || isKnownAsFormer(line)) &&
    !isAnswer(first);
  settle(isOurs, { always: false });
  settle((line) => isAnswer(line) && useOf(table, line) === USE.reserved, { always: false });
  const isFreeAnswer = (line: number): boolean => isAnswer(line) && useOf(table, line) === USE.free;
  settle((line) => isFreeAnswer(line) && !isKnownAsFormer(line), { always: !complete });
  settle((line) => !isOurs(line) && !isAnswer(line), { always: false });
  // Last, so that the record of their task stays.
  settle((line) => isFreeAnswer(line) && isKnownAsFormer(line), { always: !complete });
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
    const isAside = displaced.has(line) || isMarked(table, line, MARK.former);
    if (!isMarked(table, line, MARK.planned) || isAside) gone += 1;
  }
  return { gone, needCompaction: changed > 0 || count < table.count };
}

/**
 * Whether nobody asked for a line, and its id is now that of a task which had another before. Only with a
 * fingerprint: by nothing else would it be found under another id.
 */
function takenOverIds(table: LineTable, keys: Column): (line: number) => boolean {
  const takenOver = emptyChains(keys);
  for (const [line, { id }] of table.renamed) {
    // A former answer that is its task's again.
    if (!hasKey(table.columns.idKey, line, keyOf(id))) takenOver.add(line);
  }
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
