import type { Finding, Place } from '../errors/finding.ts';

/** Keeps ten findings and counts the rest: a million rows may be wrong. */
export interface FindingList {
  add(finding: Finding): void;
  readonly count: number;
  /** All kept findings, and one at `place` with the number of omitted findings. */
  all(place: Place): readonly Finding[];
}

export function newFindingList(): FindingList {
  const kept: Finding[] = [];
  let count = 0;
  return {
    add(finding) {
      count += 1;
      if (kept.length < MAX_KEPT) kept.push(finding);
    },
    get count() {
      return count;
    },
    all(place) {
      const [first] = kept;
      if (!first || count <= MAX_KEPT) return kept;
      const more = count - MAX_KEPT;
      const message = `${more} more ${more === 1 ? 'row has' : 'rows have'} this kind of problem`;
      return [...kept, { code: first.code, severity: 'error', message, place, standsFor: more }];
    },
  };
}

const MAX_KEPT = 10;
