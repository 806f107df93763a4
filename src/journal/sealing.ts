import type { ResultRecord } from '../results/record.ts';
import type { Seal } from '../results/seal.ts';
import type { CheckSeal } from './read-results.ts';

/** How to distinguish a caller's own answers from those of others. */
export interface Sealing {
  /** Undefined if the caller has no key; then no seal can be verified. */
  readonly seal: Seal | undefined;
  /**
   * Whether the caller vouches for every answer in the file. If so, kept answers are sealed again.
   */
  readonly trustsAll: boolean;
}

export function sealChecker({ seal }: Sealing): CheckSeal {
  return (record) => seal?.check(record) ?? ('seal' in record ? 'foreign' : 'unsealed');
}

/** A changed record with a new seal, or without one, because the old seal no longer matches. */
export function resealed(record: ResultRecord, seal: Seal | undefined): ResultRecord {
  if (seal) return seal.sealed(record);
  const { seal: _, ...rest } = record;
  return rest;
}
