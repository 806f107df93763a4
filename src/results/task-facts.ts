import type { Task } from '../plan/task.ts';
import type { JsonValue } from '../ports/json.ts';
import type { ResultRecord } from './record.ts';

/** What a record says of its task, before it says how it ended. */
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

/** What a manifest may ask to be added to each record. */
export interface Included {
  readonly item?: JsonValue;
  readonly prompt?: JsonValue;
}
