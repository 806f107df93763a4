import { printable, printableLine } from '../../errors/escape-invisible.ts';
import type { JsonValue } from '../../ports/json.ts';
import type { ResultRecord } from '../record.ts';
import type { ResultSink } from './sink.ts';
import type { ResultWriter } from './writer.ts';
import { safeJson, recordLine } from '../serialize.ts';

/**
 * For people: prints everything at the end, in manifest order, safe for a terminal or a CI log.
 * Keeps all records until then.
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

/**
 * One document, `{"v":1,"tasks":[…],"summary":{…}}`, written record by record: one line each, in
 * the order in which tasks end, without keeping any in memory. The summary is null if the run ended
 * with an error.
 */
export function jsonSink(writer: ResultWriter): ResultSink {
  let before = '{"v":1,"tasks":[\n';
  return {
    write(record) {
      const text = before + safeJson(record);
      before = ',\n';
      return writer.write(text);
    },
    async close(summary) {
      const start = before === ',\n' ? '\n' : before;
      try {
        await writer.write(`${start}],"summary":${summary ? safeJson(summary) : 'null'}}\n`);
      } finally {
        await writer.close();
      }
    },
  };
}

/** One line per record, in the order in which tasks end, without a summary. */
export function jsonlSink(writer: ResultWriter): ResultSink {
  return {
    write: (record) => writer.write(recordLine(record)),
    close: () => writer.close(),
  };
}
