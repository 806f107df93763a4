/**
 * What a command has to say, before it is known where: `document-text.ts` shows it on a terminal,
 * `document-markdown.ts` in a pull request. Text of our own is a string; whatever comes from a manifest, a row or
 * an answer is `foreign`, and never more than text there.
 */
export type Block =
  | { readonly kind: 'heading'; readonly text: Words }
  | { readonly kind: 'line'; readonly text: Words }
  | {
      readonly kind: 'table';
      /** The first is the row's name, on the left; the others are figures, unless `left` says otherwise. */
      readonly columns: ReadonlyArray<{ readonly title: string; readonly left?: true }>;
      readonly rows: ReadonlyArray<readonly Words[]>;
    }
  /** A foreign text in full. */
  | { readonly kind: 'text'; readonly title: Words; readonly text: string }
  /** A foreign text, with what was removed and added marked. */
  | { readonly kind: 'diff'; readonly parts: ReadonlyArray<readonly [Change, string]> };

export type Change = 'same' | 'removed' | 'added';

export type Words = string | Foreign | ReadonlyArray<string | Foreign>;

export interface Foreign {
  readonly foreign: string;
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
