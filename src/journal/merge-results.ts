import { dirname } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { EXIT, VolleyError } from '../errors/volley-error.ts';
import { type Disk, type DiskFile, withFile, writeAll } from '../ports/disk.ts';
import type { ResultRecord } from '../results/record.ts';
import type { Seal } from '../results/seal.ts';
import { recordLine } from '../results/serialize.ts';
import { lockResults } from './lock-results.ts';
import { checkCompanionLine, companionLine, companionName, identityOf } from './companion.ts';
import { readLines } from './read-lines.ts';
import { cannotOpen, damaged, worded } from './file-errors.ts';
import type { RecordsFile, SealedRecord } from './read-records.ts';
import { rewriteName } from './rewrite.ts';
import { resealed } from './sealing.ts';

export interface MergeOptions {
  /** The name of the file to write. An existing file is replaced. */
  readonly output: string;
  readonly seal: Seal | undefined;
  /** Whether to seal other people's answers as the caller's. */
  readonly trustsAll: boolean;
  /** Called for each record written, in order. */
  readonly onRecord: (record: ResultRecord) => void;
}

export interface Merged {
  readonly records: number;
  /** How many records lost to another file's record of the same task. They are in the companion. */
  readonly superseded: number;
  /** How many tasks have no record, counted up to the last task that has one. */
  readonly missing: number;
}

/**
 * Merges several results files, such as those of shards, and their companions into one, in manifest
 * order. The companion is in place before the results file is. Throws a `VolleyError` (exit 2) if
 * records contradict each other, and then leaves no files behind.
 */
export async function mergeResults(
  disk: Disk,
  files: readonly RecordsFile[],
  options: MergeOptions,
): Promise<Merged> {
  try {
    const path = await disk.resolve(options.output);
    await disk.makeFolder(dirname(path));
    const release = await lockResults(disk, path, options.output);
    try {
      return await merged(disk, files, { ...options, path });
    } finally {
      await release();
    }
  } catch (error) {
    throw worded(error, (cause) => cannotOpen(options.output, cause));
  }
}

async function merged(
  disk: Disk,
  files: readonly RecordsFile[],
  options: MergeOptions & { readonly path: string },
): Promise<Merged> {
  const { path } = options;
  const names = { results: rewriteName(path), companion: rewriteName(companionName(path)) };
  for (const name of Object.values(names)) await disk.remove(name);
  const companion = await lazyFile(disk, names.companion);
  const results = await disk.create(names.results);
  try {
    const counts = await writeRecords(files, { ...options, results, companion });
    for (const { name } of files) await copyCompanion(disk, name, companion);
    await results.sync();
    await results.close();
    await companion.close();
    await disk.remove(companionName(path));
    if (companion.isMade()) await disk.rename(names.companion, companionName(path));
    await disk.rename(names.results, path);
    await disk.syncFolder(dirname(path));
    return counts;
  } catch (error) {
    await results.close().catch(() => undefined);
    await companion.close().catch(() => undefined);
    for (const name of Object.values(names)) await disk.remove(name);
    throw error;
  }
}

interface LazyFile {
  append(bytes: Uint8Array): Promise<void>;
  isMade(): boolean;
  close(): Promise<void>;
}

/** Creates the file on the first append, because an empty companion should not exist. */
async function lazyFile(disk: Disk, name: string): Promise<LazyFile> {
  let file: DiskFile | undefined;
  return {
    async append(bytes) {
      file ??= await disk.create(name);
      await writeAll(file, bytes);
    },
    isMade: () => file !== undefined,
    async close() {
      await file?.sync();
      await file?.close();
    },
  };
}

async function writeRecords(
  files: readonly RecordsFile[],
  {
    results,
    companion,
    seal,
    trustsAll,
    onRecord,
  }: MergeOptions & { readonly results: DiskFile; readonly companion: LazyFile },
): Promise<Merged> {
  const counts = { records: 0, superseded: 0, missing: 0 };
  /** The position of each task that is in more than one file. */
  const taken = new Map<string, number>();
  let last = -1;
  let text = '';
  for await (const found of byIndex(files)) {
    const [first, ...others] = found;
    if (!first) continue;
    const { best, worse } = chosen(first, others);
    refuseElsewhere(best, files, taken);
    for (const { record } of worse) {
      const line = companionLine({ kind: 'record', reason: 'superseded', record }, seal);
      await companion.append(Buffer.from(line));
      counts.superseded += 1;
    }
    const isForeign = trustsAll && best.seal !== 'ours';
    const record = isForeign ? resealed(best.record, seal) : best.record;
    onRecord(record);
    text += recordLine(record);
    if (text.length > WRITTEN_AT_ONCE) {
      await writeAll(results, Buffer.from(text));
      text = '';
    }
    counts.records += 1;
    counts.missing += best.record.index - last - 1;
    last = best.record.index;
  }
  await writeAll(results, Buffer.from(text));
  return counts;
}

