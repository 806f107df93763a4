import type { TaskTemplate } from '../manifest/manifest.ts';
import type { Disk } from '../ports/disk.ts';
import { previewJournal } from '../journal/preview.ts';
import type { Task } from '../plan/task.ts';
import type { PreparedRun } from '../run/prepare.ts';
import { decideTasks } from '../run/resume.ts';
import { createAnswerMemory, type KnownAnswers } from './known-answers.ts';

/** What earlier runs have done already, and what they tell about the rest. */
export interface Earlier {
  /** Tasks whose result is kept. */
  readonly kept: number;
  readonly sends: (task: Task) => boolean;
  /** US dollars, possibly paid attempts included. */
  readonly spentUsd: number;
  answersOf(template: TaskTemplate): KnownAnswers | undefined;
}

/**
 * Reads a results file as a resume would, and touches nothing. Undefined when there is none.
 * Throws a `VolleyError`: exit 2 (damaged, no results file) or 74 (unreadable).
 */
export async function readEarlier(
  prepared: PreparedRun,
  file: string,
  { mode, disk }: { readonly mode: 'resume' | 'retry-failed'; readonly disk: Disk },
): Promise<Earlier | undefined> {
  const memory = createAnswerMemory();
  const preview = await previewJournal(file, {
    mode,
    disk,
    onRecord: (record) => memory.add(record),
  });
  if (!preview) return undefined;
  const decided = await decideTasks(prepared, preview);
  return {
    kept: decided.kept,
    sends: (task) => decided.sends(task),
    spentUsd: preview.found.spentUsd,
    answersOf: (template) => memory.of(template),
  };
}
