import type { Finding, FindingCode, Place } from '../errors/finding.ts';
import type { SchemaFinding } from './schema-findings.ts';
import type { Path } from './source-node.ts';

export interface Report {
  error(place: Place, words: FindingWords): void;
  warning(place: Place, words: FindingWords): void;
  /** Adds findings from another module. */
  add(findings: readonly Finding[]): void;
}

export interface FindingWords {
  readonly code: FindingCode;
  readonly message: string;
  readonly hint: string;
}

/** Collects findings in the returned list and drops those beyond a limit. */
export function newReport(): { readonly report: Report; readonly findings: readonly Finding[] } {
  const findings: Finding[] = [];
  const seen = new Set<string>();
  const add = (finding: Finding): void => {
    // Tasks share the values in `defaults`, so each may report the same error.
    const { code, message, place } = finding;
    const key = JSON.stringify([code, message, place.file, place.line, place.column]);
    if (seen.has(key) || findings.length >= MOST_COLLECTED) return;
    seen.add(key);
    findings.push(finding);
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

/** Far more findings than Volley shows, but sorting and counting need a limit too. */
const MOST_COLLECTED = 20_000;

function wordsOf({ code, message, hint }: FindingWords): FindingWords {
  return { code, message, hint };
}

/** Errors that the schema check found. Other checks use them to avoid reporting consequences. */
export interface KnownErrors {
  /**
   * Whether `key` is misspelled, misplaced or wrong in the map at `parent`. Without `parent`: in
   * any map.
   */
  hasErrorAt(key: string, parent?: Path): boolean;
  /** Whether anything inside the value at `path` is wrong. */
  hasErrorIn(path: Path): boolean;
}

export function knownErrorsOf(findings: readonly SchemaFinding[]): KnownErrors {
  const anywhere = new Set<string>();
  const byParent = new Set<string>();
  const around = new Set<string>();
  for (const { path, meant } of findings) {
    for (let length = 1; length < path.length; length += 1)
      around.add(path.slice(0, length).join('\n'));
    const key = meant ?? path.at(-1);
    if (key === undefined) continue;
    anywhere.add(String(key));
    byParent.add([...path.slice(0, -1), key].join('\n'));
  }
  return {
    hasErrorIn: (path) => around.has(path.join('\n')),
    hasErrorAt: (key, parent) =>
      parent === undefined ? anywhere.has(key) : byParent.has([...parent, key].join('\n')),
  };
}
