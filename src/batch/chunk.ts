import type { Reservation } from '../money/ledger.ts';
import type { BatchState, CollectedRow } from '../providers/batch-api.ts';
import type { FedTask } from '../prefix/feed-item.ts';
import type { BatchPrefix } from './batch-cache.ts';
import { customIdOf, type OpenChunk } from './batch-line.ts';

/** A task whose row is in a chunk, or will be. */
export interface BatchRow {
  readonly item: FedTask;
  readonly customId: string;
  readonly fingerprint: string;
  /** In the form of the provider's batches. */
  readonly text: string;
  /** Absent: it shares nothing worth caching with other rows. */
  readonly prefix?: BatchPrefix | undefined;
  /** The most that it can cost, in US dollars; null if there is no upper bound. */
  readonly worstUsd: number | null;
  /** The number of batches that it was in before. */
  readonly rounds: number;
}

/** Rows that are sent to the provider as one batch. Changed in place by the code that brings it to its end. */
export interface Chunk {
  readonly id: string;
  /** Custom ids and fingerprints of all its rows. */
  readonly fingerprints: ReadonlyMap<string, string>;
  /** Its rows whose task this run has and has not settled. */
  readonly claimed: Map<string, BatchRow>;
  /** Wall time of its intent. */
  readonly sinceEpochMs: number;
  readonly reservedUsd: number | undefined;
  /** An earlier run created it. Which of its rows have a task is known only when the tasks come. */
  readonly isRestored: boolean;
  /** Its rows write to the provider's cache, and others wait to read that. */
  readonly isPrimer: boolean;
  /** Custom ids of its rows that mark something for caching. */
  readonly marked: ReadonlySet<string>;
  inputFile: string | undefined;
  /** Undefined: it is unknown whether the batch was created. */
  batchId: string | undefined;
  state: BatchState | undefined;
  /** Canceled because of the deadline: rows that did not come back were not processed. */
  isCanceled: boolean;
  /** Left running, for a later run to collect. */
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

/** As an earlier run left it. */
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
