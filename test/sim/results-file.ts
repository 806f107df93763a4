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
    const checked = checkLine(line);
    if (checked.ok) records.push(checked.record);
    else badLines.push(line.toString().slice(0, 80));
  }
  // A record that lacks no more than its line break counts.
  const end = checkLine(last);
  if (end.ok) records.push(end.record);
  return { bytes, records, badLines, torn: end.ok ? last.subarray(0, 0) : last };
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
