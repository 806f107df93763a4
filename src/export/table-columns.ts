import { fieldName, flatFields, valueAt } from '../compare/flat-fields.ts';
import { TABLE_BOUNDS } from '../errors/input-limits.ts';
import type { JsonValue } from '../ports/json.ts';
import type { ResultRecord } from '../results/record.ts';
import type { ColumnKind, TableColumn, TableRow } from './table.ts';

/** Determines the columns of a table from its records, then creates its rows. */
export interface ColumnSurvey {
  /** `item` is the row of the record's task. */
  add(record: ResultRecord, item: JsonValue | undefined): void;
  columns(): readonly TableColumn[];
  row(record: ResultRecord, item: JsonValue | undefined): TableRow;
}

/**
 * The input comes first, under its own names, then the output (`output.label`), then facts about
 * the answer. An input column whose name is already taken becomes `item.NAME`.
 */
export function createColumnSurvey(): ColumnSurvey {
  const item = createGroup('item');
  const matrix = createGroup('matrix');
  const output = createGroup('output');
  const optional = new Map(OPTIONAL.map(({ name }) => [name, newKinds()]));
  const fixed = new Map(FIXED.map(({ name }) => [name, newKinds()]));
  let placed: readonly Placed[] | undefined;

  function place(): readonly Placed[] {
    const [first, last] = [FIXED.slice(0, 3), FIXED.slice(3)];
    const own = (fields: readonly RecordField[], kinds: ReadonlyMap<string, Kinds>): Placed[] =>
      fields.flatMap(({ name, of }) => {
        const seen = kinds.get(name);
        const isAbsent = kinds === optional && seen?.size === 0;
        return isAbsent || !seen ? [] : [{ name, kind: kindOf(seen), of }];
      });
    const others = [
      ...own(first, fixed),
      ...matrix.placed(({ record }) => record.matrix),
      ...own(last.slice(0, 2), fixed),
      ...output.placed(({ record }) => record.output),
      ...own(OPTIONAL, optional),
      ...own(last.slice(2), fixed),
    ];
    // An input column must not look like the answer, even if no answer is plain text.
    const taken = new Set(['output', ...others.map(({ name }) => name.toLowerCase())]);
    const input = item
      .placed((source) => source.item)
      .map((column) => {
        const bare = column.name.slice('item.'.length);
        const isFree = bare !== '' && !taken.has(bare.toLowerCase());
        return isFree ? { ...column, name: bare } : column;
      });
    return withOwnNames([...input, ...others]);
  }

  const all = (): readonly Placed[] => (placed ??= place());
  return {
    add(record, row) {
      if (row !== undefined) item.add(row);
      if (record.matrix) matrix.add(record.matrix);
      if (record.output !== undefined) output.add(record.output);
      for (const [fields, kinds] of [
        [FIXED, fixed],
        [OPTIONAL, optional],
      ] as const) {
        for (const { name, of } of fields) note(kinds.get(name), of({ record, item: row }));
      }
    },
    columns: () => all().map(({ name, kind }) => ({ name, kind })),
    row(record, row) {
      const source = { record, item: row };
      return all().map(({ of }) => of(source));
    },
  };
}

interface Source {
  readonly record: ResultRecord;
  readonly item: JsonValue | undefined;
}

interface RecordField {
  readonly name: string;
  readonly of: (source: Source) => JsonValue | undefined;
}

interface Placed extends RecordField {
  readonly kind: ColumnKind;
}

function field(name: string, of: (record: ResultRecord) => JsonValue | undefined): RecordField {
  return { name, of: ({ record }) => of(record) };
}

/**
 * Columns of every table, so that scripts can rely on them. The first three come before the matrix
 * columns, the next two before the answer.
 */
