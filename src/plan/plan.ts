import type { Manifest, ModelName, TaskTemplate } from '../manifest/manifest.ts';
import type { TaskNode } from './graph.ts';
import type { JudgedAnswer } from './judge-answer.ts';
import type { NeedsData } from './needs-data.ts';
import type { RenderedTask, Task } from './task.ts';

/** What will be sent, counted and checked, but read lazily: a million rows are a stream. */
export interface Plan {
  readonly manifest: Manifest;
  /** Tasks after expansion. */
  readonly total: number;
  /**
   * One per provider and model, in order of first use, those that are only a fallback last. Their
   * totals add up to `total`.
   */
  readonly lanes: readonly PlannedLane[];
  /** The whole manifest in order. Each call reads again from the start. */
  tasks(): AsyncIterable<Task>;
  /** One past the highest index of a task: `total`, unless only some were selected. */
  readonly end: number;
  /** Undefined when every task of the manifest takes part. */
  readonly selection: Selection | undefined;
  /** Tasks of the manifest that were not selected. */
  unselected(): AsyncIterable<Task>;
  /** The entries of the manifest in order, and what each waits for. */
  readonly nodes: readonly TaskNode[];
  /** The tasks of one entry. Each call reads again from the start. */
  tasksOf(node: TaskNode): AsyncIterable<Task>;
  /** In what an answer does not meet the task's `expect`; undefined where it does, or there is none. */
  judge(task: Task, answer: JudgedAnswer): Promise<string | undefined>;
  /**
   * Renders the texts of one task, reading the files it names. Without the results of its `needs`,
   * texts of the expected length replace them: good for an estimate, not for sending. `model`:
   * the one that is asked, default the task's first.
   */
  render(
    task: Task,
    options?: { readonly needs?: NeedsData | undefined; readonly model?: ModelName | undefined },
  ): Promise<RenderedTask>;
}

/** Which tasks of a manifest take part. */
export interface Selection {
  has(task: Pick<Task, 'index'>): boolean;
  /** Tasks of an entry, or of one of its variants. */
  countOf(node: TaskNode, variant?: TaskTemplate): number;
}

/** The tasks that one provider and model is asked first. */
export interface PlannedLane {
  readonly provider: string;
  readonly model: string;
  readonly total: number;
  /** Whether some of its tasks may continue with another model. */
  readonly hasFallbacks: boolean;
  /** Its tasks in manifest order, without reading the rows of other lanes. */
  tasks(): AsyncIterable<Task>;
}
