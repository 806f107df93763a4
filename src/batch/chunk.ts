import type { Reservation } from '../money/budget-ledger.ts';
import type { BatchState, CollectedRow } from '../providers/batch-api.ts';
import type { FedTask } from '../prefix/feed-item.ts';
import type { BatchPrefix } from './batch-cache.ts';
import type { BatchLane } from './batch-lane.ts';
import { customIdOf, type IntendedLine, type OpenChunk } from './batch-line.ts';

/** A task whose row is in a chunk, or will be. */
export interface BatchRow {
  readonly item: FedTask;
  readonly customId: string;
  readonly fingerprint: string;
  /** The row in the format of the provider's batches. */
  readonly text: string;
  /** Absent if the row shares nothing worth caching with other rows. */
  readonly prefix?: BatchPrefix | undefined;
  /** The most that the row can cost, in US dollars; null if there is no upper bound. */
  readonly worstUsd: number | null;
  /** The number of batches that the row was in before. */
  readonly rounds: number;
}

/**
 * Rows that are sent to the provider as one batch. The code that processes the batch changes this
 * object in place.
 */
export interface Chunk {
  readonly id: string;
  /** Custom ids and fingerprints of all its rows. */
  readonly fingerprints: ReadonlyMap<string, string>;
  /** The rows whose task has arrived in this run but is not settled yet. */
  readonly claimed: Map<string, BatchRow>;
  /** Wall time at which the chunk's intent was recorded. */
  readonly sinceEpochMs: number;
  readonly reservedUsd: number | undefined;
  /**
   * Whether an earlier run created the chunk. If so, which rows have a task becomes clear only as
   * tasks arrive.
   */
  readonly isRestored: boolean;
  /** Whether its rows write prefixes to the provider's cache while other rows wait to read them. */
  readonly isPrimer: boolean;
  /** Custom ids of the rows that mark a prefix for caching. */
  readonly marked: ReadonlySet<string>;
  inputFile: string | undefined;
  /** Undefined if it is unknown whether the batch was created. */
  batchId: string | undefined;
  state: BatchState | undefined;
  /**
   * The batch was canceled because of the deadline: rows that did not come back were not processed.
   */
  isCanceled: boolean;
  /** The batch keeps running, and a later run will collect it. */
  isLeft: boolean;
  reservation: Reservation | undefined;
  /** Results by custom id that are not settled yet; undefined before they are collected. */
  results: Map<string, CollectedRow> | undefined;
  /** What its rows have cost so far, in US dollars. */
  budgetUsd: number;
}

type Facts = Pick<Chunk, 'id' | 'fingerprints' | 'sinceEpochMs' | 'reservedUsd'>;

export function newChunk(facts: Facts, more: Partial<Chunk> = {}): Chunk {
  return {
    claimed: new Map(),
    isRestored: false,
    isPrimer: false,
    marked: new Set(),
    inputFile: undefined,
    batchId: undefined,
    state: undefined,
    isCanceled: false,
    isLeft: false,
    reservation: undefined,
    results: undefined,
    budgetUsd: 0,
    ...facts,
    ...more,
  };
}

/** A chunk as an earlier run left it. */
export function restoredChunk({ intended, batchId }: OpenChunk): Chunk {
  return newChunk(
    {
      id: intended.chunk,
      fingerprints: new Map(intended.rows.map((each) => [customIdOf(each), each])),
      sinceEpochMs: Date.parse(intended.at) || 0,
      reservedUsd: intended.reserved_usd,
    },
    { isRestored: true, inputFile: intended.input_file, batchId },
  );
}

/** Records that the batch may exist, or again that its id is unknown. */
export function intendedLine(chunk: Chunk, lane: BatchLane, atEpochMs: number): IntendedLine {
  const { id, fingerprints, inputFile, reservedUsd } = chunk;
  return {
    step: 'intended',
    chunk: id,
    lane: lane.name,
    at: new Date(atEpochMs).toISOString(),
    rows: [...fingerprints.values()],
    provider: lane.provider,
    ...(inputFile !== undefined && { input_file: inputFile }),
    ...(reservedUsd !== undefined && { reserved_usd: reservedUsd }),
  };
}

/** Whether results are from another batch: there are some, and none is of the chunk's rows. */
export function areOfAnother(rows: readonly CollectedRow[], { fingerprints }: Chunk): boolean {
  return rows.length > 0 && !rows.some(({ customId }) => fingerprints.has(customId));
}
