import { sleep, type Clock } from '../ports/clock.ts';
import { type DiskFile, writeAll } from '../ports/disk.ts';
import type { VolleyError } from '../errors/volley-error.ts';
import type { ResultRecord } from '../results/record.ts';
import { recordLine } from '../results/serialize.ts';
import type { LinePlace } from './read-lines.ts';
import { cannotWrite } from './file-errors.ts';

export interface GroupCommit {
  /**
   * Resolves when the record's line is durable. Rejects with a `VolleyError` (exit 74) if the disk
   * fails; `drain` then tries again.
   */
  append(record: ResultRecord): Promise<LinePlace>;
  /** Resolves when no write is in progress. Never rejects. */
  idle(): Promise<void>;
  /** Tries for at most `graceMs` to write the unsaved records; returns those still unsaved. */
  drain(graceMs: number, signal?: AbortSignal): Promise<readonly ResultRecord[]>;
  unsaved(): readonly ResultRecord[];
  /** The latest error from the disk, if any. */
  failure(): unknown;
  /** The offset in bytes at which the complete, durable lines of the file end. */
  end(): number;
}

interface Entry {
  readonly record: ResultRecord;
  readonly bytes: Uint8Array;
  readonly done: (place: LinePlace) => void;
  readonly failed: (error: VolleyError) => void;
}

const MAX_BATCH_BYTES = 8 * 1024 * 1024;
const FIRST_RETRY_MS = 100;
const MAX_RETRY_MS = 2000;
/**
 * If an attempt is still running when the grace period ends, it gets this long to finish and to cut
 * off a partial line.
 */
const LAST_ATTEMPT_MS = 1000;

/**
 * Appends records to a file, many per sync. Records that arrive during a sync are written together
 * with the next one, so nothing waits for a full batch. `end` is where the file's last whole line
 * ends.
 */
export function groupCommit(options: {
  readonly file: DiskFile;
  /** The name as the caller wrote it, for messages. */
  readonly name: string;
  readonly end: number;
  readonly clock: Clock;
  /** Called in file order before `append` resolves, even for records that `drain` saves. */
  readonly onDurable: (record: ResultRecord, place: LinePlace) => void;
}): GroupCommit {
  const { file, name, clock } = options;
  let end = options.end;
  /** Whether the file may have bytes after `end` that are not whole, durable lines. */
  let hasLooseEnd = false;
  let waiting: Entry[] = [];
  let unsaved: Entry[] = [];
  let failure: unknown;
  let isBroken = false;
  let running: Promise<void> | undefined;

  function append(record: ResultRecord): Promise<LinePlace> {
    return new Promise((done, failed) => {
      const entry = { record, bytes: Buffer.from(recordLine(record)), done, failed };
      if (isBroken) {
        unsaved.push(entry);
        failed(cannotWrite(name, failure, unsaved.length));
        return;
      }
      waiting.push(entry);
      running ??= writeWaiting();
    });
  }

  async function writeWaiting(): Promise<void> {
    // Records of tasks that end at the same moment share the first sync.
    await Promise.resolve();
    while (waiting.length > 0) {
      const batch = takeBatch(waiting);
      waiting = waiting.slice(batch.length);
      try {
        await commit(batch);
      } catch (error) {
        await breakOff(error, batch);
        break;
      }
      settle(batch);
    }
    running = undefined;
  }

  async function commit(batch: readonly Entry[]): Promise<void> {
    await tidy();
    hasLooseEnd = true;
    await writeAll(file, Buffer.concat(batch.map(({ bytes }) => bytes)));
    await file.sync();
    hasLooseEnd = false;
  }

  function settle(batch: readonly Entry[]): void {
    for (const { record, bytes, done } of batch) {
      const place = { offset: end, length: bytes.length };
      end += bytes.length;
      options.onDurable(record, place);
      done(place);
    }
  }

  /**
   * Cuts off partial lines, and lines written before a failed sync. After such a failure the system
   * forgets that those bytes are not on disk, and a second sync would succeed without writing them.
   */
  async function tidy(): Promise<void> {
    if (!hasLooseEnd) return;
    await file.truncate(end);
    hasLooseEnd = false;
  }

  async function tidyIfPossible(): Promise<void> {
    try {
      await tidy();
    } catch {
      // The next attempt starts by cutting off the partial line too, and so does a resume.
    }
  }

  async function breakOff(error: unknown, batch: readonly Entry[]): Promise<void> {
    const entries = [...batch, ...waiting];
    failure = error;
    isBroken = true;
    waiting = [];
    unsaved.push(...entries);
    await tidyIfPossible();
    for (const { failed } of entries) failed(cannotWrite(name, failure, unsaved.length));
  }

  async function drain(graceMs: number, signal?: AbortSignal): Promise<readonly ResultRecord[]> {
    const over = new AbortController();
    const until = signal ? AbortSignal.any([signal, over.signal]) : over.signal;
    const retrying = retryUntil(until);
    // If the disk hangs, this must not take longer than the grace period plus one attempt.
    await Promise.race([retrying, elapsed(graceMs, until)]);
    over.abort();
    const settled = new AbortController();
    await Promise.race([retrying, elapsed(LAST_ATTEMPT_MS, settled.signal)]);
    settled.abort();
    return unsaved.map(({ record }) => record);
  }

  function elapsed(ms: number, until: AbortSignal): Promise<void> {
    return sleep(clock, ms, until).catch(() => undefined);
  }

  async function retryUntil(until: AbortSignal): Promise<void> {
    await running;
    // After the grace period, no new attempt is started, because the file is about to be closed.
    for (let delayMs = FIRST_RETRY_MS; !until.aborted && !(await retried(until));) {
      await elapsed(delayMs, until);
      delayMs = Math.min(delayMs * 2, MAX_RETRY_MS);
    }
  }

  /** Returns whether everything is saved now. */
  async function retried(until: AbortSignal): Promise<boolean> {
    while (unsaved.length > 0) {
      if (until.aborted) return false;
      const batch = takeBatch(unsaved);
      try {
        await commit(batch);
      } catch (error) {
        failure = error;
        await tidyIfPossible();
        return false;
      }
      unsaved = unsaved.slice(batch.length);
      settle(batch);
    }
    isBroken = false;
    return true;
  }

  return {
    append,
    drain,
    idle: async () => running,
    unsaved: () => unsaved.map(({ record }) => record),
    failure: () => failure,
    end: () => end,
  };
}

/** As many entries as fit into one write, but at least one. */
function takeBatch(entries: readonly Entry[]): readonly Entry[] {
  let bytes = 0;
  const count = entries.findIndex((entry) => (bytes += entry.bytes.length) > MAX_BATCH_BYTES);
  return entries.slice(0, count === -1 ? entries.length : Math.max(count, 1));
}
