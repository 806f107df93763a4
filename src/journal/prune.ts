import { dirname } from 'node:path';
import { VolleyError } from '../errors/volley-error.ts';
import { roundUsd } from '../money/cost.ts';
import { type Disk, type ReadableFile, readExactly, writeAll } from '../ports/disk.ts';
import { systemErrorCode } from '../ports/error-code.ts';
import { heldByAnother } from '../results/write-problems.ts';
import type { Seal } from '../results/seal.ts';
import { companionLine, companionName } from './companion.ts';
import { cannotOpen, missingResults, notAFile, nothingToPrune } from './problems.ts';
import { readResults } from './read-results.ts';
import { rewriteName } from './rewrite.ts';

/** What pruning took out of a companion. */
export interface Pruned {
  readonly lines: number;
  readonly bytes: number;
  /** What these lines cost, which a budget still counts. */
  readonly costUsd: number;
}

/**
 * Empties the companion of a results file: the answers in it are not reused any more. Only their cost stays, for a
 * budget counts what was spent. Undefined when there is nothing to take out. Throws a `VolleyError`.
 */
export async function pruneCompanion(
  disk: Disk,
  path: string,
  { seal }: { readonly seal: Seal | undefined },
): Promise<Pruned | undefined> {
  try {
    const real = await disk.resolve(path);
    const lock = await disk.lock(real);
    if (!lock.ok) throw heldByAnother(path, lock.holder);
    try {
      return await prune(disk, { real, path, seal });
    } finally {
      await lock.release();
    }
  } catch (error) {
    if (error instanceof VolleyError || systemErrorCode(error) === 'UNKNOWN') throw error;
    throw cannotOpen(path, error);
  }
}

async function prune(
  disk: Disk,
  {
    real,
    path,
    seal,
  }: { readonly real: string; readonly path: string; readonly seal: Seal | undefined },
): Promise<Pruned | undefined> {
  const name = companionName(real);
  const [results, companion] = [await disk.stat(real), await disk.stat(name)];
  if (!results) throw companion ? missingResults(path, companionName(path)) : nothingToPrune(path);
  if (results.kind !== 'file') throw notAFile(path);
  if (!companion) return undefined;
  const files: ReadableFile[] = [];
  const open = async (each: string): Promise<ReadableFile> => {
    const file = await disk.openToRead(each);
    files.push(file);
    return file;
  };
  try {
    const old = await open(name);
    const { prunable } = await readResults(
      { file: await open(real), name: path },
      { file: old, name: companionName(path) },
    );
    const { lines, others } = prunable;
    if (lines === 0) return undefined;
    const costUsd = roundUsd(prunable.costUsd);
    const kept = await Promise.all(others.map((place) => readExactly(old, place)));
    if (costUsd > 0)
      kept.push(Buffer.from(companionLine({ kind: 'pruned', cost_usd: costUsd }, seal)));
    const text = Buffer.concat(kept);
    await replace(disk, name, text);
    return { lines, bytes: companion.bytes - text.length, costUsd };
  } finally {
    for (const file of files) await file.close();
  }
}

/** An empty companion is none. */
async function replace(disk: Disk, name: string, bytes: Uint8Array): Promise<void> {
  if (bytes.length === 0) {
    await disk.remove(name);
    return disk.syncFolder(dirname(name));
  }
  const draft = rewriteName(name);
  await disk.remove(draft);
  const file = await disk.create(draft);
  try {
    await writeAll(file, bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  await disk.rename(draft, name);
  await disk.syncFolder(dirname(name));
}
