import type { FindingCode } from './finding.ts';

/**
 * What a manifest, with its files and the answers to it, may make Volley do. Every limit on work is
 * in this file. Those in `Bounds` hold for the whole manifest, and the caller can raise them.
 */
export interface Bounds {
  /** Tasks after expansion. */
  readonly tasks: number;
  /** Files that globs match. */
  readonly files: number;
  /** Combinations of all matrices, times the samples of each. */
  readonly matrix: number;
  /** Characters of one prompt after its template is filled in. */
  readonly promptChars: number;
  /** Milliseconds of CPU time for templates, schemas and globs. */
  readonly workMs: number;
}

export const DEFAULT_BOUNDS: Bounds = {
  tasks: 1_000_000,
  files: 100_000,
  matrix: 100_000,
  promptChars: 16_000_000,
  workMs: 5_000,
};

/** Levels of lists and objects in a row, an answer or a record. */
export const MOST_JSON_LEVELS = 200;

export type BoundName = keyof Bounds;

/** The codes of findings about them. */
export type BoundCode = Extract<
  FindingCode,
  'TOO_MANY_TASKS' | 'TOO_MANY_FILES' | 'MATRIX_TOO_LARGE' | 'PROMPT_TOO_LONG' | 'TOO_MUCH_WORK'
>;

interface BoundWords {
  readonly code: BoundCode;
  readonly message: string;
  readonly hint: string;
}

/** What to report when a bound is passed; when work takes too long, see `tooMuchWork`. */
export function beyond(name: Exclude<BoundName, 'workMs'>, bounds: Bounds): BoundWords {
  const count = bounds[name].toLocaleString('en-US');
  switch (name) {
    case 'tasks':
      return {
        code: 'TOO_MANY_TASKS',
        message: `the manifest makes more than ${count} tasks`,
        hint: 'use fewer rows or combinations, or allow more with `--max-tasks N`',
      };
    case 'files':
      return {
        code: 'TOO_MANY_FILES',
        message: `the globs match more than ${count} files`,
        hint: 'narrow the patterns, or allow more with `--max-files N`',
      };
    case 'matrix':
      return {
        code: 'MATRIX_TOO_LARGE',
        message: `\`matrix\` and \`repeat\` make more than ${count} combinations`,
        hint: 'put the combinations into a CSV or JSONL file and name it in `for_each`, or allow more with `--max-matrix N`',
      };
    case 'promptChars':
      return {
        code: 'PROMPT_TOO_LONG',
        message: `the text has more than ${count} characters`,
        hint: 'send less in one task, or allow more with `--max-prompt-chars N`',
      };
  }
}

/** `what` took more than `ms` of CPU time, such as `matching the globs`. */
export function tooMuchWork(what: string, ms: number): BoundWords {
  return {
    code: 'TOO_MUCH_WORK',
    message: `${what} takes more than ${Math.ceil(ms / 10) / 100} s of CPU time`,
    hint: 'simplify it, or allow more with `--max-work D`',
  };
}

/** Bounds on a manifest's text. */
export const YAML_BOUNDS = {
  /** UTF-8 bytes of the text. */
  bytes: 1024 * 1024,
  /** Levels of lists and maps inside each other. */
  depth: 64,
  /** Values, counted after aliases are filled in. */
  nodes: 100_000,
  /** Aliases (`*name`), merges (`<<: *name`) included. */
  aliases: 10_000,
  /**
   * Milliseconds of CPU time that parsing may take: a machine that is busy otherwise changes
   * nothing. With all that comes after it, reading takes less than 2 s.
   */
  cpuMs: 1800,
} as const;

/** Bounds on one piece of work on what a stranger wrote. */
export const WORK_BOUNDS = {
  /** How long it may hold up everything else, before it moves to a thread of its own. */
  inPlaceMs: 50,
  /** What part of `Bounds.workMs` it may take in that thread: by default, one second. */
  share: 1 / 5,
  /** The same for the files of a glob, which the disk holds up too. */
  globShare: 2 / 5,
  /** Megabytes of that thread. */
  threadMemoryMb: 512,
  /** Milliseconds that each task adds to `Bounds.workMs`. */
  perTaskMs: 10,
} as const;

/** Bounds on a table that is made from results. */
export const TABLE_BOUNDS = {
  /** For the row, the combination and the answer each; SQLite accepts 2,000 in all. */
  columns: 600,
  /** Objects in objects that are taken apart. */
  depth: 8,
} as const;

/** Bounds on the page of a report. */
export const PAGE_BOUNDS = {
  records: 100_000,
  /** Records to a block of texts, which is read once one of them is opened. */
  block: 200,
  /** Characters of an answer that the table shows, and filters by. */
  preview: 300,
  /** Characters of one text. */
  text: 200_000,
} as const;

/** Bounds on one matrix. */
export const MATRIX_BOUNDS = {
  axes: 32,
  /** Between combinations, `include` and `exclude`. */
  comparisons: 2_000_000,
} as const;

/** Bounds on what a mock makes up for one schema. */
export const GENERATED_VALUE_BOUNDS = { values: 10_000, chars: 100_000 } as const;

/** Bounds on an answer that is held against a schema. */
export const ANSWER_BOUNDS = {
  /** Characters times parts of the schema: up to so many, there is nothing to stop. */
  cheapSteps: 200_000,
  /** Characters that are worth a try in place. */
  inPlaceChars: 1024 * 1024,
} as const;

/** Bounds on one template. */
export const TEMPLATE_BOUNDS = {
  /** `{{` and `{%`: the engine's tokenizer is quadratic far beyond. */
  tags: 10_000,
  /** Steps of one variable, such as `item.a.b`. */
  steps: 100,
  /** Characters that are parsed without a bound on the time. */
  shortText: 1_000,
  /** Numbers of a range that are made without a bound on the time. */
  shortRange: 10_000,
  /** Characters and list items that filling it in once may make. */
  madeItems: 256 * 1024 * 1024,
} as const;
