import { statSync } from 'node:fs';
import { realpath, rm, truncate, writeFile } from 'node:fs/promises';
import { safeJson } from '../results/serialize.ts';
import type { Summary } from '../results/summary.ts';
import { cannotWriteSideFile } from './side-file.ts';

/**
 * Removes the summary of an earlier run, so that what is there is of this one, also when it ends
 * without a summary. Call it when nothing can refuse the run any more, and before anything is sent.
 */
export async function removeOlderSummary(path: string | undefined): Promise<void> {
  if (path === undefined || !statSync(path, { throwIfNoEntry: false })?.isFile()) return;
  try {
    // The file, not a symlink that leads to it; where its folder lets nothing go, its content.
    await rm(await realpath(path)).catch(() => truncate(path));
  } catch (cause) {
    throw cannotWriteSideFile('summary-file', { path, cause, state: 'nothing was sent' });
  }
}

/** What a summary file says besides the totals: which run it is about. */
export interface SummaryFacts {
  readonly name?: string;
  readonly manifest: string;
  readonly finished_at: string;
  /** US dollars of all runs into the same results file. */
  readonly all_runs_cost_usd?: number;
}

/** Writes the summary as JSON, mode 0600, over an older one. */
export async function writeSummaryFile(
  path: string,
  summary: Summary,
  facts: SummaryFacts,
): Promise<void> {
  const { v, ...totals } = summary;
  try {
    await writeFile(path, `${safeJson({ v, ...facts, ...totals }, { indent: 2 })}\n`, {
      mode: 0o600,
    });
  } catch (cause) {
    const state = 'the results are not affected';
    throw cannotWriteSideFile('summary-file', { path, cause, state });
  }
}
