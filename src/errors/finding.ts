/** A place in text. Lines and columns count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** One past the last column, on the same line, if known. */
  readonly endColumn?: number;
}

/** A mistake, or a likely mistake, in the user's input. */
export interface Finding {
  readonly code: FindingCode;
  readonly severity: 'error' | 'warning';
  /** What is wrong, in lower case, with the value in backticks and without a period. */
  readonly message: string;
  readonly hint?: string;
  readonly place: Place;
  /** The lines around the place with a caret, without color. */
  readonly frame?: string;
  /** The number of findings that this one represents, if they are not shown individually. */
  readonly standsFor?: number;
}

/** Counts the errors that are shown, and those that they represent. */
export function errorCount(findings: readonly Finding[]): number {
  return findings
    .filter(({ severity }) => severity === 'error')
    .reduce((sum, { standsFor = 1 }) => sum + standsFor, 0);
}

/** Sorts findings by file, line and column, and removes duplicates. */
export function inOrder(findings: readonly Finding[]): readonly Finding[] {
  const unique = new Map<string, Finding>();
  for (const finding of findings) {
    const { code, message, place } = finding;
    const key = JSON.stringify([code, message, place.file, place.line, place.column]);
    if (!unique.has(key)) unique.set(key, finding);
  }
  return [...unique.values()].sort(
    ({ place: one }, { place: other }) =>
      (one.file === other.file ? 0 : one.file < other.file ? -1 : 1) ||
      one.line - other.line ||
      one.column - other.column,
  );
}

export type FindingCode =
  | 'YAML_SYNTAX'
  | 'YAML_UNSUPPORTED'
  | 'MANIFEST_TOO_LARGE'
  | 'MANIFEST_TOO_SLOW'
  | 'DUPLICATE_KEY'
  | 'UNKNOWN_KEY'
  | 'MISSING_KEY'
  | 'NO_KEY'
  | 'WRONG_TYPE'
  | 'BAD_VALUE'
  | 'DUPLICATE_ID'
  | 'UNKNOWN_TASK'
  | 'NEEDS_CYCLE'
  | 'BAD_ID'
  | 'UNKNOWN_PROVIDER'
  | 'NO_MODEL'
  | 'PARAMETER_REFUSED'
  | 'ATTACHMENT_REFUSED'
  | 'BAD_SCHEMA'
  | 'SCHEMA_IN_PROMPT'
  | 'SECRET_IN_MANIFEST'
  | 'BAD_URL'
  | 'TEMPLATE_SYNTAX'
  | 'UNKNOWN_VARIABLE'
  | 'UNKNOWN_FILTER'
  | 'OBJECT_IN_TEXT'
  | 'TEXT_AS_BOOLEAN'
  | 'TEXT_CUT'
  | 'SENT_AS_TEXT'
  | 'UNKNOWN_MODEL'
  | 'RETIRED_MODEL'
  | 'ENV_INTERPOLATION'
  | 'CONTEXT_NOT_STATIC'
  | 'UNBOUNDED_COST'
  | 'BUDGET_TOO_SMALL'
  | 'NO_TASKS'
  | 'NO_ROWS'
  | 'BAD_ROW'
  | 'DELIMITER_FOUND'
  | 'FILE_NOT_FOUND'
  | 'FILE_OUTSIDE_ROOT'
  | 'CREDENTIAL_FILE'
  | 'FILE_NOT_REGULAR'
  | 'FILE_TOO_LARGE'
  | 'FILE_UNREADABLE'
  | 'TOO_MANY_TASKS'
  | 'TOO_MANY_FILES'
  | 'MATRIX_TOO_LARGE'
  | 'PROMPT_TOO_LONG'
  | 'TOO_MUCH_WORK';
