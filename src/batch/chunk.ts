import type { Reservation } from '../money/ledger.ts';
import type { BatchState, CollectedRow } from '../providers/batch-api.ts';
import type { FedTask } from '../prefix/feed-item.ts';
import type { BatchPrefix } from './batch-cache.ts';
import { customIdOf, type OpenChunk } from './batch-line.ts';

/** A task whose row is in a chunk, or is to be. */
export interface BatchRow {
  readonly item: FedTask;
  readonly customId: string;
  readonly fingerprint: string;
  /** As the provider's batch takes it. */
  readonly text: string;
  /** Absent: it has nothing worth caching in common with others. */
  readonly prefix?: BatchPrefix | undefined;
  /** The most that it can cost, in US dollars; null where nothing bounds it. */
  readonly worstUsd: number | null;
  /** In how many batches it was before. */
  readonly rounds: number;
}

/** Rows that go to the provider as one batch. Changed in place, by whoever brings it to its end. */
export interface Chunk {
  readonly id: string;
  /** Custom ids and fingerprints of all its rows. */
  readonly fingerprints: ReadonlyMap<string, string>;
  /** Those of its rows whose task this run has, and has not dealt with. */
  readonly claimed: Map<string, BatchRow>;
  /** Wall time of its intent. */
  readonly sinceEpochMs: number;
  readonly reservedUsd: number | undefined;
  /** An earlier run made it: which of its rows have a task turns out as tasks are taken. */
  readonly isRestored: boolean;
  /** Its rows write to the provider's cache what others wait to read. */
  readonly isPrimer: boolean;
  /** Custom ids of its rows that say what is to be cached. */
  readonly marked: ReadonlySet<string>;
  inputFile: string | undefined;
  /** Undefined: it is not known whether it was created. */
  batchId: string | undefined;
  state: BatchState | undefined;
  /** The deadline had it canceled: what did not come back was not processed. */
  isCanceled: boolean;
  /** It is left running, for a later run to collect. */
  isLeft: boolean;
  reservation: Reservation | undefined;
  /** What came back, by custom id, without what was dealt with; undefined before. */
  results: Map<string, CollectedRow> | undefined;
  /** US dollars of its rows so far. */
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