const WRITTEN_AT_ONCE = 1024 * 1024;

interface Found extends SealedRecord {
  readonly file: RecordsFile;
}

/** Groups records by their position in the manifest. Each file is read as a stream. */
async function* byIndex(files: readonly RecordsFile[]): AsyncGenerator<readonly Found[]> {
  const readers = files.map((file) => ({
    file,
    records: each(file),
    head: undefined as Found | undefined,
  }));
  for (const reader of readers) reader.head = await reader.records.next().then(valueOf);
  for (;;) {
    const heads = readers.flatMap(({ head }) => head ?? []);
    if (heads.length === 0) return;
    const index = Math.min(...heads.map(({ record }) => record.index));
    const same: Found[] = [];
    for (const reader of readers) {
      while (reader.head?.record.index === index) {
        same.push(reader.head);
        reader.head = await reader.records.next().then(valueOf);
      }
    }
    yield same;
  }
}

async function* each(file: RecordsFile): AsyncGenerator<Found, undefined> {
  for await (const batch of file.records()) for (const found of batch) yield { ...found, file };
  return undefined;
}

function valueOf(result: IteratorResult<Found, undefined>): Found | undefined {
  return result.done === true ? undefined : result.value;
}

/**
 * Chooses one record of a task: a success wins over other records, and otherwise the newest one
 * wins.
 */
function chosen(
  first: Found,
  others: readonly Found[],
): { readonly best: Found; readonly worse: readonly Found[] } {
  let best = first;
  const worse: Found[] = [];
  for (const other of others) {
    if (other.record.id !== best.record.id) throw otherManifest(best, other);
    if (isCopy(other.record, best.record)) continue;
    const isBetter = winsOver(other, best);
    worse.push(isBetter ? best : other);
    if (isBetter) best = other;
  }
  return { best, worse };
}

function winsOver(other: Found, best: Found): boolean {
  const [one, two] = [best.record, other.record];
  if (one.status === 'succeeded' && two.status === 'succeeded' && !isSameAnswer(one, two)) {
    throw contradiction(best, other);
  }
  if (one.status === 'succeeded') return false;
  return two.status === 'succeeded' || two.finished_at > one.finished_at;
}

function isCopy(one: ResultRecord, two: ResultRecord): boolean {
  return identityOf(one) === identityOf(two) && isDeepStrictEqual(one.output, two.output);
}

function isSameAnswer(one: ResultRecord, two: ResultRecord): boolean {
  return one.fingerprint === two.fingerprint && isDeepStrictEqual(one.output, two.output);
}

/**
 * Throws if files disagree about the position of a task, because it would be in the output twice.
 */
function refuseElsewhere(
  { record, file }: Found,
  files: readonly RecordsFile[],
  taken: Map<string, number>,
): void {
  const isShared = files.filter((other) => other.has(record.id)).length > 1;
  if (!isShared) return;
  const before = taken.get(record.id);
  if (before !== undefined && before !== record.index) {
    throw refused(
      `\`${record.id}\` is task ${before + 1} in one file and task ${record.index + 1} in \`${file.name}\``,
    );
  }
  taken.set(record.id, record.index);
}

function otherManifest(one: Found, other: Found): VolleyError {
  return refused(
    `task ${one.record.index + 1} is \`${one.record.id}\` in \`${one.file.name}\` and \`${other.record.id}\` in \`${other.file.name}\``,
  );
}

function refused(message: string): VolleyError {
  return new VolleyError(`${message}: they come from different manifests`, {
    exitCode: EXIT.usage,
    hint: 'merge only results from the same manifest and rows; update an older file with `--resume`',
  });
}

function contradiction(one: Found, other: Found): VolleyError {
  const isSame = one.record.fingerprint === other.record.fingerprint;
  const what = isSame ? 'two answers to the same request' : 'answers to two different requests';
  return new VolleyError(
    `\`${one.record.id}\` has ${what}, in \`${one.file.name}\` and in \`${other.file.name}\``,
    {
      exitCode: EXIT.usage,
      hint: 'compare them with `volley diff`, and remove the record from one of the files',
    },
  );
}

async function copyCompanion(disk: Disk, results: string, into: LazyFile): Promise<void> {
  const name = companionName(await disk.resolve(results));
  if (!(await disk.stat(name))) return;
  await withFile(disk, name, async (file) => {
    for await (const lines of readLines(file)) {
      for (const line of lines) {
        // An unfinished line that a crash left was never durable.
        if (!line.ended || !line.bytes) continue;
        const checked = checkCompanionLine(line.bytes);
        if (!checked.ok) throw damaged(companionName(results), line, checked.problem);
        await into.append(Buffer.concat([line.bytes, NEWLINE]));
      }
    }
  });
}

const NEWLINE = Buffer.from('\n');
