import { isDeepStrictEqual } from 'node:util';
import { roundUsd } from '../money/cost.ts';
import { isJsonObject, type JsonValue } from '../ports/json.ts';
import type { ResultRecord } from '../results/record.ts';
import { fieldName, flatFields } from './flat-fields.ts';

/** The differences between two sets of records: two results files, or two models in one file. */
export interface ResultsDiff {
  readonly v: 1;
  readonly a: DiffSide;
  readonly b: DiffSide;
  readonly counts: {
    /** The same status and the same answer, if any. */
    readonly same: number;
    readonly answer: number;
    readonly status: number;
    readonly only_a: number;
    readonly only_b: number;
  };
  /** How many pairs with two answers are equal. */
  readonly agreement: Agreement;
  /** The same per field, for structured answers. */
  readonly fields: ReadonlyArray<Agreement & { readonly name: string }>;
  readonly tasks: readonly ChangedTask[];
  /** Differences that are not in `tasks`. */
  readonly omitted: number;
}

export interface DiffSide {
  readonly name: string;
  readonly tasks: number;
  readonly succeeded: number;
  /** Null if a price is unknown. */
  readonly cost_usd: number | null;
  readonly input_tokens: number;
  readonly output_tokens: number;
}

export interface Agreement {
  readonly compared: number;
  readonly equal: number;
}

export interface ChangedTask {
  readonly id: string;
  readonly change: Exclude<keyof ResultsDiff['counts'], 'same'>;
  /** Fields with different values, if both answers are objects. */
  readonly fields?: readonly string[];
  readonly a?: DiffedAnswer;
  readonly b?: DiffedAnswer;
}

export interface DiffedAnswer {
  readonly status: ResultRecord['status'];
  readonly output?: JsonValue;
  readonly error?: { readonly code: string; readonly message: string };
  readonly cost_usd: number | null;
}

export interface DiffBuilder {
  /** Adds the record of one task from each side, if there is one. */
  add(id: string, a: ResultRecord | undefined, b: ResultRecord | undefined): void;
  result(): ResultsDiff;
}

/** Further field names are not counted separately. */
const MOST_FIELDS = 1_000;

/** Adds up pairs one by one. Keeps the answers of at most `most` differences. */
export function createResultsDiff(
  names: { readonly a: string; readonly b: string },
  { most }: { readonly most: number },
): DiffBuilder {
  const sides = { a: newSide(names.a), b: newSide(names.b) };
  const counts = { same: 0, answer: 0, status: 0, only_a: 0, only_b: 0 };
  const agreement = { compared: 0, equal: 0 };
  const fields = new Map<string, { compared: number; equal: number }>();
  const tasks: ChangedTask[] = [];

  function compareFields(a: JsonValue, b: JsonValue): readonly string[] | undefined {
    if (!isJsonObject(a) || !isJsonObject(b)) return undefined;
    const [left, right] = [valuesByName(a), valuesByName(b)];
    const changed: string[] = [];
    for (const name of new Set([...left.keys(), ...right.keys()])) {
      const isEqual = isDeepStrictEqual(left.get(name), right.get(name));
      if (!isEqual) changed.push(name);
      const known = fields.get(name) ?? { compared: 0, equal: 0 };
      if (!fields.has(name) && fields.size >= MOST_FIELDS) continue;
      fields.set(name, known);
      known.compared += 1;
      if (isEqual) known.equal += 1;
    }
    return changed;
  }

  return {
    add(id, a, b) {
      if (a) addTo(sides.a, a);
      if (b) addTo(sides.b, b);
      const hasAnswers = a?.output !== undefined && b?.output !== undefined;
      const isEqual = isDeepStrictEqual(a?.output, b?.output);
      const changed =
        hasAnswers && a.output !== undefined && b.output !== undefined
          ? compareFields(a.output, b.output)
          : undefined;
      if (hasAnswers) {
        agreement.compared += 1;
        if (isEqual) agreement.equal += 1;
      }
      const change = !a
        ? 'only_b'
        : !b
          ? 'only_a'
          : a.status !== b.status
            ? 'status'
            : isEqual
              ? 'same'
              : 'answer';
      counts[change] += 1;
      if (change === 'same' || tasks.length >= most) return;
      tasks.push({
        id,
        change,
        ...(changed && changed.length > 0 && { fields: changed }),
        ...(a && { a: answerOf(a) }),
        ...(b && { b: answerOf(b) }),
      });
    },
    result: () => ({
      v: 1,
      ...sides,
      counts,
      agreement,
      fields: [...fields].map(([name, each]) => ({ name, ...each })),
      tasks,
      omitted: counts.answer + counts.status + counts.only_a + counts.only_b - tasks.length,
    }),
  };
}

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

function newSide(name: string): Mutable<DiffSide> {
  return { name, tasks: 0, succeeded: 0, cost_usd: 0, input_tokens: 0, output_tokens: 0 };
}

function addTo(
  side: Mutable<DiffSide>,
  { status, usage, attempts, ...record }: ResultRecord,
): void {
  side.tasks += 1;
  if (status === 'succeeded') side.succeeded += 1;
  if (attempts > 0) {
    const { cost_usd: cost } = record;
    side.cost_usd = side.cost_usd === null || cost === null ? null : roundUsd(side.cost_usd + cost);
  }
  if (!usage) return;
  side.input_tokens += usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens;
  side.output_tokens += usage.output_tokens;
}

function answerOf({ status, output, error, cost_usd }: ResultRecord): DiffedAnswer {
  return {
    status,
    ...(output !== undefined && { output }),
    ...(error && { error: { code: error.code, message: error.message } }),
    cost_usd,
  };
}

export function valuesByName(value: JsonValue = null): ReadonlyMap<string, JsonValue> {
  return new Map(flatFields(value).map(({ path, value: each }) => [fieldName(path), each]));
}
