import { createHmac } from 'node:crypto';
import { join } from 'node:path';
import { writeAll, type Disk, type DiskFile } from '../ports/disk.ts';
import { randomHex, type Random } from '../ports/random.ts';
import type { ResolvedProvider } from '../providers/resolve.ts';
import type { Learned } from '../outcome/learned.ts';
import {
  isSameLane,
  learnedFileText,
  MAX_FILE_BYTES,
  parseLearnedFile,
  withLanes,
  type LaneIdentity,
  type LearnedFile,
  type LearnedLane,
} from './learned-format.ts';

/** The server, model and key that a run learned something about. */
export interface LearnedFor {
  readonly provider: Pick<ResolvedProvider, 'name' | 'host' | 'key'>;
  readonly model: string;
}

/**
 * The limits that earlier runs of this user learned, as hints for the start of a run. A folder that
 * cannot be read or written counts as empty; nothing here rejects.
 */
export interface LearnedLimits {
  /** The path of the file, whether or not it exists. */
  readonly file: string;
  /** All saved lanes that are not too old, newest first. */
  readonly lanes: readonly LearnedLane[];
  of(lane: LearnedFor): LearnedLane | undefined;
  /** Saves what a run learned, merged with what other runs saved in the meantime. */
  keep(learned: ReadonlyArray<LearnedFor & { readonly learned: Learned }>): Promise<void>;
}

export interface LearnedPorts {
  readonly disk: Disk;
  /** Wall time in milliseconds since 1970. */
  readonly epochMs: () => number;
  readonly random: Random;
}

export const LEARNED_FILE = 'limits.json';

export async function openLearnedLimits(
  folder: string,
  ports: LearnedPorts,
): Promise<LearnedLimits> {
  const { disk, epochMs, random } = ports;
  const file = join(folder, LEARNED_FILE);
  const read = async (): Promise<LearnedFile> =>
    (await readFile(disk, file, epochMs())) ?? { salt: randomHex(random), lanes: [] };
  const opened = await read();
  return {
    file,
    lanes: opened.lanes,
    of: (lane) => {
      const identity = identityOf(lane, opened.salt);
      return opened.lanes.find((each) => isSameLane(each, identity));
    },
    async keep(learned) {
      if (learned.length === 0) return;
      // Another run may have written in the meantime.
      const current = await read();
      const newer = learned.map((lane) => ({
        ...identityOf(lane, current.salt),
        ...lane.learned,
        learnedAtMs: epochMs(),
      }));
      const text = learnedFileText(withLanes(current, newer));
      await replace(disk, { folder, file, text, suffix: randomHex(random) }).catch(() => {});
    },
  };
}

function identityOf({ provider, model }: LearnedFor, salt: string): LaneIdentity {
  const { name, host, key = '' } = provider;
  return { provider: name, host, model, key: keyTag(key, salt) };
}

/**
 * Distinguishes the few keys of one user by 16 bits of a salted hash. Someone who reads the file
 * can neither compute a key nor confirm a guess, because one guess in 65,536 matches by accident.
 * Two keys with the same tag share a hint, but hints may be wrong anyway.
 */
function keyTag(key: string, salt: string): string {
  return createHmac('sha256', salt).update(key).digest('hex').slice(0, 4);
}

async function readFile(disk: Disk, path: string, nowMs: number): Promise<LearnedFile | undefined> {
  try {
    const stat = await disk.stat(path);
    if (stat?.kind !== 'file') return undefined;
    const file = await disk.open(path);
    try {
      const text = await textOf(file);
      return text === undefined ? undefined : parseLearnedFile(text, nowMs);
    } finally {
      await file.close();
    }
  } catch {
    return undefined;
  }
}

/** Undefined if the file is too long to be one that Volley wrote. */
async function textOf(file: DiskFile): Promise<string | undefined> {
  const bytes = Buffer.alloc(MAX_FILE_BYTES + 1);
  let length = 0;
  for (;;) {
    const count = await file.read(bytes.subarray(length), length);
    length += count;
    if (length > MAX_FILE_BYTES) return undefined;
    if (count === 0) return bytes.toString('utf8', 0, length);
  }
}

/** Replaces the file as a whole: a reader sees either the old one or the new one. */
async function replace(
  disk: Disk,
  to: {
    readonly folder: string;
    readonly file: string;
    readonly text: string;
    readonly suffix: string;
  },
): Promise<void> {
  const fresh = `${to.file}.${to.suffix}`;
  await disk.makeFolder(to.folder);
  const file = await disk.create(fresh);
  try {
    try {
      await writeAll(file, Buffer.from(to.text));
    } finally {
      await file.close();
    }
    await disk.rename(fresh, to.file);
  } catch (error) {
    await disk.remove(fresh);
    throw error;
  }
}
