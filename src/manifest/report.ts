import type { Finding, FindingCode, Place } from '../errors/finding.ts';

/** Where checks put what they find. */
export interface Report {
  error(place: Place, words: FindingWords): void;
  warning(place: Place, words: FindingWords): void;
  /** Findings that another module made. */
  add(findings: readonly Finding[]): void;
}

export interface FindingWords {
  readonly code: FindingCode;
  readonly message: string;
  readonly hint: string;
}

/** A report that collects into the list it comes with; what exceeds a bound is dropped. */
export function newReport(): { readonly report: Report; readonly findings: readonly Finding[] } {
  const findings: Finding[] = [];
  const add = (finding: Finding): void => {
    if (findings.length < MOST_COLLECTED) findings.push(finding);
  };
  return {
    findings,
    report: {
      error: (place, words) => add({ ...wordsOf(words), severity: 'error', place }),
      warning: (place, words) => add({ ...wordsOf(words), severity: 'warning', place }),
      add: (more) => {
        for (const finding of more) add(finding);
      },
    },
  };
}

/** Far more than are shown; sorting and counting need a bound too. */
const MOST_COLLECTED = 20_000;

function wordsOf({ code, message, hint }: FindingWords): FindingWords {
  return { code, message, hint };
}
