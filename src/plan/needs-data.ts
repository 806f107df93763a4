import type { MatrixCombination, TaskTemplate } from '../manifest/manifest.ts';
import type { JsonValue } from '../ports/json.ts';
import { madeUpValue } from './made-up-value.ts';

/** What a template sees of a task that ended: one object of `needs.<id>`. */
export type NeedResult = {
  readonly id: string;
  readonly status: 'succeeded' | 'failed' | 'canceled' | 'skipped';
  /** Null unless it succeeded. */
  readonly output: JsonValue;
  /** The row, where it has one; that of a glob without its `text`. */
  readonly item?: JsonValue;
  readonly matrix?: MatrixCombination;
  /** Tokens as in its record; null when none were reported. */
  readonly usage: JsonValue;
};

/** `needs` of one task's templates: an object or a list of them, by id of the needed entry. */
export type NeedsData = Readonly<Record<string, JsonValue>>;

/** Whether an entry may make more than one task, so that its results are a list. */
export function makesMany({ forEach, matrix, models, repeat }: TaskTemplate): boolean {
  return [forEach, matrix, models, repeat].some((each) => each !== undefined);
}

/** The first task that an entry makes, as far as templates of others see it. */
export interface Example {
  readonly id: string;
  readonly item: JsonValue | undefined;
  readonly matrix: MatrixCombination | undefined;
}

/** A needed entry before anything has run. */
export interface KnownEntry {
  readonly template: TaskTemplate;
  /** Tasks that it makes. */
  readonly total: number;
  readonly example: Example;
}

/**
 * Stands in for the results of a task's needs, to check its texts or to guess their size. A list is
 * as long as it will be, but for `longest`.
 */
export function standInNeeds(
  { needs = [], forEach }: TaskTemplate,
  entries: ReadonlyMap<string, KnownEntry>,
  options: { readonly longest: number; readonly textOf: (template: TaskTemplate) => string },
): NeedsData {
  const data: Record<string, JsonValue> = {};
  for (const { id } of needs) {
    const entry = entries.get(id);
    if (!entry) continue;
    const { schema } = entry.template;
    const output = schema ? madeUpValue(schema.json, HALFWAY) : options.textOf(entry.template);
    const result = standIn(entry, output);
    const isOwn = forEach?.kind === 'needs' && forEach.task === id;
    data[id] =
      isOwn || !makesMany(entry.template)
        ? result
        : Array.from({ length: Math.min(entry.total, options.longest) }, () => result);
  }
  return data;
}

/** The same value each time. */
const HALFWAY = (): number => 0.5;

function standIn({ example }: KnownEntry, output: JsonValue): JsonValue {
  const { id, item, matrix } = example;
  return {
    id,
    status: 'succeeded',
    output,
    ...(item === undefined ? {} : { item }),
    ...(matrix === undefined ? {} : { matrix }),
    usage: NO_TOKENS,
  };
}

/** No tokens of any kind, by the names that records have. */
export const NO_TOKENS = {
  input_tokens: 0,
  output_tokens: 0,
  cache_read_tokens: 0,
  cache_write_tokens: 0,
  reasoning_tokens: 0,
  total_tokens: 0,
};
