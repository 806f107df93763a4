import { parsedJson } from '../ports/json.ts';

/**
 * Reads a value in JSON or as Python prints it (`{'loc': ('body', 'store'), 'input': None}`) from
 * the start of a string, and ignores the rest. Servers written in Python send such error messages.
 * Undefined if the text does not start with a value.
 */
export function literalAt(text: string): unknown {
  const source = text.slice(0, MOST_CHARACTERS);
  const json: string[] = [];
  let levels = 0;
  TOKEN.lastIndex = 0;
  do {
    const [, open, close, mark, quoted, word] = TOKEN.exec(source) ?? [];
    if (open !== undefined) {
      levels += 1;
      json.push(open === '(' ? '[' : open);
    } else if (close !== undefined) {
      levels -= 1;
      if (json.at(-1) === ',') json.pop();
      json.push(close === ')' ? ']' : close);
    } else if (mark !== undefined) {
      // Python allows numbers as keys.
      const key = mark === ':' ? (json.pop() ?? '') : undefined;
      if (key !== undefined) json.push(key.startsWith('"') ? key : JSON.stringify(key));
      json.push(mark);
    } else if (quoted !== undefined) {
      json.push(JSON.stringify(unescaped(quoted.slice(1, -1))));
    } else if (word !== undefined) {
      json.push(WORDS.get(word) ?? String(Number(word)));
    } else return undefined;
  } while (levels > 0 && levels <= MOST_LEVELS);
  return parsedJson(json.join(''));
}

const MOST_CHARACTERS = 64 * 1024;
const MOST_LEVELS = 20;

const TOKEN = /\s*(?:([[({])|([\])}])|([,:])|("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|([\w.+-]+))/suy;

const WORDS: ReadonlyMap<string, string> = new Map([
  ['true', 'true'],
  ['True', 'true'],
  ['false', 'false'],
  ['False', 'false'],
  ['null', 'null'],
  ['None', 'null'],
]);

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' };

function unescaped(text: string): string {
  return text.replaceAll(
    /\\(?:u([\da-f]{4})|x([\da-f]{2})|(.))/gisu,
    (_, long?: string, short?: string, unit = '') => {
      const code = long ?? short;
      return code === undefined
        ? (ESCAPES[unit] ?? unit)
        : String.fromCharCode(Number.parseInt(code, 16));
    },
  );
}
