import { companionName } from '../../src/journal/companion.ts';
import { checkLine } from '../../src/journal/record-line.ts';
import type { ResultRecord } from '../../src/results/record.ts';
import type { SimulatedDisk } from '../support/simulated-disk.ts';

/**
 * The content of a results file and its companion: whole records, and whatever comes after them.
 */
export interface ResultsFile {
  /** Undefined when there is no file. */
  readonly bytes: Buffer | undefined;
  /** The bytes of the companion. */
  readonly asideBytes: Buffer | undefined;
  /** Every record once, even if a crash left it in both files. */
  readonly records: readonly ResultRecord[];
  /** Those in the results file, in its order. */
  readonly own: readonly ResultRecord[];
  /** Lines that are neither a record nor the torn end. */
  readonly badLines: readonly string[];
  /** The bytes after the last whole record, which are not a record. */
  readonly torn: Uint8Array;
  /** Everything that was ever cut off. */
  readonly cutOff: Uint8Array;
}

/** `earlier` saves reading again what has not changed since. */
export function readResultsFile(
  disk: SimulatedDisk,
  path: string,
  earlier?: ResultsFile,
): ResultsFile {
  const [bytes, asideBytes] = [disk.bytes(path), disk.bytes(companionName(path))];
  if (earlier && isSame(earlier.bytes, bytes) && isSame(earlier.asideBytes, asideBytes)) {
    return earlier;
  }
  const lines = split(bytes ?? Buffer.alloc(0));
  const last = lines.pop() ?? Buffer.alloc(0);
  const own: ResultRecord[] = [];
  const badLines: string[] = [];
  for (const line of lines) {
    const { record, rest } = recordAtStart(line);
    if (record) own.push(record);
    if (!record || rest.length > 0) badLines.push(rest.toString().slice(0, 80));
  }
  // A record that lacks only its line break counts.
  const { record, rest } = recordAtStart(last);
  if (record) own.push(record);
  const { moved, cutOff, bad } = readAside(asideBytes);
  const known = new Set(own.map(factsOf));
  return {
    bytes,
    asideBytes,
    own,
    records: [...own, ...moved.filter((each) => !known.has(factsOf(each)))],
    badLines: [...badLines, ...bad],
    torn: rest,
    cutOff,
  };
}

export const NO_RESULTS: ResultsFile = {
  bytes: undefined,
  asideBytes: undefined,
  records: [],
  own: [],
  badLines: [],
  torn: Buffer.alloc(0),
  cutOff: Buffer.alloc(0),
};

function isSame(one: Buffer | undefined, other: Buffer | undefined): boolean {
  return one && other ? one.equals(other) : one === other;
}

/** A record without the fields that come from the current manifest. */
function factsOf(record: ResultRecord): string {
  const { id: _id, task: _task, index: _index, key: _key, matrix: _matrix, ...facts } = record;
  return JSON.stringify(Object.entries(facts).sort(([one], [other]) => (one < other ? -1 : 1)));
}

interface AsideLine {
  readonly kind?: string;
  readonly record?: ResultRecord;
  readonly base64?: string;
}

/** The lines of a companion except the last one, which a crash may have torn. */
function readAside(bytes: Buffer = Buffer.alloc(0)) {
  const moved = new Map<string, ResultRecord>();
  const cutOff: Buffer[] = [];
  const bad: string[] = [];
  for (const line of split(bytes).slice(0, -1)) {
    let read: AsideLine = {};
    try {
      read = JSON.parse(line.toString());
    } catch {
      bad.push(line.toString().slice(0, 80));
    }
    if (read.record && !moved.has(factsOf(read.record)))
      moved.set(factsOf(read.record), read.record);
    if (read.base64 !== undefined) cutOff.push(Buffer.from(read.base64, 'base64'));
  }
  return { moved: [...moved.values()], cutOff: Buffer.concat(cutOff), bad };
}

/** Zeros that a power cut left after a record do not affect it. */
function recordAtStart(line: Buffer): {
  readonly record: ResultRecord | undefined;
  readonly rest: Buffer;
} {
  const zeros = line.indexOf(0);
  const end = zeros === -1 ? line.length : zeros;
  const checked = checkLine(line.subarray(0, end));
  return checked.ok
    ? { record: checked.value, rest: line.subarray(end) }
    : { record: undefined, rest: line };
}

/** The pieces between line breaks; the last piece is what follows the last line break. */
function split(bytes: Buffer): Buffer[] {
  const pieces: Buffer[] = [];
  let start = 0;
  for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, start)) {
    pieces.push(bytes.subarray(start, end));
    start = end + 1;
  }
  return [...pieces, bytes.subarray(start)];
}

/**
 * The content that the answer of a record was given to; undefined if it did not come from a
 * simulated server.
 */
export function answeredContent({ status, output }: ResultRecord): string | undefined {
  if (status !== 'succeeded' || typeof output !== 'string') return undefined;
  // A paused turn contains the beginnings of several answers.
  return /.* to (.*)$/u.exec(output)?.[1];
}
