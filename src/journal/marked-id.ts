import type { ResultRecord } from '../results/record.ts';

/**
 * 0.1.0 kept an answer whose task was gone, skipped or failed in the results file, under the task's id with a mark:
 * `task-1~34dd53d3`, `task-1~old-00f9cb04`. Those records have no seal yet. A key that was shortened ends in 12
 * digits (`~0123456789ab`) and is not such a mark.
 */
export function isMarkedId({ id, seal }: Pick<ResultRecord, 'id' | 'seal'>): boolean {
  return seal === undefined && MARKED.test(id);
}

/** The record under the id of its task. */
export function withPlainId(record: ResultRecord): ResultRecord {
  return { ...record, id: record.id.replace(MARKED, '') };
}

const MARKED = /~(?:old-)?[0-9a-f]{8}$/;
