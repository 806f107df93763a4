import type { Manifest } from '../manifest/manifest.ts';
import type { RenderedTask, Task } from './task.ts';

/** What will be sent, counted and checked, but read lazily: a million rows are a stream. */
export interface Plan {
  readonly manifest: Manifest;
  /** Tasks after expansion. */
  readonly total: number;
  /** One per provider and model, in order of first use. Their totals add up to `total`. */
  readonly lanes: readonly PlannedLane[];
  /** The whole manifest in order. Each call reads again from the start. */
  tasks(): AsyncIterable<Task>;
  /** Fills in the texts of one task, reading the files it names. */
  render(task: Task): Promise<RenderedTask>;
}

/** The tasks of one provider and model. */
export interface PlannedLane {
  readonly provider: string;
  readonly model: string;
  readonly total: number;
  /** Its tasks in manifest order, without reading the rows of other lanes. */
  tasks(): AsyncIterable<Task>;
}
