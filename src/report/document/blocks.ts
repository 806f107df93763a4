/**
 * The output of a command, independent of its format: `document-text.ts` shows it on a terminal,
 * `document-markdown.ts` in a pull request. Volley's own text is a string. Text from a manifest, a
 * row or an answer is untrusted: it is marked `foreign` and never interpreted.
 */
export type Block =
  | { readonly kind: 'heading'; readonly text: Words }
  | { readonly kind: 'line'; readonly text: Words }
  | {
      readonly kind: 'table';
      /**
       * The first column has the row's name, aligned left. Other columns are numbers unless `left`
       * is set.
       */
      readonly columns: ReadonlyArray<{ readonly title: string; readonly left?: true }>;
      readonly rows: ReadonlyArray<readonly Words[]>;
    }
  /** Untrusted text, shown in full. */
  | { readonly kind: 'text'; readonly title: Words; readonly text: string }
  /** Untrusted text with its removed and added parts marked. */
  | { readonly kind: 'diff'; readonly parts: ReadonlyArray<readonly [Change, string]> };

export type Change = 'same' | 'removed' | 'added';

export type Words = string | Foreign | ReadonlyArray<string | Foreign>;

export interface Foreign {
  readonly foreign: string;
}

type Column = Extract<Block, { kind: 'table' }>['columns'][number];

export function line(text: Words): Block {
  return { kind: 'line', text };
}

export function heading(text: Words): Block {
  return { kind: 'heading', text };
}

export function table(
  columns: ReadonlyArray<string | Column>,
  rows: ReadonlyArray<readonly Words[]>,
): Block {
  const titled = columns.map((each) => (typeof each === 'string' ? { title: each } : each));
  return { kind: 'table', columns: titled, rows };
}

export function foreign(text: string): Foreign {
  return { foreign: text };
}

export function wordsOf(words: Words): ReadonlyArray<string | Foreign> {
  return isList(words) ? words : [words];
}

function isList(words: Words): words is ReadonlyArray<string | Foreign> {
  return Array.isArray(words);
}
