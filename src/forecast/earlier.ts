import type { TaskTemplate } from '../manifest/manifest.ts';
import type { Disk } from '../ports/disk.ts';
import { previewJournal } from '../journal/preview.ts';
import type { Sealing } from '../journal/sealing.ts';
import type { CachedAnswers } from '../run/cached-answers.ts';
import type { PreparedRun } from '../run/prepare.ts';
import { decideTasks, type Resumption } from '../run/resume.ts';
import { createAnswerMemory, type KnownAnswers } from './known-answers.ts';

/** What earlier runs have done already, and what they tell about the rest. */
export interface Earlier {
  /** Absent: all tasks will be sent anyway. */
  readonly resumption?: Resumption;
  /** Answers that need no sending; absent: none. */
  readonly cached?: CachedAnswers;
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
  {
    cached,
    ...options
  }: {
    readonly mode: 'resume' | 'retry-failed';
    readonly disk: Disk;
    readonly sealing: Sealing;
    readonly cached?: CachedAnswers | undefined;
  },
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

/** What a response cache alone tells. */
export async function cachedEarlier(
  prepared: PreparedRun,
  cached: CachedAnswers,
): Promise<Earlier> {
  const resumption = await decideTasks(prepared, undefined, { cached });
  return { resumption, cached, spentUsd: 0, answersOf: () => undefined };
}
