import { createHmac } from 'node:crypto';
import { join } from 'node:path';
import type { EntryFiles } from '../ports/entry-files.ts';
import { randomHex, type Random } from '../ports/random.ts';
import type { ResolvedProvider } from '../providers/resolve-providers.ts';
import type { Learned } from '../outcome/learned-limits.ts';
import {
  isSameLane,
  learnedFileText,
  MAX_FILE_BYTES,
  parseLearnedFile,
  withLanes,
  type LaneIdentity,
  type LearnedFile,
  type LearnedLane,
} from './learned-file.ts';

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
  /** The files in the folder. */
  readonly files: EntryFiles;
  /** Wall time in milliseconds since 1970. */
  readonly epochMs: () => number;
  readonly random: Random;
}

export const LEARNED_FILE = 'limits.json';

export async function openLearnedLimits(
  folder: string,
  ports: LearnedPorts,
): Promise<LearnedLimits> {
  const { files, epochMs, random } = ports;
  const read = async (): Promise<LearnedFile> =>
    (await readFile(files, epochMs())) ?? { salt: randomHex(random), lanes: [] };
  const opened = await read();
  return {
    file: join(folder, LEARNED_FILE),
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
      await files.write(LEARNED_FILE, Buffer.from(text)).catch(() => undefined);
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

/** A file that is too long was not written by Volley. */
async function readFile(files: EntryFiles, nowMs: number): Promise<LearnedFile | undefined> {
  const bytes = await files.read(LEARNED_FILE, MAX_FILE_BYTES).catch(() => undefined);
  return bytes && parseLearnedFile(Buffer.from(bytes).toString('utf8'), nowMs);
}
