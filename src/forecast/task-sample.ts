import type { Plan } from '../plan/plan.ts';
import type { Task } from '../plan/task.ts';
import type { TaskTemplate } from '../manifest/manifest.ts';
import type { Resumption } from '../run/resume.ts';
import { seededRandom } from '../ports/random.ts';

/** The tasks that one entry will send. */
export interface TemplateSample {
  readonly template: TaskTemplate;
  readonly tasks: number;
  /** The sample in manifest order. It contains all tasks if there are few. */
  readonly sampled: readonly Task[];
}

/** Maximum sample size per template and in total. */
const MOST_SAMPLED = { ofTemplate: 2_000, together: 10_000 };

/** Reads every task once and keeps a random sample of each template, to save memory. */
export async function sampleTasks(
  plan: Plan,
  resumption?: Resumption,
): Promise<readonly TemplateSample[]> {
  const templates = plan.manifest.tasks.length;
  const even = Math.max(20, Math.floor(MOST_SAMPLED.together / Math.max(1, templates)));
  const room = Math.min(MOST_SAMPLED.ofTemplate, even);
  const random = seededRandom(1);
  const samples = new Map<TaskTemplate, { tasks: number; kept: Task[] }>();
  for await (const task of plan.tasks()) {
    if (resumption && !resumption.sends(task)) continue;
    const sample = samples.get(task.template) ?? { tasks: 0, kept: [] };
    samples.set(task.template, sample);
    sample.tasks += 1;
    if (sample.kept.length < room) sample.kept.push(task);
    else {
      // Reservoir sampling.
      const place = Math.floor(random() * sample.tasks);
      if (place < room) sample.kept[place] = task;
    }
  }
  return [...samples].map(([template, { tasks, kept }]) => ({
    template,
    tasks,
    sampled: kept.sort((one, other) => one.index - other.index),
  }));
}
