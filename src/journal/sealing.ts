import type { ResultRecord } from '../results/record.ts';
import type { Seal } from '../results/seal.ts';
import type { CheckSeal } from './read-results.ts';

/** How a caller's own answers are distinguished from those of others. */
export interface Sealing {
  /** Undefined where the caller has no key: then nothing verifies. */
  readonly seal: Seal | undefined;
  /** The caller vouches for every answer in the file: those that are kept are sealed again. */
  readonly trustsAll: boolean;
}

export function sealChecker({ seal }: Sealing): CheckSeal {
  return (record) => seal?.check(record) ?? ('seal' in record ? 'foreign' : 'unsealed');
}

/** A record that was changed: with a seal of its own, or without one, for an old seal fits it no longer. */
export function resealed(record: ResultRecord, seal: Seal | undefined): ResultRecord {
  if (seal) return seal.sealed(record);
  const { seal: _, ...rest } = record;
  return rest;
}
