import { weaklyMemoized } from '../ports/memoized.ts';
import type { Report } from './report.ts';
import { shown } from './secrets.ts';
import { plainMap, type SourceNode } from './source-node.ts';
import type { ManifestSource } from './source.ts';
import { parseCount, parseDuration, type Parsed } from './units.ts';

/** Reads one value. Returns undefined for other types, because the schema check reports them. */
export function stringOf(node: SourceNode | undefined): string | undefined {
  return node?.kind === 'scalar' && typeof node.value === 'string' ? node.value : undefined;
}

export function numberOf(node: SourceNode | undefined): number | undefined {
  return node?.kind === 'scalar' && typeof node.value === 'number' ? node.value : undefined;
}

export function booleanOf(node: SourceNode | undefined): boolean | undefined {
  return node?.kind === 'scalar' && typeof node.value === 'boolean' ? node.value : undefined;
}

/** Reads one of these words. The schema check reports other values. */
export function choiceOf<Word extends string>(
  node: SourceNode | undefined,
  words: readonly Word[],
): Word | undefined {
  const text = stringOf(node);
  return words.find((word) => word === text);
}

/** Reads one string, or a list of strings. */
export function stringsOf(node: SourceNode | undefined): readonly string[] | undefined {
  if (node?.kind !== 'list') {
    const one = stringOf(node);
    return one === undefined ? undefined : [one];
  }
  return once(lists, node, () => node.items.flatMap((item) => stringOf(item) ?? []));
}

/** Cached, because all tasks share the map in `defaults`. */
export const sharedPlainMap = weaklyMemoized(plainMap);

const lists = new WeakMap<SourceNode, readonly string[]>();
const durations = new WeakMap<SourceNode, { readonly value: number | undefined }>();
const counts = new WeakMap<SourceNode, { readonly value: number | undefined }>();

function once<Made>(
  made: WeakMap<SourceNode, Made & {}>,
  node: SourceNode,
  make: () => Made & {},
): Made & {} {
  const found = made.get(node);
  if (found !== undefined) return found;
  const value = make();
  made.set(node, value);
  return value;
}

/** Entries of a map with user-defined keys, without `x-` keys. */
export function namedEntries(node: SourceNode | undefined) {
  return node?.kind === 'map' ? node.entries.filter(({ key }) => !key.startsWith('x-')) : [];
}

export interface ReadContext {
  readonly source: ManifestSource;
  readonly report: Report;
}

/** In milliseconds, more than 0. */
export function durationOf(node: SourceNode | undefined, context: ReadContext): number | undefined {
  return parsedOnce(durations, node, context, (text) =>
    positive(parseDuration(text), text, 'give a longer one, such as `90s`'),
  );
}

/** A whole number above 0, written as a number or as `30k`. */
export function countOf(node: SourceNode | undefined, context: ReadContext): number | undefined {
  // The schema reports fractions and numbers below 1.
  return (
    numberOf(node) ??
    parsedOnce(counts, node, context, (text) =>
      positive(parseCount(text), text, 'give a number of at least 1'),
    )
  );
}

function parsedOnce(
  cache: typeof counts,
  node: SourceNode | undefined,
  context: ReadContext,
  parse: (text: string) => Parsed<number>,
): number | undefined {
  const text = stringOf(node);
  if (node === undefined || text === undefined) return undefined;
  return once(cache, node, () => ({ value: valueOrReport(parse(text), node, context) })).value;
}

/** `[min, max]`, or one value for both. */
export function rangeOf(
  node: SourceNode | undefined,
  read: (node: SourceNode | undefined, context: ReadContext) => number | undefined,
  context: ReadContext,
): { readonly min: number; readonly max: number } | undefined {
  if (node?.kind !== 'list') {
    const both = read(node, context);
    return both === undefined ? undefined : { min: both, max: both };
  }
  const [min, max] = node.items.map((item) => read(item, context));
  if (min === undefined || max === undefined) return undefined;
  if (min > max) {
    context.report.error(context.source.place(node), {
      code: 'BAD_VALUE',
      message: 'the first of `[min, max]` is larger than the second',
      hint: 'swap them',
    });
  }
  return { min, max };
}

function positive(parsed: Parsed<number>, text: string, hint: string): Parsed<number> {
  if (!parsed.ok || parsed.value > 0) return parsed;
  return { ok: false, message: `\`${text}\` must be more than 0`, hint };
}

function valueOrReport(
  parsed: Parsed<number>,
  node: SourceNode,
  { source, report }: ReadContext,
): number | undefined {
  if (parsed.ok) return parsed.value;
  const message = shown(parsed.message);
  report.error(source.place(node), { code: 'BAD_VALUE', message, hint: parsed.hint });
  return undefined;
}
