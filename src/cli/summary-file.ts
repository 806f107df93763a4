import { statSync } from 'node:fs';
import { realpath, rm, truncate, writeFile } from 'node:fs/promises';
import { safeJson } from '../results/serialize.ts';
import type { Summary } from '../results/summary.ts';
import { cannotWriteSideFile } from './side-file.ts';

/**
 * Removes the summary of an earlier run, so that it can't be mistaken for this run's. Call it when
 * nothing can refuse the run any longer, but before anything is sent.
 */
export async function removeOlderSummary(path: string | undefined): Promise<void> {
  if (path === undefined || !statSync(path, { throwIfNoEntry: false })?.isFile()) return;
  try {
    // Removes the file and keeps a symlink to it. If its folder is read-only, empties the file.
    await rm(await realpath(path)).catch(() => truncate(path));
  } catch (cause) {
    throw cannotWriteSideFile('summary-file', { path, cause, state: 'nothing was sent' });
  }
}

/** Says which run a summary file is about, in addition to its totals. */
export interface SummaryFacts {
  readonly name?: string;
  readonly manifest: string;
  readonly finished_at: string;
  /** Cost of all runs into the same results file, in US dollars. */
  readonly all_runs_cost_usd?: number;
}

/** Writes the summary as JSON with mode 0600, and replaces an older one. */
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
