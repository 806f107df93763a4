import { visit, type Node, type YAMLParseError } from './yaml-package.ts';
import type { ParsedDocument, SourceProblem } from './parse-yaml.ts';

/** Rewords a syntax error: where it is, what was expected, what usually helps. */
export function syntaxProblem(
  error: YAMLParseError,
  document: ParsedDocument,
  text: string,
): SourceProblem {
  const began = oddBeginning(error, text);
  const { message, hint } = began?.words ?? explained(error);
  const opening = began?.at ?? openingOf(error, document, text);
  const start = opening ?? skipSpaces(text, error.pos[0]);
  const end = opening === undefined ? Math.max(start + 1, error.pos[1]) : start + 1;
  const code = CANNOT.has(error.code) ? 'YAML_UNSUPPORTED' : 'YAML_SYNTAX';
  return { code, message, hint, start, end };
}

/** The most common mistake. YAML reads `prompt: {{ item }} please` as a map with text after it. */
export const UNQUOTED_BRACES: Explanation = {
  message: 'text that begins with `{{` needs quotes',
  hint: 'write `"{{ … }}"`, or the text as a block after `|`',
};

/** Explains an error that is caused by the first character of the value on its line. */
function oddBeginning(
  error: YAMLParseError,
  text: string,
): { readonly words: Explanation; readonly at: number | undefined } | undefined {
  if (error.code === 'DUPLICATE_KEY') return undefined;
  const from = text.lastIndexOf('\n', error.pos[0] - 1) + 1;
  const line = text.slice(from).split('\n', 1)[0] ?? '';
  const [before, first = ''] = /^\s*(?:- )*(?:[\w.-]+: +)?(?=(\{\{|["'*&!]))/.exec(line) ?? [];
  const words = BY_BEGINNING[first];
  if (before === undefined || words === undefined) return undefined;
  const isCause =
    first === '{{'
      ? line.includes('}}')
      : error.message.split(/ \(|:\n/, 1)[0]?.endsWith('at node end');
  if (!isCause) return undefined;
  // Point to the text after a closing quote, otherwise to the start of the value.
  return { words, at: /["']/.test(first) ? undefined : from + before.length };
}

const UNQUOTED: Explanation = {
  message: 'text that begins with this character needs quotes',
  hint: 'put the whole text in quotes, or write it as a block after `|`',
};

const BY_BEGINNING: Readonly<Record<string, Explanation>> = {
  '{{': UNQUOTED_BRACES,
  '*': UNQUOTED,
  '&': UNQUOTED,
  '!': UNQUOTED,
  '"': {
    message: 'unexpected text after the closing quote',
    hint: 'put the whole text in single quotes, or write `\\"` inside it',
  },
  "'": {
    message: 'unexpected text after the closing quote',
    hint: "put the whole text in double quotes, or write `''` for a quote inside it",
  },
};

/** The offset of the first word on a line with wrong indentation. */
function skipSpaces(text: string, offset: number): number {
  let at = offset;
  while (text[at] === ' ') at += 1;
  return at;
}

const CANNOT: ReadonlySet<string> = new Set(['MULTIPLE_DOCS', 'RESOURCE_EXHAUSTION']);

interface Explanation {
  readonly message: string;
  readonly hint: string;
}

function explained(error: YAMLParseError): Explanation {
  const found = BY_MESSAGE.find(([pattern]) => pattern.test(error.message));
  if (found) return { message: found[1], hint: found[2] };
  const other = { message: `this is not YAML: ${lowered(error.message)}`, hint: QUOTE_HINT };
  return BY_CODE[error.code] ?? other;
}

export const NESTED_TOO_DEEP: Explanation = {
  message: 'lists and maps are nested too deeply',
  hint: 'make it flatter: a manifest has at most 64 levels',
};

const QUOTE_HINT =
  'put text with `:`, `#`, `{`, `[`, `*`, `&` or quotes in quotes, or write it as a block after `|`';

const WRONG_INDENT: Explanation = {
  message: 'the indentation does not match any level above',
  hint: 'start the keys of one map, and the dashes of one list, in the same column',
};

const BY_MESSAGE: ReadonlyArray<readonly [pattern: RegExp, message: string, hint: string]> = [
  [
    /Block scalar header includes extra characters|Not a YAML token/,
    'text on the same line as `|` or `>`',
    'begin it on the next line, indented',
  ],
  [/Sequence item without - indicator/, WRONG_INDENT.message, WRONG_INDENT.hint],
  [
    /Nested mappings are not allowed/,
    'a second `: ` on one line',
    'put the text in quotes, or write it as a block after `|`',
  ],
  [
    /Missing closing/,
    'this quote is never closed',
    'close it, or write the text as a block after `|`',
  ],
  [
    /Plain value cannot start with/,
    'text cannot start with this character',
    'put the text in quotes',
  ],
  [
    /Implicit map keys need to be followed by map values/,
    'a key without a value',
    'write `key: value`, or indent the line if it belongs to the text above',
  ],
  [
    /must end with a|and end with a/,
    'this bracket is not closed, or the lines up to its end are not indented',
    'add the missing `]` or `}`, or indent what is inside',
  ],
  [/Missing , /, 'a comma is missing here', 'separate the items with commas'],
];

const BY_CODE: Readonly<Partial<Record<string, Explanation>>> = {
  TAB_AS_INDENT: { message: 'a tab in the indentation', hint: 'indent with spaces' },
  BAD_INDENT: WRONG_INDENT,
  MULTIPLE_DOCS: {
    message: 'a manifest is one YAML document, but a second one begins here',
    hint: 'delete the line `---`, or move the rest to its own file',
  },
  RESOURCE_EXHAUSTION: NESTED_TOO_DEEP,
  BAD_DQ_ESCAPE: {
    message: 'unknown escape in a double-quoted string',
    hint: 'write `\\\\` for a backslash, or use single quotes',
  },
  BAD_DIRECTIVE: { message: 'a bad `%` line', hint: 'delete it, or put the text in quotes' },
  MULTILINE_IMPLICIT_KEY: {
    message: 'a key spans several lines',
    hint: 'put `: ` after the key, or indent the lines that belong to the text above',
  },
  TAG_RESOLVE_FAILED: { message: 'this tag does not match the value', hint: 'delete the tag' },
  BAD_ALIAS: { message: 'a bad `&name` or `*name`', hint: 'put text with `*` or `&` in quotes' },
};

/** Where an unclosed quote or bracket starts. The parser notices it only much further down. */
function openingOf(
  error: YAMLParseError,
  document: ParsedDocument,
  text: string,
): number | undefined {
  const isQuote = UNCLOSED_QUOTE.test(error.message);
  if (!isQuote && !UNCLOSED_BRACKET.test(error.message)) return undefined;
  let opening: number | undefined;
  const see = (node: Node, closers: RegExp): void => {
    const [start = 0, end = 0] = node.range ?? [];
    if (start < error.pos[0] && (end - start < 2 || !closers.test(text[end - 1] ?? '')))
      opening = start;
  };
  visit(document, {
    Scalar: (_key, node) => {
      if (isQuote && /["']/.test(text[node.range?.[0] ?? 0] ?? '')) see(node, /["']/);
    },
    Collection: (_key, node) => {
      if (!isQuote && node.flow) see(node, /[\]}]/);
    },
  });
  return opening;
}

const UNCLOSED_QUOTE = /^Missing closing/;
const UNCLOSED_BRACKET = /must end with a|and end with a/;

function lowered(message: string): string {
  return message.charAt(0).toLowerCase() + message.slice(1);
}
