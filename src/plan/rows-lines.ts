import { splitLineBatches, type Line } from '../ports/lines.ts';
import { isBlank } from '../errors/invisible.ts';
import { parseJson } from './json-error.ts';
import { badRow, checkedRow, type RowBatches, type RowRead } from './read-row.ts';

/** JSONL: an object or scalar per line. Blank lines are skipped. */
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

/** Text: one row per line. Blank lines are skipped. */
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

function jsonRow({ text, number: line }: Line, number: number, file: string): RowRead {
  const parsed = parseJson(text);
  if (parsed.ok) return checkedRow(parsed.value, number, line, { file, line, column: 1 });
  const place = { file, line, column: parsed.offset + 1 };
  return badRow('the line is not JSON', 'write one object per line: `{"id": 1}`', place);
}
