import { printable, printableLine } from '../../errors/printable.ts';
import type { JsonValue } from '../../ports/json.ts';
import type { ResultRecord } from '../record.ts';
import type { ResultSink } from './sink.ts';
import type { ResultWriter } from './writer.ts';

/**
 * For people: everything at the end, in manifest order, safe to print on a terminal or in a CI log.
 * Holds all records until then.
 */
export function textSink(writer: ResultWriter): ResultSink {
  let records: ResultRecord[] = [];
  return {
    async write(record) {
      records.push(record);
    },
    async close() {
      try {
        records.sort((a, b) => a.index - b.index);
        for (const [written, record] of records.entries()) {
          await writer.write(recordText(record)).catch((error: unknown) => {
            records = records.slice(written);
            throw error;
          });
        }
        records = [];
      } finally {
        await writer.close();
      }
    },
    heldBack: () => records,
  };
}

const MARKS = { succeeded: '✓', failed: '✗', canceled: '✗', skipped: '↓' } as const;

/** Heading, content and an empty line. */
function recordText(record: ResultRecord): string {
  const heading = `${MARKS[record.status]} ${printableLine(record.id)} · ${record.status}`;
  return `${[heading, ...contentLines(record), ''].join('\n')}\n`;
}

function outputText(output: JsonValue): string {
  return typeof output === 'string' ? output : JSON.stringify(output, undefined, 2);
}

function contentLines(record: ResultRecord): readonly string[] {
  if (record.output !== undefined) return [printable(outputText(record.output)).trimEnd()];
  const { error, partial_output: partial } = record;
  return [
    ...(error ? [`${error.code}: ${printableLine(error.message)}`] : []),
    ...(error?.hint ? [`hint: ${printableLine(error.hint)}`] : []),
    ...(partial === undefined ? [] : ['partial output:', printable(partial).trimEnd()]),
  ];
}
