import type { Place } from '../errors/finding.ts';
import { weaklyMemoized } from '../ports/memoized.ts';
import {
  knownErrorsOf,
  type FindingWords,
  type KnownErrors,
  type Report,
} from './collect-findings.ts';
import type { SchemaFinding } from './schema-findings.ts';
import { shown } from './recognize-secrets.ts';
import {
  entry,
  type ListNode,
  type MapEntry,
  type Path,
  type ScalarNode,
  type SourceNode,
} from './source-node.ts';
import type { ManifestSource } from './manifest-source.ts';
import { parseCount, parseDuration, type Parsed } from './durations-and-counts.ts';

/** What is being read, and where problems with it are reported. */
export interface Reading {
  readonly source: ManifestSource;
  readonly report: Report;
}

interface ReadContext extends Reading {
  readonly knownErrors: KnownErrors;
}

/** The whole of a source. `findings` are those of the schema check. */
export function writtenIn(
  source: ManifestSource,
  report: Report,
  findings: readonly SchemaFinding[],
): Written {
  return new Written({ source, report, knownErrors: knownErrorsOf(findings) }, source.root, []);
}

/** The message and hint of a finding, whose code is `BAD_VALUE` if there is none. */
type Problem = Omit<FindingWords, 'code'> & Partial<Pick<FindingWords, 'code'>>;

/**
 * A part of the manifest as written, which may be absent: reads its value, and reports problems at
 * its place. Values of the wrong type read as undefined, because the schema check reports them.
 */
export class Written {
  /** Undefined if it is absent. */
  readonly node: SourceNode | undefined;
  readonly path: Path;
  private readonly context: ReadContext;
  private readonly found: MapEntry | undefined;

  constructor(context: ReadContext, node: SourceNode | undefined, path: Path, found?: MapEntry) {
    this.context = context;
    this.node = node;
    this.path = path;
    this.found = found;
  }

  get isGiven(): boolean {
    return this.node !== undefined;
  }

  get isMap(): boolean {
    return this.node?.kind === 'map';
  }

  get isList(): boolean {
    return this.node?.kind === 'list';
  }

  /** Its own key. */
  get key(): string {
    return this.found?.key ?? '';
  }

  get place(): Place {
    return this.node ? this.context.source.place(this.node) : this.keyPlace;
  }

  get keyPlace(): Place {
    const { source } = this.context;
    return this.found ? source.keyPlace(this.found) : source.valuePlaceAt(this.path);
  }

  /** Whether the schema check has reported an error in it. */
  get hasError(): boolean {
    const { knownErrors } = this.context;
    const parent = this.path.slice(0, -1);
    return (
      knownErrors.hasErrorAt(String(this.path.at(-1)), parent) || knownErrors.hasErrorIn(this.path)
    );
  }

  get(key: string): Written {
    const found = entry(this.node, key);
    return new Written(this.context, found?.value, [...this.path, key], found);
  }

  or(other: Written): Written {
    return this.isGiven ? this : other;
  }

  get string(): string | undefined {
    return stringIn(this.node);
  }

  get number(): number | undefined {
    const { node } = this;
    return node?.kind === 'scalar' && typeof node.value === 'number' ? node.value : undefined;
  }

  get boolean(): boolean | undefined {
    const { node } = this;
    return node?.kind === 'scalar' && typeof node.value === 'boolean' ? node.value : undefined;
  }

  choice<Word extends string>(words: readonly Word[]): Word | undefined {
    const { string } = this;
    return words.find((word) => word === string);
  }

  /** One string, or a list of strings. */
  get strings(): readonly string[] | undefined {
    if (this.node?.kind === 'list') return stringsIn(this.node);
    return this.string === undefined ? undefined : [this.string];
  }

  /** The items of a list, or the only one. */
  get items(): readonly Written[] {
    const { node } = this;
    if (node?.kind !== 'list') return node ? [this] : [];
    return node.items.map((item, at) => new Written(this.context, item, [...this.path, at]));
  }

  /** All entries of a map. */
  get entries(): readonly Written[] {
    const { node } = this;
    return (node?.kind === 'map' ? node.entries : []).map(
      (each) => new Written(this.context, each.value, [...this.path, each.key], each),
    );
  }

  /** The entries of a map with user-defined keys, without `x-` keys. */
  get named(): readonly Written[] {
    return this.entries.filter(({ key }) => !key.startsWith('x-'));
  }

  /** In milliseconds, more than 0. */
  get duration(): number | undefined {
    return this.parsed(durationIn, 'set a longer one, such as `90s`');
  }

  /** A whole number above 0, written as a number or as `30k`. */
  get count(): number | undefined {
    // The schema reports fractions and numbers below 1.
    return this.number ?? this.parsed(countIn, 'use a number of at least 1');
  }

  /** `[min, max]`, or one value for both. */
  range(
    read: (part: Written) => number | undefined,
  ): { readonly min: number; readonly max: number } | undefined {
    const [min, max = this.isList ? undefined : min] = this.items.map(read);
    if (min === undefined || max === undefined) return undefined;
    if (min > max) {
      const message = 'the first of `[min, max]` is larger than the second';
      this.error({ message, hint: 'swap them' });
    }
    return { min, max };
  }

  private parsed(parse: (node: ScalarNode) => Parsed<number>, hint: string): number | undefined {
    const { node } = this;
    if (node?.kind !== 'scalar' || typeof node.value !== 'string') return undefined;
    const parsed = parse(node);
    if (!parsed.ok) this.error({ message: shown(parsed.message), hint: parsed.hint });
    else if (parsed.value > 0) return parsed.value;
    else this.error({ message: shown(`\`${node.value}\` must be more than 0`), hint });
    return undefined;
  }

  error(problem: Problem): void {
    this.context.report.error(this.place, { code: 'BAD_VALUE', ...problem });
  }

  warning(problem: Problem): void {
    this.context.report.warning(this.place, { code: 'BAD_VALUE', ...problem });
  }

  /** An error about the key, or about the value as a whole. */
  keyError(problem: Problem): void {
    this.context.report.error(this.keyPlace, { code: 'BAD_VALUE', ...problem });
  }

  keyWarning(problem: Problem): void {
    this.context.report.warning(this.keyPlace, { code: 'BAD_VALUE', ...problem });
  }
}

/** Reads each value once, although tasks may share it through `defaults` or an alias. */
export function readOnce<Made>(read: (part: Written) => Made): (part: Written) => Made {
  const known = new Map<SourceNode | undefined, { readonly made: Made }>();
  return (part) => {
    const found = known.get(part.node) ?? { made: read(part) };
    known.set(part.node, found);
    return found.made;
  };
}

export function stringIn(node: SourceNode | undefined): string | undefined {
  return node?.kind === 'scalar' && typeof node.value === 'string' ? node.value : undefined;
}

// Cached, because all tasks share the values in `defaults`.
const durationIn = weaklyMemoized(({ value }: ScalarNode) => parseDuration(String(value)));
const countIn = weaklyMemoized(({ value }: ScalarNode) => parseCount(String(value)));
const stringsIn = weaklyMemoized((node: ListNode): readonly string[] =>
  node.items.flatMap((item) => stringIn(item) ?? []),
);
