import { parseJsonExactly, type JsonValue } from '../ports/json.ts';

export type ParsedJson =
  | { readonly ok: true; readonly value: JsonValue }
  /** Where the error is, in UTF-16 units. */
  | { readonly ok: false; readonly offset: number };

/**
 * Parses JSON without losing digits. Finds the place of an error itself, because the JavaScript
 * engine's message may lack it.
 */
export function parseJson(text: string): ParsedJson {
  try {
    return { ok: true, value: parseJsonExactly(text) };
  } catch {
    return { ok: false, offset: errorOffset(text) };
  }
}

type Expected = 'value' | 'value or ]' | 'key' | 'key or }' | ':' | ', or end' | 'nothing';

const MAY_END: ReadonlySet<Expected> = new Set([', or end', 'key or }', 'value or ]']);

/** The offset of the first invalid character. */
function errorOffset(text: string): number {
  const open: Array<'[' | '{'> = [];
  let expected: Expected = 'value';
  let at = skipSpace(text, 0);
  const afterValue = (): Expected => (open.length === 0 ? 'nothing' : ', or end');
  for (; at < text.length && expected !== 'nothing'; at = skipSpace(text, at)) {
    const character = text.charAt(at);
    const closes = character === (open.at(-1) === '{' ? '}' : ']');
    if (closes && MAY_END.has(expected)) {
      open.pop();
      expected = afterValue();
      at += 1;
    } else if (expected === ':' || expected === ', or end') {
      if (character !== (expected === ':' ? ':' : ',')) return at;
      if (expected === ':') expected = 'value';
      else expected = open.at(-1) === '{' ? 'key' : 'value';
      at += 1;
    } else if (expected === 'key' || expected === 'key or }') {
      const string = character === '"' ? stringEnd(text, at) : { ok: false, end: at };
      if (!string.ok) return string.end;
      at = string.end;
      expected = ':';
    } else if (character === '[' || character === '{') {
      open.push(character);
      expected = character === '[' ? 'value or ]' : 'key or }';
      at += 1;
    } else {
      const scalar = character === '"' ? stringEnd(text, at) : wordEnd(text, at);
      if (!scalar.ok) return scalar.end;
      at = scalar.end;
      expected = afterValue();
    }
  }
  return at;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (' \t\r\n'.includes(text.charAt(at)) && at < text.length) at += 1;
  return at;
}

interface ScalarEnd {
  readonly ok: boolean;
  /** One past the end, or where the error is. */
  readonly end: number;
}

function stringEnd(text: string, from: number): ScalarEnd {
  for (let at = from + 1; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '"') return { ok: true, end: at + 1 };
    if (character < ' ') return { ok: false, end: at };
    if (character !== '\\') continue;
    const escape = /^(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/.exec(text.slice(at + 1, at + 6))?.[0];
    if (escape === undefined) return { ok: false, end: at };
    at += escape.length;
  }
  return { ok: false, end: text.length };
}

function wordEnd(text: string, from: number): ScalarEnd {
  WORD.lastIndex = from;
  const word = WORD.exec(text)?.[0];
  return word === undefined ? { ok: false, end: from } : { ok: true, end: from + word.length };
}
const WORD = /(?:true|false|null)\b|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])/y;
