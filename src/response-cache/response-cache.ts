import { systemErrorCode } from '../ports/error-code.ts';
import type { EntryFiles } from '../ports/entry-files.ts';
import type { ResultRecord } from '../results/record.ts';
import type { Seal, SealCheck } from '../results/seal.ts';
import { safeJson } from '../results/serialize.ts';
import { answerOf, readAnswer, type CachedAnswer } from './cached-answer.ts';

/**
 * Answers by the fingerprint of their request, one small file each. Manifests, branches and
 * concurrent processes can share them, and a CI system can cache them.
 */
export interface ResponseCache {
  /** The first usable answer to any of these requests. */
  find(fingerprints: readonly string[]): Promise<FoundAnswer | undefined>;
  /**
   * Saves the answer of a record if it passed every check. Once this resolves, the answer is kept
   * even if this process is killed. Never rejects: see `problem`.
   */
  put(record: ResultRecord): Promise<void>;
  /** How many answers could not be saved, and why. */
  problem(): { readonly unkept: number; readonly error: unknown } | undefined;
  /** How many answers this process has saved. */
  written(): number;
}

export interface FoundAnswer {
  readonly answer: CachedAnswer;
  readonly seal: SealCheck;
}

interface CacheOptions {
  readonly files: EntryFiles;
  /** Undefined if the caller has no key; then no seal verifies. */
  readonly seal: Seal | undefined;
  /** Older answers are not used. */
  readonly ttlMs: number;
  readonly epochMs: () => number;
  /** Whether an answer with this kind of seal may be used. */
  readonly accepts: (seal: SealCheck) => boolean;
}

/** Larger answers are not saved. */
const MOST_ENTRY_BYTES = 33 * 1024 * 1024;

export function createResponseCache(options: CacheOptions): ResponseCache {
  const { files, seal, ttlMs, epochMs } = options;
  let failed: { unkept: number; readonly error: unknown } | undefined;
  let written = 0;

  async function read(fingerprint: string): Promise<FoundAnswer | undefined> {
    const name = entryName(fingerprint);
    // An unreadable entry counts as missing: it costs a request, not the run.
    const bytes =
      name === undefined
        ? undefined
        : await files.read(name, MOST_ENTRY_BYTES).catch(() => undefined);
    if (!bytes) return undefined;
    const answer = readAnswer(Buffer.from(bytes).toString('utf8'), fingerprint);
    if (!answer || epochMs() - Date.parse(answer.answered_at) > ttlMs) return undefined;
    const check = seal?.check(answer) ?? (answer.seal === undefined ? 'unsealed' : 'foreign');
    return options.accepts(check) ? { answer, seal: check } : undefined;
  }

  return {
    async find(fingerprints) {
      for (const fingerprint of fingerprints) {
        const found = await read(fingerprint);
        if (found) return found;
      }
      return undefined;
    },
    async put(record) {
      const answer = answerOf(record);
      const name = answer && entryName(answer.fingerprint);
      if (!answer || name === undefined) return;
      try {
        const bytes = Buffer.from(`${safeJson(seal?.sealed(answer) ?? answer)}\n`);
        if (bytes.length > MOST_ENTRY_BYTES) return;
        await files.write(name, bytes);
        written += 1;
      } catch (error) {
        if (systemErrorCode(error) === 'UNKNOWN') throw error;
        failed = { error, ...failed, unkept: (failed?.unkept ?? 0) + 1 };
      }
    },
    problem: () => failed,
    written: () => written,
  };
}

/** The file of an answer: `v2-ab/…` for `v2:sha256:ab…`; undefined if it is not a fingerprint. */
export function entryName(fingerprint: string): string | undefined {
  const [, version, start, rest] =
    /^v(\d{1,3}):sha256:([0-9a-f]{2})([0-9a-f]{62})$/.exec(fingerprint) ?? [];
  return version === undefined ? undefined : `v${version}-${start}/${rest}.json`;
}

export function isEntryName(name: string): boolean {
  return /^v\d{1,3}-[0-9a-f]{2}\/[0-9a-f]{62}\.json$/.test(name);
}
