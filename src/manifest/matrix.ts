import { beyond, MATRIX_BOUNDS, type Bounds } from '../errors/input-limits.ts';
import { didYouMean, listed } from '../errors/suggest.ts';
import type { MatrixCombination } from './manifest.ts';
import { shown } from './recognize-secrets.ts';
import { plainValue } from './source-node.ts';
import type { Written } from './written-value.ts';
import type { JsonValue } from '../ports/json.ts';
import { weaklyMemoized } from '../ports/memoized.ts';

/**
 * Every combination of a `matrix`, as in GitHub Actions: all values of all axes, minus the
 * combinations in `exclude`. Each entry of `include` then extends the combinations that it matches,
 * or becomes a new combination. Undefined after reporting an error.
 */
export function expandMatrix(
  matrix: Written,
  bounds: Bounds,
): readonly MatrixCombination[] | undefined {
  let isValid = true;
  const bad: ReportBad = (at, message, hint) => {
    isValid = false;
    at.error({ message, hint });
  };
  const axes = matrix.named.filter(({ key }) => key !== 'include' && key !== 'exclude');
  const [excluded, included] = [mapsOf(matrix.get('exclude')), mapsOf(matrix.get('include'))];
  const count = axes.reduce((product, axis) => product * axis.items.length, axes.length ? 1 : 0);
  const work = (count + included.length) * (1 + included.length + excluded.length);
  if (count + included.length > bounds.matrix) {
    matrix.error(beyond('matrix', bounds));
    return undefined;
  }
  const isWide = [matrix, ...included, ...excluded].some((map) => map.entries.length > MOST_AXES);
  if (isWide || work > MOST_COMPARISONS) {
    const what = isWide
      ? `the matrix has more than ${MOST_AXES} axes`
      : 'the matrix has too many combinations for an `include` and `exclude` this long';
    bad(matrix, what, 'put the combinations in a CSV or JSONL file and point `for_each` to it');
    return undefined;
  }
  for (const axis of axes) checkAxis(axis, bad);
  for (const each of excluded) checkExclude(each, axes, bad);
  if (!isValid || axes.some(({ isList }) => !isList)) return undefined;
  const out = excluded.map(cellsOf);
  const kept = product(axes).filter((each) => !out.some((pattern) => matches(each, pattern)));
  const all = withIncluded(kept, included, axes, bad);
  if (all.length === 0) {
    bad(matrix, 'the matrix has no combinations', 'leave at least one, or delete `matrix`');
  }
  return isValid ? all.map(plainCombination) : undefined;
}

type ReportBad = (at: Pick<Written, 'error'>, message: string, hint: string) => void;

const { axes: MOST_AXES, comparisons: MOST_COMPARISONS } = MATRIX_BOUNDS;

function checkAxis(axis: Written, bad: ReportBad): void {
  if (!axis.isList) return;
  const { key, items } = axis;
  if (items.length === 0) {
    bad(axis, `\`${shown(key)}\` of the matrix has no values`, 'give it at least one');
  }
  const seen = new Set<string>();
  for (const item of items) {
    const { text } = cellOf(item);
    const message = `\`${shown(text)}\` appears twice in \`${shown(key)}\``;
    if (seen.has(text)) bad(item, message, 'delete one of the two');
    seen.add(text);
  }
}

function checkExclude(entry: Written, axes: readonly Written[], bad: ReportBad): void {
  const named = entry.entries;
  if (named.length === 0) {
    bad(entry, 'an empty entry in `exclude` would leave out everything', 'add an axis and a value');
  }
  for (const each of named) {
    const { key } = each;
    const axis = axes.find((candidate) => candidate.key === key);
    if (!axis) {
      const names = axes.map((candidate) => shown(candidate.key));
      const message = `\`exclude\` names \`${shown(key)}\`, which is not an axis of the matrix`;
      const atKey = { error: each.keyError.bind(each) };
      bad(atKey, message, didYouMean(key, names, `the axes are ${listed(names) || 'none'}`));
      continue;
    }
    if (!axis.isList) continue;
    const values = textsOf(axis);
    const { text } = cellOf(each);
    if (values.includes(text)) continue;
    const message = `\`exclude\` names \`${shown(text)}\`, which is not a value of \`${shown(key)}\``;
    const others = `the values are ${listed(values.map(shown))}`;
    bad(each, message, didYouMean(text, values, others, shown));
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

function cellsOf(map: Written): Combination {
  return new Map(map.entries.map((each) => [each.key, cellOf(each)]));
}

const textsOf = weaklyMemoized((axis: Written): readonly string[] =>
  axis.items.map((item) => cellOf(item).text),
);

function cellOf({ node }: Written): Cell {
  const value = node ? plainValue(node) : null;
  return { value, text: same(value) };
}

function product(axes: readonly Written[]): readonly Combination[] {
  let combinations: readonly Combination[] = axes.length === 0 ? [] : [new Map()];
  for (const { key, items } of axes) {
    const cells = items.map(cellOf);
    combinations = combinations.flatMap((each) =>
      cells.map((cell): Combination => new Map([...each, [key, cell]])),
    );
  }
  return combinations;
}

function withIncluded(
  kept: readonly Combination[],
  included: readonly Written[],
  axes: readonly Written[],
  bad: ReportBad,
): readonly Combination[] {
  const names = axes.map(({ key }) => key);
  let original = kept;
  const own = new Map<string, Combination>();
  for (const each of included) {
    const added = cellsOf(each);
    const fixed = names.filter((name) => added.has(name));
    const fits = (one: Combination): boolean =>
      fixed.every((name) => added.get(name)?.text === one.get(name)?.text);
    const { text } = cellOf(each);
    if (added.size === 0) {
      bad(each, 'an empty entry in `include`', 'add at least one value, or delete it');
    } else if (original.some(fits)) {
      original = original.map((one) => (fits(one) ? new Map([...one, ...added]) : one));
    } else if (own.has(text)) {
      bad(each, '`include` adds the same combination twice', 'delete one of the two');
    } else own.set(text, added);
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

function mapsOf(list: Written): readonly Written[] {
  return list.isList ? list.items.filter(({ isMap }) => isMap) : [];
}
