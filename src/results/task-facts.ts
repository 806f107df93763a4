import type { Task } from '../plan/task.ts';
import type { JsonValue } from '../ports/json.ts';
import type { ResultRecord } from './record.ts';

/** The fields of a record that describe its task. */
export function taskFacts(
  task: Task,
): Pick<ResultRecord, 'v' | 'id' | 'task' | 'index' | 'key' | 'matrix'> {
  return {
    v: 1,
    id: task.id,
    task: task.template.id,
    index: task.index,
    ...(task.key !== undefined && { key: task.key }),
    ...(task.matrix && { matrix: task.matrix }),
  };
}

/** Fields that a manifest may add to each record. */
export interface Included {
  readonly item?: JsonValue;
  readonly prompt?: JsonValue;
}
