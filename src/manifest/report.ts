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

/** A report that collects into the list it comes with. */
export function newReport(): { readonly report: Report; readonly findings: readonly Finding[] } {
  const findings: Finding[] = [];
  return {
    findings,
    report: {
      error: (place, words) => findings.push({ ...words, severity: 'error', place }),
      warning: (place, words) => findings.push({ ...words, severity: 'warning', place }),
      add: (more) => {
        for (const finding of more) findings.push(finding);
      },
    },
  };
}
