import type { Finding, Place } from '../errors/finding.ts';
import type { ParseYaml } from './yaml-time-limit.ts';
import type { SourceProblem } from './parse-yaml.ts';
import { weaklyMemoized } from '../ports/memoized.ts';
import { firstAtLeast, linesOf, writtenAt } from './line-and-column.ts';
import {
  entry,
  nodeAt,
  plainValue,
  type MapEntry,
  type Path,
  type PlainValue,
  type ScalarNode,
  type SourceNode,
} from './source-node.ts';
import { YAML_BOUNDS } from '../errors/input-limits.ts';

/** A well-formed YAML manifest: values with their places, not checked yet. */
export interface ManifestSource {
  readonly file: string;
  /** Without a byte order mark. */
  readonly text: string;
  readonly root: SourceNode;
  readonly value: PlainValue;
  /**
   * Whether a part of the value could not be read. The value may then only seem wrong or
   * incomplete.
   */
  isUnreadable(node: SourceNode): boolean;
  readonly isBroken: boolean;
  placeOf(start: number, end: number): Place;
  /** The place of a value. For a list or map that spans several lines, its first character. */
  place(node: SourceNode): Place;
  keyPlace(key: MapEntry): Place;
  /** The place of the value at `path`, or of its nearest existing parent. */
  valuePlaceAt(path: Path): Place;
  keyPlaceAt(path: Path): Place;
  /** The place of the character at `offset` in a scalar's value. */
  textPlace(node: ScalarNode, offset: number): Place;
}

export interface SourceResult {
  /** Undefined if nothing else can be checked. */
  readonly source: ManifestSource | undefined;
  /** Without frames. */
  readonly findings: readonly Finding[];
}

export async function readSource(
  file: string,
  given: string,
  parse: ParseYaml,
): Promise<SourceResult> {
  const text = given.replace(/^\uFEFF/, '');
  if (Buffer.byteLength(text) > YAML_BOUNDS.bytes) {
    return { source: undefined, findings: [manifestTooLarge(file)] };
  }
  const outcome = await parse(text);
  if (!outcome.ok) {
    const tooSlow = fileError(file, 'MANIFEST_TOO_SLOW', TOO_SLOW, USE_ROWS);
    return { source: undefined, findings: [tooSlow] };
  }
  const { root, problems } = outcome.parsed;
  const lines = linesOf(file, text);
  const findings = problems.map((problem) => finding(problem, lines));
  if (!root) return { source: undefined, findings };
  if (root.kind === 'scalar' && root.value === null && findings.length === 0) {
    const empty = fileError(file, 'NO_TASKS', 'the manifest is empty', WRITE_TASKS);
    return { source: undefined, findings: [empty] };
  }
  return { source: makeSource(file, text, root, problems), findings };
}

export function manifestTooLarge(file: string): Finding {
  return fileError(file, 'MANIFEST_TOO_LARGE', 'the manifest is larger than 1 MiB', USE_ROWS);
}

const USE_ROWS = 'put rows in a JSONL or CSV file and add `for_each: {file: rows.jsonl}`';
const TOO_SLOW = 'reading the manifest took more than 1.8 s of CPU time or 512 MB';
const WRITE_TASKS =
  'write at least `tasks: ["What is 2+2?"]`; `volley init` writes a commented one';

function fileError(file: string, code: Finding['code'], message: string, hint: string): Finding {
  return { code, severity: 'error', message, hint, place: { file, line: 1, column: 1 } };
}

function finding(problem: SourceProblem, lines: ReturnType<typeof linesOf>): Finding {
  const { code, message, hint, start, end, mentions } = problem;
  const line = mentions === undefined ? '' : String(lines.place(mentions).line);
  return {
    code,
    severity: 'error',
    message: mentions === undefined ? message : message.replace('{line}', line),
    hint,
    place: lines.place(start, end),
  };
}

/** The same file with another root. */
export function withRoot({ file, text }: ManifestSource, root: SourceNode): ManifestSource {
  return makeSource(file, text, root, []);
}

function makeSource(
  file: string,
  text: string,
  root: SourceNode,
  problems: readonly SourceProblem[],
): ManifestSource {
  const isUnreadable = unreadableNodes(problems, text);
  const lines = linesOf(file, text);
  const offsetIn = weaklyMemoized((node: ScalarNode) => writtenAt(node, text));
  const source: ManifestSource = {
    file,
    text,
    root,
    value: plainValue(root),
    placeOf: (start, end) => lines.place(start, end),
    isUnreadable,
    isBroken: problems.length > 0,
    place(node) {
      if (node.kind !== 'map' || text[node.start] === '{') return lines.place(node.start, node.end);
      const [first] = node.entries;
      const isOwn = first?.keyStart === node.start;
      return isOwn ? lines.place(first.keyStart, first.keyEnd) : lines.place(node.start);
    },
    keyPlace: ({ keyStart, keyEnd }) => lines.place(keyStart, keyEnd),
    valuePlaceAt(path) {
      for (let length = path.length; length >= 0; length -= 1) {
        const node = nodeAt(root, path.slice(0, length));
        if (node) return source.place(node);
      }
      return lines.place(0);
    },
    keyPlaceAt(path) {
      const found = entry(nodeAt(root, path.slice(0, -1)), String(path.at(-1)));
      return found ? source.keyPlace(found) : source.valuePlaceAt(path);
    },
    textPlace: (node, offset) => lines.place(offsetIn(node)(offset)),
  };
  return source;
}

/** Whether a node contains a placeholder, or follows a bad tag. */
function unreadableNodes(
  problems: readonly SourceProblem[],
  text: string,
): (node: SourceNode) => boolean {
  const placeholders = problems.filter(({ isPlaceholder }) => isPlaceholder);
  const starts = placeholders.map(({ start }) => start).sort((one, other) => one - other);
  const tagged = new Set(
    placeholders.map(({ end }) => end + (/^\s*/.exec(text.slice(end, end + 200))?.[0].length ?? 0)),
  );
  return (node) => {
    if (starts.length === 0) return false;
    const first = starts[firstAtLeast(starts, node.start)];
    const isInside = first !== undefined && first < Math.max(node.end, node.start + 1);
    return isInside || tagged.has(node.start);
  };
}
