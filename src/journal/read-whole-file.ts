import type { ReadableFile } from '../ports/disk.ts';
import type { ByteLine } from '../ports/lines.ts';
import { beginsLikeResults, BEGINNING_BYTES } from '../results/begins-like-results.ts';
import { notResults } from '../results/write-problems.ts';
import { readLines, type LinePlace } from './read-lines.ts';
import { damaged } from './file-errors.ts';
import type { CheckedLine } from './record-line.ts';

/** An open file, and its name for messages. */
export interface NamedFile {
  readonly file: ReadableFile;
  readonly name: string;
}

/**
 * How the file ends. `whole`: with a complete line. `unended`: with a line that only lacks its
 * `\n`. `torn`: with other bytes from `offset` on, left by a crash or a power cut; `isUnended` then
 * tells whether the line before them lacks its `\n`.
 */
export type Tail =
  | { readonly kind: 'whole' }
  | { readonly kind: 'unended' }
  | { readonly kind: 'torn'; readonly offset: number; readonly isUnended: boolean };

/** The end of a file that was read to its end. */
export interface Whole {
  readonly tail: Tail;
  /** The offset in bytes at which to write the next line once the tail is repaired. */
  readonly end: number;
}

/**
 * Reads every line of a results file or a companion. Throws a `VolleyError` (exit 2) for damage
 * that a crash cannot explain, or the signal's reason.
 */
export async function readWhole<Value>(
  { file, name }: NamedFile,
  check: (bytes: Uint8Array) => CheckedLine<Value>,
  options: {
    readonly onLine: (value: Value, place: LinePlace) => void;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<Whole> {
  const beginsWell = await mayBeResults(file);
  let isUnended = false;
  let suspect: Suspect | undefined;
  let count = 0;
  let end = 0;

  function read(line: ByteLine): void {
    // An editor may leave blank lines. After a bad line, they are not treated as a torn end.
    if (!suspect && isBlank(line)) {
      end = line.offset + line.length;
      return;
    }
    const checked = line.bytes ? check(line.bytes) : TOO_LONG;
    if (!checked.ok) {
      if (suspect && !suspect.hasNul) refuseForeign();
      suspect = suspected(suspect, line, checked, name);
      return;
    }
    // Because a good line follows, the bad one was not a torn end.
    if (suspect) throw damaged(name, suspect, suspect.problem);
    const place = { offset: line.offset, length: line.length + (line.ended ? 0 : 1) };
    options.onLine(checked.value, place);
    count += 1;
    end = place.offset + place.length;
    isUnended = !line.ended;
  }

  function refuseForeign(): void {
    if (count === 0 && !beginsWell) throw notResults(name);
  }

  for await (const lines of readLines(file)) {
    options.signal?.throwIfAborted();
    for (const line of lines) {
      // After NUL bytes, the rest of the file is ignored.
      for (const piece of suspect ? [line] : piecesOf(withoutMark(line), check)) read(piece);
    }
  }
  if (!suspect) return { tail: { kind: isUnended ? 'unended' : 'whole' }, end };
  refuseForeign();
  const { offset } = suspect;
  return { tail: { kind: 'torn', offset, isUnended }, end: offset + (isUnended ? 1 : 0) };
}

const TOO_LONG = { ok: false, problem: 'is longer than any record', isWhole: false } as const;

/** A line without the byte order mark that some editors add. */
function withoutMark(line: ByteLine): ByteLine {
  const { bytes, offset, length } = line;
  if (offset > 0 || !bytes || !BYTE_ORDER_MARK.every((byte, at) => bytes[at] === byte)) return line;
  const skipped = BYTE_ORDER_MARK.length;
  return {
    ...line,
    offset: offset + skipped,
    length: length - skipped,
    bytes: bytes.subarray(skipped),
  };
}

/** A power cut may leave NUL bytes where a line break and the next lines were. */
function piecesOf(
  line: ByteLine,
  check: (bytes: Uint8Array) => { ok: boolean },
): readonly ByteLine[] {
  const { bytes, offset, length } = line;
  const at = bytes?.indexOf(0) ?? -1;
  if (!bytes || at <= 0 || !check(bytes.subarray(0, at)).ok) return [line];
  return [
    { ...line, length: at, bytes: bytes.subarray(0, at), ended: false },
    { ...line, offset: offset + at, length: length - at, bytes: bytes.subarray(at) },
  ];
}

function isBlank({ ended, bytes }: ByteLine): boolean {
  return ended && bytes !== undefined && bytes.every((byte) => BLANKS.has(byte));
}

const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];
/** Tab, CR, space. */
const BLANKS = new Set([0x09, 0x0d, 0x20]);

/** A bad line that may be a torn end. */
interface Suspect {
  readonly number: number;
  readonly offset: number;
  readonly problem: string;
  readonly hasNul: boolean;
}

type BadLine = Extract<CheckedLine, { ok: false }>;

/**
 * A torn end is one bad line, or everything after NUL bytes, because a power cut may keep the
 * length of what was being written but lose some of its pages. Two bad lines are damage. So is a
 * bad line of valid JSON, because a program must have written it.
 */
function suspected(
  suspect: Suspect | undefined,
  line: ByteLine,
  bad: BadLine,
  path: string,
): Suspect {
  if (suspect?.hasNul) return suspect;
  if (suspect) throw damaged(path, suspect, suspect.problem);
  if (bad.isWhole) throw damaged(path, line, bad.problem);
  const hasNul = line.bytes?.includes(0) ?? true;
  return { number: line.number, offset: line.offset, problem: bad.problem, hasNul };
}

/** Whether the file starts like a results file, so that `--overwrite` may discard it. */
export async function mayBeResults(file: ReadableFile): Promise<boolean> {
  const bytes = new Uint8Array(BEGINNING_BYTES);
  const count = await file.read(bytes, 0);
  return beginsLikeResults(bytes.subarray(0, count));
}
