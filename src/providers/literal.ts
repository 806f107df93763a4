/**
 * Reads a value written in JSON or as Python prints it (`{'loc': ('body', 'store'), 'input': None}`),
 * from the start of a text; what follows it is left out. Undefined when there is none. Servers in
 * Python put their errors into messages like this.
 */
export function literalAt(text: string): unknown {
  const reader = { text: text.slice(0, MOST_CHARACTERS), at: 0, left: MOST_VALUES };
  try {
    return value(reader, 0);
  } catch (error) {
    if (error instanceof NotALiteral) return undefined;
    throw error;
  }
}

const MOST_CHARACTERS = 64 * 1024;
const MOST_VALUES = 2_000;
const MOST_LEVELS = 20;

class NotALiteral extends Error {}

interface Reader {
  readonly text: string;
  at: number;
  /** Values that may still be read. */
  left: number;
}

const WORDS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['true', true],
  ['True', true],
  ['false', false],
  ['False', false],
  ['null', null],
  ['None', null],
]);

const CLOSING: Readonly<Record<string, string>> = { '[': ']', '(': ')' };

function value(reader: Reader, level: number): unknown {
  reader.left -= 1;
  if (reader.left < 0 || level > MOST_LEVELS) throw new NotALiteral();
  const next = peek(reader);
  if (next === '"' || next === "'") return quoted(reader);
  if (next === '{') return map(reader, level);
  const closing = CLOSING[next];
  if (closing !== undefined) return list(reader, closing, level);
  const word = take(reader, /[\w.+-]+/uy);
  if (word === undefined) throw new NotALiteral();
  if (WORDS.has(word)) return WORDS.get(word);
  const number = Number(word);
  if (Number.isNaN(number)) throw new NotALiteral();
  return number;
}

function map(reader: Reader, level: number): Record<string, unknown> {
  const entries: Array<[string, unknown]> = [];
  reader.at += 1;
  while (peek(reader) !== '}') {
    const key = value(reader, level + 1);
    expect(reader, ':');
    entries.push([String(key), value(reader, level + 1)]);
    if (peek(reader) !== '}') expect(reader, ',');
  }
  reader.at += 1;
  return Object.fromEntries(entries);
}

function list(reader: Reader, closing: string, level: number): unknown[] {
  const items: unknown[] = [];
  reader.at += 1;
  while (peek(reader) !== closing) {
    items.push(value(reader, level + 1));
    if (peek(reader) !== closing) expect(reader, ',');
  }
  reader.at += 1;
  return items;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' };

function quoted(reader: Reader): string {
  const quote = reader.text[reader.at];
  let read = '';
  for (reader.at += 1; reader.at < reader.text.length; reader.at += 1) {
    const unit = reader.text[reader.at] ?? '';
    if (unit === quote) {
      reader.at += 1;
      return read;
    }
    read += unit === '\\' ? escaped(reader) : unit;
  }
  throw new NotALiteral();
}

function escaped(reader: Reader): string {
  reader.at += 1;
  const unit = reader.text[reader.at] ?? '';
  const digits = unit === 'u' ? 4 : unit === 'x' ? 2 : 0;
  if (digits === 0) return ESCAPES[unit] ?? unit;
  const code = reader.text.slice(reader.at + 1, reader.at + 1 + digits);
  reader.at += digits;
  return String.fromCharCode(Number.parseInt(code, 16));
}

/** The next character that is not a space. */
function peek(reader: Reader): string {
  take(reader, /\s+/uy);
  const unit = reader.text[reader.at];
  if (unit === undefined) throw new NotALiteral();
  return unit;
}

function expect(reader: Reader, unit: string): void {
  if (peek(reader) !== unit) throw new NotALiteral();
  reader.at += 1;
}

function take(reader: Reader, pattern: RegExp): string | undefined {
  pattern.lastIndex = reader.at;
  const found = pattern.exec(reader.text)?.[0];
  reader.at += found?.length ?? 0;
  return found;
}
