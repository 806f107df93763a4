import type { FindingCode } from './finding.ts';

/**
 * Limits on the work that a manifest, its files and its answers may cause. All such limits are in
 * this file. Those in `Bounds` apply to the whole manifest, and the caller can raise them.
 */
export interface Bounds {
  /** The number of tasks after expansion. */
  readonly tasks: number;
  readonly files: number;
  /** The number of combinations of all matrices, times their samples. */
  readonly matrix: number;
  /** The number of characters in one rendered prompt. */
  readonly promptChars: number;
  /** CPU time for templates, schemas and globs. */
  readonly workMs: number;
}

export const DEFAULT_BOUNDS: Bounds = {
  tasks: 1_000_000,
  files: 100_000,
  matrix: 100_000,
  promptChars: 16_000_000,
  workMs: 5_000,
};

/**
 * The number of levels to which lists and objects in a row, an answer or a record may be nested.
 */
export const MOST_JSON_LEVELS = 200;

export type BoundName = keyof Bounds;

export type BoundCode = Extract<
  FindingCode,
  'TOO_MANY_TASKS' | 'TOO_MANY_FILES' | 'MATRIX_TOO_LARGE' | 'PROMPT_TOO_LONG' | 'TOO_MUCH_WORK'
>;

interface BoundWords {
  readonly code: BoundCode;
  readonly message: string;
  readonly hint: string;
}

/** The finding for a limit that was exceeded. For `workMs`, see `tooMuchWork`. */
export function beyond(name: Exclude<BoundName, 'workMs'>, bounds: Bounds): BoundWords {
  const words = BEYOND[name];
  return { ...words, message: words.message.replace('N', bounds[name].toLocaleString('en-US')) };
}

const BEYOND: Readonly<Record<Exclude<BoundName, 'workMs'>, BoundWords>> = {
  tasks: {
    code: 'TOO_MANY_TASKS',
    message: 'the manifest creates more than N tasks',
    hint: 'use fewer rows or combinations, or allow more with `--max-tasks N`',
  },
  files: {
    code: 'TOO_MANY_FILES',
    message: 'the globs match more than N files',
    hint: 'narrow the patterns, or allow more with `--max-files N`',
  },
  matrix: {
    code: 'MATRIX_TOO_LARGE',
    message: '`matrix` and `repeat` create more than N combinations',
    hint: 'put the combinations in a CSV or JSONL file and point `for_each` to it, or allow more with `--max-matrix N`',
  },
  promptChars: {
    code: 'PROMPT_TOO_LONG',
    message: 'the text has more than N characters',
    hint: 'send less in one task, or allow more with `--max-prompt-chars N`',
  },
};

/** `what` is an activity, for example `matching the globs`. */
export function tooMuchWork(what: string, ms: number): BoundWords {
  return {
    code: 'TOO_MUCH_WORK',
    message: `${what} takes more than ${Math.ceil(ms / 10) / 100} s of CPU time`,
    hint: 'simplify it, or allow more with `--max-work D`',
  };
}

/** Limits on a manifest's text. */
export const YAML_BOUNDS = {
  bytes: 1024 * 1024,
  /** The number of levels to which lists and maps may be nested. */
  depth: 64,
  /** The number of values, counted after resolving aliases. */
  nodes: 100_000,
  /** The number of aliases (`*name`), including merges (`<<: *name`). */
  aliases: 10_000,
  /**
   * CPU time for parsing, which does not depend on what else the machine does. Reading takes less
   * than 2 s in total, including everything after parsing.
   */
  cpuMs: 1800,
} as const;

/** Limits on one piece of work on untrusted input. */
export const WORK_BOUNDS = {
  /** How long the work may block the main thread before it moves to its own thread. */
  inPlaceMs: 50,
  /**
   * The share of `Bounds.workMs` that the work may take in its own thread: one second by default.
   */
  share: 1 / 5,
  /** The same share for finding the files of a glob, where the disk also takes time. */
  globShare: 2 / 5,
  /** The memory of the thread. */
  threadMemoryMb: 512,
  /** Added to `Bounds.workMs` per task. */
  perTaskMs: 10,
} as const;

/** Limits on an exported table. */
export const TABLE_BOUNDS = {
  /**
   * The number of columns for the row, and likewise for the matrix and the answer. SQLite accepts
   * 2,000 in total.
   */
  columns: 600,
  /** The number of levels of nested objects that become columns. */
  depth: 8,
} as const;

/** Limits on the page of a report. */
export const PAGE_BOUNDS = {
  records: 100_000,
  /**
   * The number of records per block of the page. A block is read when one of its records is opened.
   */
  block: 200,
  /**
   * The number of characters of an answer that are shown in the table; only these can be searched.
   */
  preview: 300,
  text: 200_000,
} as const;

/** Limits on one matrix. */
export const MATRIX_BOUNDS = {
  axes: 32,
  /** The number of comparisons between combinations, `include` and `exclude`. */
  comparisons: 2_000_000,
} as const;

/** Limits on the value that is generated for one schema. */
export const GENERATED_VALUE_BOUNDS = { values: 10_000, chars: 100_000 } as const;

/** Limits on an answer that is checked against a schema. */
export const ANSWER_BOUNDS = {
  /**
   * The number of characters times the parts of the schema, up to which no time limit is needed.
   */
  cheapSteps: 200_000,
  /** Longer answers are checked in a thread. */
  inPlaceChars: 1024 * 1024,
} as const;

/** Limits on one template. */
export const TEMPLATE_BOUNDS = {
  /** The number of `{{` and `{%`. The engine's tokenizer takes quadratic time far above this. */
  tags: 10_000,
  /** The number of steps in one variable, such as `item.a.b`. */
  steps: 100,
  /** Shorter templates are parsed without a time limit. */
  shortText: 1_000,
  /** Smaller ranges are rendered without a time limit. */
  shortRange: 10_000,
  /** The number of characters and list items that one rendering may create. */
  madeItems: 64 * 1024 * 1024,
  /** Above this, it is done in a thread whose memory is limited. */
  madeInPlace: 1024 * 1024,
} as const;
