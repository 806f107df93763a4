import type { TaskTemplate } from '../manifest/manifest.ts';
import type { Disk } from '../ports/disk.ts';
import { previewJournal } from '../journal/preview-resume.ts';
import type { Sealing } from '../journal/sealing.ts';
import type { CachedAnswers } from '../run/check-kept-answers.ts';
import type { PreparedRun } from '../run/prepare-run.ts';
import { decideTasks, type Resumption } from '../run/resume.ts';
import { createAnswerMemory, type KnownAnswers } from './known-answers.ts';

/** Results from earlier runs, and statistics about their answers. */
export interface Earlier {
  /** Absent: all tasks will be sent. */
  readonly resumption?: Resumption;
  /** Answers from the response cache. */
  readonly cached?: CachedAnswers;
  /** The cost of earlier runs in US dollars, including attempts that may have been charged. */
  readonly spentUsd: number;
  answersOf(template: TaskTemplate): KnownAnswers | undefined;
}

interface EarlierOptions {
  readonly mode: 'resume' | 'retry-failed';
  readonly disk: Disk;
  readonly sealing: Sealing;
  readonly cached?: CachedAnswers | undefined;
}

/**
 * Reads a results file as a resume does, without changing it. Undefined if there is none. Throws a
 * `VolleyError`: exit 2 (damaged, or not a results file) or 74 (unreadable).
 */
export async function readEarlier(
  prepared: PreparedRun,
  file: string,
  { cached, ...options }: EarlierOptions,
): Promise<Earlier | undefined> {
  const memory = createAnswerMemory();
  const preview = await previewJournal(file, {
    ...options,
    onRecord: (record) => memory.add(record),
  });
  if (!preview) return undefined;
  const resumption = await decideTasks(prepared, preview, { cached });
  return {
    resumption,
    ...(cached && { cached }),
    spentUsd: preview.found.spentUsd,
    answersOf: (template) => memory.of(template),
  };
}

export async function cachedEarlier(
  prepared: PreparedRun,
  cached: CachedAnswers,
): Promise<Earlier> {
  const resumption = await decideTasks(prepared, undefined, { cached });
  return { resumption, cached, spentUsd: 0, answersOf: () => undefined };
}