const FIXED: readonly RecordField[] = [
  field('id', ({ id }) => id),
  field('task', ({ task }) => task),
  field('key', ({ key }) => key),
  field('model', ({ provider, model }) => `${provider}/${model}`),
  field('status', ({ status }) => status),
  field('error.code', ({ error }) => error?.code),
  field('error.message', ({ error }) => error?.message),
  field('finish_reason', ({ finish_reason: reason }) => reason),
  field('input_tokens', ({ usage }) => usage?.input_tokens),
  field('output_tokens', ({ usage }) => usage?.output_tokens),
  field('cache_read_tokens', ({ usage }) => usage?.cache_read_tokens),
  field('cache_write_tokens', ({ usage }) => usage?.cache_write_tokens),
  field('reasoning_tokens', ({ usage }) => usage?.reasoning_tokens),
  field('cost_usd', ({ cost_usd: cost }) => cost),
  field('attempts', ({ attempts }) => attempts),
  field('retries', ({ retries }) => retries),
  field('queued_ms', ({ queued_ms: ms }) => ms),
  field('duration_ms', ({ duration_ms: ms }) => ms),
  field('started_at', ({ started_at: at }) => at),
  field('finished_at', ({ finished_at: at }) => at),
  field('request_id', ({ request_id: id }) => id),
  field('fingerprint', ({ fingerprint }) => fingerprint),
];

/** Columns that a table has only if a record has a value for them. */
const OPTIONAL: readonly RecordField[] = [
  field('partial_output', ({ partial_output: partial }) => partial),
  field('expected', ({ expected }) => expected),
  field('unexpected_reason', ({ unexpected_reason: reason }) => reason),
  field('prompt', ({ prompt }) => prompt),
  field('shared_with', ({ shared_with: id }) => id),
  field('usage_estimated', ({ usage_estimated: is }) => is),
  field('possibly_paid_usd', ({ possibly_paid_usd: usd }) => usd),
];

/** The kinds of values in a column. Null belongs to every kind. */
type Kinds = Set<ColumnKind>;

function newKinds(): Kinds {
  return new Set();
}

function note(kinds: Kinds | undefined, value: JsonValue | undefined): void {
  if (!kinds || value === undefined || value === null) return;
  if (typeof value === 'string') kinds.add('text');
  else if (typeof value === 'boolean') kinds.add('boolean');
  else if (typeof value === 'object') kinds.add('json');
  else kinds.add(Number.isSafeInteger(value) ? 'integer' : 'number');
}

function kindOf(kinds: Kinds): ColumnKind {
  const [only, other] = kinds;
  if (only === undefined) return 'text';
  if (other === undefined) return only;
  return kinds.size === 2 && kinds.has('integer') && kinds.has('number') ? 'number' : 'text';
}

/** The columns for the fields of one value: the row, the matrix or the answer. */
interface Group {
  add(value: JsonValue): void;
  placed(value: (source: Source) => JsonValue | undefined): readonly Placed[];
}

function createGroup(name: string): Group {
  const fields = new Map<string, { readonly path: readonly string[]; readonly kinds: Kinds }>();
  /** Used for the whole values, if there are too many fields. */
  const whole = newKinds();
  let isWhole = false;
  return {
    add(value) {
      note(whole, value);
      if (isWhole) return;
      for (const { path, value: each } of flatFields(value)) {
        const key = JSON.stringify(path);
        const known = fields.get(key) ?? { path, kinds: newKinds() };
        fields.set(key, known);
        note(known.kinds, each);
      }
      isWhole = fields.size > TABLE_BOUNDS.columns;
      if (isWhole) fields.clear();
    },
    placed(value) {
      if (isWhole) return [{ name, kind: kindOf(whole), of: value }];
      return [...fields.values()].map(({ path, kinds }) => ({
        name: fieldName([name, ...path]),
        kind: kindOf(kinds),
        of: (source) => valueAt(value(source), path),
      }));
    },
  };
}

/**
 * Makes names unique. Databases do not distinguish `Id` and `id`, cannot have NUL in a name, and
 * write every lone surrogate the same way. A field of an answer may have any of these names.
 */
function withOwnNames(columns: readonly Placed[]): readonly Placed[] {
  const taken = new Set<string>();
  return columns.map((column) => {
    const written = column.name.toWellFormed().replaceAll('\u0000', '\uFFFD');
    let name = written;
    for (let number = 2; taken.has(name.toLowerCase()); number++) name = `${written}_${number}`;
    taken.add(name.toLowerCase());
    return { ...column, name };
  });
}
