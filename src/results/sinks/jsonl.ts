import { recordLine } from '../serialize.ts';
import type { ResultSink } from './sink.ts';
import type { ResultWriter } from './writer.ts';

/** A line per record, in the order in which tasks end. The summary is not part of it. */
export function jsonlSink(writer: ResultWriter): ResultSink {
  return {
    write: (record) => writer.write(recordLine(record)),
    close: () => writer.close(),
  };
}
