import { checkLine } from '../../src/journal/record-line.ts';
import type { ResultRecord } from '../../src/results/record.ts';

/** What stands in a results file: whole records, and whether something else comes after them. */
export interface ResultsFile {
  /** Undefined when there is no file. */
  readonly bytes: Buffer | undefined;
  readonly records: readonly ResultRecord[];
  /** Lines that are no record and not the torn end. */
  readonly badLines: readonly string[];
  /** What follows the last whole record and is none. */
  readonly torn: Uint8Array;
}

/** `earlier` spares the reading of what has not changed since. */
export function readResultsFile(bytes: Buffer | undefined, earlier?: ResultsFile): ResultsFile {
  if (bytes && earlier?.bytes?.equals(bytes)) return earlier;
  const lines = split(bytes ?? Buffer.alloc(0));
  const last = lines.pop() ?? Buffer.alloc(0);
  const records: ResultRecord[] = [];
  const badLines: string[] = [];
  for (const line of lines) {
    const { record, rest } = recordAtStart(line);
    if (record) records.push(record);
    if (!record || rest.length > 0) badLines.push(rest.toString().slice(0, 80));
  }
  // A record that lacks no more than its line break counts.
  const { record, rest } = recordAtStart(last);
  if (record) records.push(record);
  return { bytes, records, badLines, torn: rest };
}

/** Zeros that a power cut left behind a record take nothing of it. */
function recordAtStart(line: Buffer): {
  readonly record: ResultRecord | undefined;
  readonly rest: Buffer;
} {
  const zeros = line.indexOf(0);
  const end = zeros === -1 ? line.length : zeros;
  const checked = checkLine(line.subarray(0, end));
  return checked.ok
    ? { record: checked.record, rest: line.subarray(end) }
    : { record: undefined, rest: line };
}

/** The pieces between line breaks; the last one is what follows the last of them. */
function split(bytes: Buffer): Buffer[] {
  const pieces: Buffer[] = [];
  let start = 0;
  for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, start)) {
    pieces.push(bytes.subarray(start, end));
    start = end + 1;
  }
  return [...pieces, bytes.subarray(start)];
}

/** What the answer of a record was given to; undefined when it is no answer of the simulated servers. */
export function answeredContent({ status, output }: ResultRecord): string | undefined {
  if (status !== 'succeeded' || typeof output !== 'string') return undefined;
  // A turn that was paused holds the beginnings of several answers.
  return /.* to (.*)$/u.exec(output)?.[1];
}
