import { weaklyMemoized } from '../ports/memoized.ts';

/**
 * A YAML value with its place, as plain data that can be sent to a thread. Offsets count UTF-16
 * units from the start of the text. An aliased node is shared and keeps its own place.
 */
export type SourceNode = ScalarNode | ListNode | MapNode;

interface NodeBase {
  readonly start: number;
  /** One past the last character. */
  readonly end: number;
}

export interface ScalarNode extends NodeBase {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  readonly style: ScalarStyle;
}
export type ScalarStyle = 'plain' | 'single' | 'double' | 'literal' | 'folded';

export interface ListNode extends NodeBase {
  readonly kind: 'list';
  readonly items: readonly SourceNode[];
}

export interface MapNode extends NodeBase {
  readonly kind: 'map';
  /** In order, after merging `<<`, without duplicates. */
  readonly entries: readonly MapEntry[];
}

export interface MapEntry {
  readonly key: string;
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly value: SourceNode;
}

export type Path = ReadonlyArray<string | number>;

/** The path that a JSON Pointer names. */
export function pointerPath(pointer: string): Path {
  const [, ...steps] = pointer.split('/');
  return steps.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

export function child(node: SourceNode | undefined, key: string): SourceNode | undefined {
  return entry(node, key)?.value;
}

export function entry(node: SourceNode | undefined, key: string): MapEntry | undefined {
  return node?.kind === 'map' ? index(node).get(key) : undefined;
}

export function nodeAt(root: SourceNode, path: Path): SourceNode | undefined {
  let node: SourceNode | undefined = root;
  for (const step of path) {
    node = node?.kind === 'list' ? node.items[Number(step)] : child(node, String(step));
  }
  return node;
}

/** As `JSON.parse` would return it: `__proto__` is an ordinary key. */
export function plainValue(node: SourceNode): PlainValue {
  switch (node.kind) {
    case 'scalar':
      return node.value;
    case 'list':
      return node.items.map(plainValue);
    case 'map':
      return plainMap(node);
  }
}

/**
 * `fromEntries` defines properties instead of assigning them, so no key can change the prototype.
 */
export function plainMap(node: MapNode): { [key: string]: PlainValue } {
  return Object.fromEntries(node.entries.map(({ key, value }) => [key, plainValue(value)]));
}

export type PlainValue =
  | null
  | boolean
  | number
  | string
  | PlainValue[]
  | { [key: string]: PlainValue };

const index = weaklyMemoized(
  (node: MapNode): ReadonlyMap<string, MapEntry> =>
    new Map(node.entries.map((each) => [each.key, each])),
);
