import type { MatrixCombination, TaskTemplate } from '../manifest/manifest.ts';
import type { JsonValue } from '../ports/json.ts';
import { generateValue } from './value-for-schema.ts';

/** One object of `needs.<id>` in templates: a task that has ended. */
export type NeedResult = {
  readonly id: string;
  readonly status: 'succeeded' | 'failed' | 'canceled' | 'skipped';
  /** Null unless the task succeeded. */
  readonly output: JsonValue;
  /** The row, if any. A glob's row has no `text` here. */
  readonly item?: JsonValue;
  readonly matrix?: MatrixCombination;
  /** Tokens as in its record; null if none were reported. */
  readonly usage: JsonValue;
};

/** `needs` in the templates of one task: an object or a list for each needed entry, by its id. */
export type NeedsData = Readonly<Record<string, JsonValue>>;

/** Whether an entry may have more than one task, so its results are a list. */
export function makesMany({ forEach, matrix, models, repeat }: TaskTemplate): boolean {
  return [forEach, matrix, models, repeat].some((each) => each !== undefined);
}

/** The first task of an entry, as templates of others see it. */
export interface Example {
  readonly id: string;
  readonly item: JsonValue | undefined;
  readonly matrix: MatrixCombination | undefined;
}

/** A needed entry before the run. */
export interface KnownEntry {
  readonly template: TaskTemplate;
  readonly total: number;
  readonly example: Example;
}

/** Placeholders for results of a task's needs. Lists have their real length, up to `longest`. */
export function placeholderNeeds(
  { needs = [], forEach }: TaskTemplate,
  entries: ReadonlyMap<string, KnownEntry>,
  options: { readonly longest: number; readonly textOf: (template: TaskTemplate) => string },
): NeedsData {
  const data: Record<string, JsonValue> = {};
  for (const { id } of needs) {
    const entry = entries.get(id);
    if (!entry) continue;
    const { schema } = entry.template;
    const output = schema ? generateValue(schema.json, HALFWAY) : options.textOf(entry.template);
    const result = placeholder(entry, output);
    const isOwn = forEach?.kind === 'needs' && forEach.task === id;
    data[id] =
      isOwn || !makesMany(entry.template)
        ? result
        : Array.from({ length: Math.min(entry.total, options.longest) }, () => result);
  }
  return data;
}

/** Replaces the random numbers, so that the generated value is always the same. */
const HALFWAY = (): number => 0.5;

function placeholder({ example }: KnownEntry, output: JsonValue): JsonValue {
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

/** Named as in records. */
export const NO_TOKENS = {
  input_tokens: 0,
  output_tokens: 0,
  cache_read_tokens: 0,
  cache_write_tokens: 0,
  reasoning_tokens: 0,
  total_tokens: 0,
};
