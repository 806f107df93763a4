/** What of a task's request is not what it was. In the order in which they are named. */
export const CHANGE_REASONS = [
  /** Its template, its `system`, or a value of `vars` in them. */
  'prompt',
  'context',
  /** The text of its row's file, or an attachment. */
  'file',
  /** The values of its row or of its matrix. */
  'row',
  'model',
  'parameters',
  'schema',
  /** Its condition. */
  'if',
  /** A task that it needs. */
  'needs',
  /** Something of it: a results file does not say what. */
  'request',
  /** It has no answer in the results file. */
  'unanswered',
] as const;

export type ChangeReason = (typeof CHANGE_REASONS)[number];

/** How a task compares with the base. */
export interface TaskChange {
  readonly id: string;
  /** Its id in the base, if that was another. */
  readonly was_id?: string;
  readonly change: 'new' | 'changed' | 'removed' | 'unchanged';
  readonly reasons: readonly ChangeReason[];
}

export interface ChangeCounts {
  readonly new: number;
  readonly changed: number;
  readonly removed: number;
  readonly unchanged: number;
  /** Unchanged tasks with another id than before; they count as unchanged. */
  readonly renamed: number;
}

/** What a manifest would change. */
export interface Comparison {
  /** In the order of the manifest, then those that were removed. Unchanged ones are among them. */
  changes(): AsyncIterable<TaskChange>;
  readonly counts: ChangeCounts;
  /** By index of the task: 1 for those that are new or changed. */
  readonly isChanged: Uint8Array;
}
