/** The parts of a task's request that changed, in the order reported. */
export const CHANGE_REASONS = [
  /** Its template, its `system`, or a value of `vars` used in them. */
  'prompt',
  'context',
  /** The text of its row's file, or an attachment. */
  'file',
  /** The values of its row or matrix. */
  'row',
  'model',
  'parameters',
  'schema',
  'if',
  'needs',
  /** An unknown part: a results file does not say which. */
  'request',
  /** It has no answer in the results file. */
  'unanswered',
] as const;

export type ChangeReason = (typeof CHANGE_REASONS)[number];

export interface TaskChange {
  readonly id: string;
  /** Its id in the base, if it was different. */
  readonly was_id?: string;
  readonly change: 'new' | 'changed' | 'removed' | 'unchanged';
  readonly reasons: readonly ChangeReason[];
}

export interface ChangeCounts {
  readonly new: number;
  readonly changed: number;
  readonly removed: number;
  readonly unchanged: number;
  /** Unchanged tasks with a new id. They count as unchanged. */
  readonly renamed: number;
}

export interface Comparison {
  /** First the tasks in manifest order, including unchanged ones, then removed tasks. */
  changes(): AsyncIterable<TaskChange>;
  readonly counts: ChangeCounts;
  /** By task index: 1 for new and changed tasks. */
  readonly isChanged: Uint8Array;
}
