import type { Delimiter } from '../manifest/manifest.ts';

/** The dialect of a CSV file, detected from its start. */
export interface CsvDialect {
  readonly delimiter: Delimiter;
  /** Excel writes a first line `sep=;`, which is not a row. */
  readonly hasSeparatorLine: boolean;
}

const CANDIDATES: readonly Delimiter[] = [',', ';', '\t', '|'];

/** `start` should contain the whole first line, unless it is very long. */
export function csvDialect(start: string): CsvDialect {
  const text = start.replace(/^\uFEFF/, '');
  const said = /^"?sep=([,;\t|])"?(?:\r\n|\n|\r|$)/i.exec(text)?.[1];
  const delimiter = CANDIDATES.find((each) => each === said);
  if (delimiter !== undefined) return { delimiter, hasSeparatorLine: true };
  const header = firstRecord(text).replaceAll(/"(?:[^"]|"")*"?/g, '');
  const counts = CANDIDATES.map((each) => header.split(each).length);
  return {
    delimiter: CANDIDATES[counts.indexOf(Math.max(...counts))] ?? ',',
    hasSeparatorLine: false,
  };
}

/** The text up to the first line break outside double quotes. */
function firstRecord(text: string): string {
  return /^(?:"(?:[^"]|"")*"|[^"\r\n])*/.exec(text)?.[0] ?? '';
}

/** Reads the start of a stream. `all` still returns the whole stream. */
export async function peekLine(
  chunks: AsyncIterable<Uint8Array>,
): Promise<{ readonly start: string; readonly all: () => AsyncGenerator<Uint8Array> }> {
  const iterator = chunks[Symbol.asyncIterator]();
  const read: Uint8Array[] = [];
  let bytes = 0;
  let isEnd = false;
  while (!isEnd && bytes < MOST_HEADER_BYTES) {
    const next = await iterator.next();
    if (next.done === true) {
      isEnd = true;
      break;
    }
    read.push(next.value);
    bytes += next.value.byteLength;
    const text = Buffer.concat(read).toString('utf8');
    if (firstRecord(text).length < text.trimEnd().length) break;
  }
  async function* all(): AsyncGenerator<Uint8Array> {
    try {
      yield* read;
      if (isEnd) return;
      for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) {
        yield next.value;
      }
    } finally {
      await iterator.return?.();
    }
  }
  return { start: Buffer.concat(read).toString('utf8'), all };
}

/** For longer headers, the dialect is detected from this many bytes. */
const MOST_HEADER_BYTES = 1024 * 1024;
