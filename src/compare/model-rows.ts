import { canonicalJson } from '../ports/json.ts';
import type { ResultRecord } from '../results/record.ts';

/** The axis that `models:` adds to a matrix. */
const MODEL_AXIS = 'model';

/** The model of a record; undefined if the manifest does not use `models`. */
function modelOf({ matrix }: Pick<ResultRecord, 'matrix'>): string | undefined {
  const model = matrix && Object.hasOwn(matrix, MODEL_AXIS) ? matrix[MODEL_AXIS] : undefined;
  return typeof model === 'string' ? model : undefined;
}

/** The id without the model: the same for all records of one row. */
export function rowId(record: Pick<ResultRecord, 'id' | 'matrix'>): string {
  const model = modelOf(record);
  if (model === undefined) return record.id;
  const { id } = record;
  // `models` is the last axis. Only a sample's number follows it.
  const at = id.lastIndexOf(`${MODEL_AXIS}=`);
  if (at <= 0) return id;
  const sample = /#\d+$/.exec(id)?.[0] ?? '';
  return id.slice(0, at - 1) + sample;
}

/** The records of one row, by model. */
export type ModelRow = ReadonlyMap<string, ResultRecord>;

/**
 * Groups the records of each row. They must come in manifest order, where the records of a row and
 * its samples are adjacent because `models` is the last axis except for samples.
 */
export function createRowGatherer(onRow: (id: string, row: ModelRow) => void): {
  add(record: ResultRecord): void;
  end(): void;
} {
  let neighbors = '';
  let open = new Map<string, Map<string, ResultRecord>>();

  function end(): void {
    for (const [id, row] of open) onRow(id, row);
    open = new Map();
  }

  return {
    add(record) {
      const model = modelOf(record);
      if (model === undefined) return;
      const { model: _, ...others } = record.matrix ?? {};
      const group = canonicalJson([record.task, record.key, others]);
      if (group !== neighbors) end();
      neighbors = group;
      const id = rowId(record);
      const row = open.get(id) ?? new Map<string, ResultRecord>();
      open.set(id, row);
      row.set(model, record);
    },
    end,
  };
}
