import type { Manifest, ModelName, TaskTemplate } from '../manifest/manifest.ts';
import type { TaskNode } from './graph.ts';
import type { JudgedAnswer } from './check-expect.ts';
import type { NeedsData } from './needs-data.ts';
import type { RenderedTask, Task } from './task.ts';

/** The counted and checked tasks of a manifest, read lazily: a million rows are a stream. */
export interface Plan {
  readonly manifest: Manifest;
  /** Number of tasks after expansion. */
  readonly total: number;
  /**
   * One per provider and model, in order of first use, fallbacks last. Their totals add up to
   * `total`.
   */
  readonly lanes: readonly PlannedLane[];
  /** In manifest order. Each call reads again from the start. */
  tasks(): AsyncIterable<Task>;
  /** One past the highest task index: `total`, unless only some were selected. */
  readonly end: number;
  /** Undefined if every task is selected. */
  readonly selection: Selection | undefined;
  /** The tasks that were not selected. */
  unselected(): AsyncIterable<Task>;
  /** The entries in manifest order, with their needs. */
  readonly nodes: readonly TaskNode[];
  /** Each call reads again from the start. */
  tasksOf(node: TaskNode): AsyncIterable<Task>;
  /**
   * Why an answer does not meet the `expect` of its task; undefined if it does, or without
   * `expect`.
   */
  judge(task: Task, answer: JudgedAnswer): Promise<string | undefined>;
  /**
   * Renders the templates of one task and reads its files. If the results of its `needs` are not
   * given, uses placeholders of the expected length, for estimates only. `model` is the model to
   * ask; default: the task's first model.
   */
  render(
    task: Task,
    options?: { readonly needs?: NeedsData | undefined; readonly model?: ModelName | undefined },
  ): Promise<RenderedTask>;
}

/** The selected tasks. */
export interface Selection {
  has(task: Pick<Task, 'index'>): boolean;
  /** Selected tasks of an entry or one of its variants. */
  countOf(node: TaskNode, variant?: TaskTemplate): number;
}

/** The tasks that ask one provider and model first. */
export interface PlannedLane {
  readonly provider: string;
  readonly model: string;
  readonly total: number;
  /** Whether some of its tasks have fallback models. */
  readonly hasFallbacks: boolean;
  /** In manifest order, without reading the rows of other lanes. */
  tasks(): AsyncIterable<Task>;
}
