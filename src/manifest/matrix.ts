import { beyond, MATRIX_BOUNDS, type Bounds } from '../errors/bounds.ts';
import { didYouMean, listed } from '../errors/suggest.ts';
import type { MatrixCombination } from './manifest.ts';
import { namedEntries, type ReadContext } from './read-values.ts';
import { shown } from './secrets.ts';
import {
  child,
  plainValue,
  type ListNode,
  type MapEntry,
  type MapNode,
  type SourceNode,
} from './source-node.ts';
import type { JsonValue } from '../ports/json.ts';
import { weaklyMemoized } from '../ports/memoized.ts';

/**
 * Every combination of a `matrix`, as in GitHub Actions: all values of all axes, minus the
 * combinations in `exclude`. Each entry of `include` then extends the combinations that it matches,
 * or becomes a new combination. Undefined after reporting an error.
 */
export function expandMatrix(
  node: MapNode,
  { source, report, bounds }: ReadContext & { readonly bounds: Bounds },
): readonly MatrixCombination[] | undefined {
  const problems: boolean[] = [];
  const bad: ReportBad = (at, message, hint) => {
    problems.push(true);
    const place = 'keyStart' in at ? source.keyPlace(at) : source.place(at);
    report.error(place, { code: 'BAD_VALUE', message, hint });
  };
  const axes = namedEntries(node).filter(({ key }) => key !== 'include' && key !== 'exclude');
  const excluded = mapsOf(child(node, 'exclude'));
  const included = mapsOf(child(node, 'include'));
  const count = axes.reduce((product, { value }) => product * sizeOf(value), axes.length ? 1 : 0);
  const work = (count + included.length) * (1 + included.length + excluded.length);
  if (count + included.length > bounds.matrix) {
    report.error(source.place(node), beyond('matrix', bounds));
    return undefined;
  }
  const isWide = [node, ...included, ...excluded].some(({ entries }) => entries.length > MOST_AXES);
  if (isWide || work > MOST_COMPARISONS) {
    const what = isWide
      ? `the matrix has more than ${MOST_AXES} axes`
      : 'the matrix has too many combinations for an `include` and `exclude` this long';
    bad(node, what, 'put the combinations in a CSV or JSONL file and point `for_each` to it');
    return undefined;
  }
  for (const axis of axes) checkAxis(axis, bad);
  for (const each of excluded) checkExclude(each, axes, bad);
  if (problems.length > 0 || axes.some(({ value }) => value.kind !== 'list')) return undefined;
  const out = excluded.map(cellsOf);
  const kept = product(axes).filter((each) => !out.some((pattern) => matches(each, pattern)));
  const all = withIncluded(kept, included, axes, bad);
  if (all.length === 0) {
    bad(node, 'the matrix has no combinations', 'leave at least one, or delete `matrix`');
  }
  return problems.length > 0 ? undefined : all.map(plainCombination);
}

type ReportBad = (at: SourceNode | MapEntry, message: string, hint: string) => void;

const { axes: MOST_AXES, comparisons: MOST_COMPARISONS } = MATRIX_BOUNDS;

function checkAxis({ key, value }: MapEntry, bad: ReportBad): void {
  if (value.kind !== 'list') return;
  if (value.items.length === 0) {
    bad(value, `\`${shown(key)}\` of the matrix has no values`, 'give it at least one');
  }
  const seen = new Set<string>();
  for (const item of value.items) {
    const written = same(plainValue(item));
    if (seen.has(written)) {
      bad(
        item,
        `\`${shown(written)}\` appears twice in \`${shown(key)}\``,
        'delete one of the two',
      );
    }
    seen.add(written);
  }
}

function checkExclude(each: MapNode, axes: readonly MapEntry[], bad: ReportBad): void {
  if (each.entries.length === 0) {
    bad(each, 'an empty entry in `exclude` would leave out everything', 'give an axis and a value');
  }
  for (const named of each.entries) {
    const { key, value } = named;
    const axis = axes.find((candidate) => candidate.key === key);
    if (!axis) {
      const names = axes.map((candidate) => shown(candidate.key));
      const others = `the axes are ${listed(names) || 'none'}`;
      bad(
        named,
        `\`exclude\` names \`${shown(key)}\`, which is not an axis of the matrix`,
        didYouMean(key, names, others),
      );
      continue;
    }
    if (axis.value.kind !== 'list') continue;
    const values = textsOf(axis.value);
    const written = same(plainValue(value));
    if (values.includes(written)) continue;
    bad(
      value,
      `\`exclude\` names \`${shown(written)}\`, which is not a value of \`${shown(key)}\``,
      didYouMean(written, values, `the values are ${listed(values.map(shown))}`, shown),
    );
  }
}

function plainCombination(combination: Combination): MatrixCombination {
  return Object.fromEntries([...combination].map(([name, { value }]) => [name, value]));
}

/** Equal values have equal strings. */
interface Cell {
  readonly value: JsonValue;
  readonly text: string;
}
type Combination = ReadonlyMap<string, Cell>;

function cellsOf(node: MapNode): Combination {
  return new Map(node.entries.map(({ key, value }) => [key, cellOf(value)]));
}

const textsOf = weaklyMemoized((axis: ListNode): readonly string[] =>
  axis.items.map((item) => cellOf(item).text),
);

function cellOf(node: SourceNode): Cell {
  const value = plainValue(node);
  return { value, text: same(value) };
}

function product(axes: readonly MapEntry[]): readonly Combination[] {
  let combinations: readonly Combination[] = axes.length === 0 ? [] : [new Map()];
  for (const { key, value } of axes) {
    const cells = value.kind === 'list' ? value.items.map(cellOf) : [];
    combinations = combinations.flatMap((each) =>
      cells.map((cell): Combination => new Map([...each, [key, cell]])),
    );
  }
  return combinations;
}

function withIncluded(
  kept: readonly Combination[],
  included: readonly MapNode[],
  axes: readonly MapEntry[],
  bad: ReportBad,
): readonly Combination[] {
  const names = axes.map(({ key }) => key);
  let original = kept;
  const own = new Map<string, Combination>();
  for (const node of included) {
    const added = cellsOf(node);
    const fixed = names.filter((name) => added.has(name));
    const fits = (each: Combination): boolean =>
      fixed.every((name) => added.get(name)?.text === each.get(name)?.text);
    const written = same(plainValue(node));
    if (node.entries.length === 0) {
      bad(node, 'an empty entry in `include`', 'give at least one value, or delete it');
    } else if (original.some(fits)) {
      original = original.map((each) => (fits(each) ? new Map([...each, ...added]) : each));
    } else if (own.has(written)) {
      bad(node, '`include` adds the same combination twice', 'delete one of the two');
    } else own.set(written, added);
  }
  return [...original, ...own.values()];
}

function matches(combination: Combination, excluded: Combination): boolean {
  for (const [key, { text }] of excluded) if (combination.get(key)?.text !== text) return false;
  return true;
}

function same(value: JsonValue): string {
  if (typeof value === 'string') return value;
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

function mapsOf(node: SourceNode | undefined): readonly MapNode[] {
  return node?.kind === 'list' ? node.items.filter((item) => item.kind === 'map') : [];
}

function sizeOf(node: SourceNode): number {
  return node.kind === 'list' ? node.items.length : 1;
}
