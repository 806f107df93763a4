import type { JsonValue } from '../ports/json.ts';
import { splitLineBatches, type Line } from '../ports/lines.ts';
import { badRow, checkedRow, type RowBatches, type RowRead } from './row.ts';

/** JSONL: an object or a scalar on each line; blank lines are skipped. */
export async function* readJsonLines(chunks: AsyncIterable<Uint8Array>, file: string): RowBatches {
  let number = 0;
  for await (const lines of splitLineBatches(chunks)) {
    const rows: RowRead[] = [];
    for (const line of lines) {
      if (isBlank(line.text)) continue;
      number += 1;
      rows.push(jsonRow(line, number, file));
    }
    yield rows;
  }
}

/** Text: each line is a row; blank lines are skipped. */
export async function* readTextLines(chunks: AsyncIterable<Uint8Array>): RowBatches {
  let number = 0;
  for await (const lines of splitLineBatches(chunks)) {
    const rows: RowRead[] = [];
    for (const { text, number: line } of lines) {
      if (isBlank(text)) continue;
      number += 1;
      rows.push({ ok: true, item: text, number, line });
    }
    yield rows;
  }
}

function isBlank(text: string): boolean {
  return text.trim() === '';
}

function jsonRow({ text, number: line }: Line, number: number, file: string): RowRead {
  const parsed = parseJson(text);
  if (parsed.ok) return checkedRow(parsed.value, number, line, { file, line, column: 1 });
  const place = { file, line, column: parsed.offset + 1 };
  return badRow('the line is not JSON', 'write one object on each line: `{"id": 1}`', place);
}

export type ParsedJson =
  | { readonly ok: true; readonly value: JsonValue }
  /** Where it went wrong, in UTF-16 units from the start. */
  | { readonly ok: false; readonly offset: number };

export function parseJson(text: string): ParsedJson {
  try {
    const value: JsonValue = JSON.parse(text);
    return { ok: true, value };
  } catch (error) {
    const at = error instanceof Error ? /at position (\d+)/.exec(error.message)?.[1] : undefined;
    // The engine tells no position where it reached the end, or met a word such as `undefined`.
    return { ok: false, offset: at === undefined ? firstOddity(text) : Number(at) };
  }
}

/** Where to point when the engine does not say: at a word that JSON does not know, else at the end. */
function firstOddity(text: string): number {
  for (const match of text.matchAll(/"(?:[^"\\]|\\.)*"|[A-Za-z]+/g)) {
    const isWord = !match[0].startsWith('"');
    if (isWord && !['true', 'false', 'null', 'e', 'E'].includes(match[0])) return match.index;
  }
  return text.length;
}
