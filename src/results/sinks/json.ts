import { safeJson } from '../serialize.ts';
import type { ResultSink } from './sink.ts';
import type { ResultWriter } from './writer.ts';

/**
 * One document, `{"v":1,"tasks":[…],"summary":{…}}`, written as the records come: a line each, in
 * the order in which tasks end, none of them held in memory. The summary of a run that broke off is null.
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
