import { constants, statSync } from 'node:fs';
import { access, realpath, rm, truncate, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { EXIT, VolleyError } from '../errors/volley-error.ts';
import { systemError } from '../ports/error-code.ts';
import { makeFolders } from '../ports/system-make-folders.ts';
import { statOf } from '../ports/system-real-path.ts';
import { safeJson } from '../results/serialize.ts';
import type { Summary } from '../results/summary.ts';
import { reasonOf } from '../results/write-problems.ts';
import type { Arguments } from './arguments.ts';
import { textFlag } from './flag-values.ts';

/** The files that a run writes next to its results, by flag, and what they contain. */
const CONTENT = {
  'emergency-dump': 'unsaved results',
  'summary-file': 'the summary',
  debug: 'requests and responses',
  junit: 'the test cases',
  'metrics-file': 'the metrics',
} as const;

export type SideFile = keyof typeof CONTENT;
export type SideFiles = Readonly<Record<SideFile, string | undefined>>;
export const SIDE_FILES = Object.keys(CONTENT).filter((name): name is SideFile => name in CONTENT);

export function sideFiles(args: Arguments): SideFiles {
  return {
    'emergency-dump': textFlag(args, 'emergency-dump'),
    'summary-file': textFlag(args, 'summary-file'),
    debug: textFlag(args, 'debug'),
    junit: textFlag(args, 'junit'),
    'metrics-file': textFlag(args, 'metrics-file'),
  };
}

/**
 * Makes sure that the file can be written at the end of the run, and creates its folder with mode
 * 0700. Refuses a FIFO, which could block forever. Throws a `VolleyError` (exit 74) before anything
 * is sent.
 */
export async function readySideFile(flag: SideFile, path: string | undefined): Promise<void> {
  if (path === undefined) return;
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found?.isDirectory() || path.endsWith('/')) throw systemError('EISDIR');
    // A regular file or a device such as /dev/null never blocks.
    if (found && !found.isFile() && !found.isCharacterDevice()) {
      throw systemError('ENOTSUP', 'it is not a regular file');
    }
    const folder = dirname(path);
    if (!found) await makeFolders(folder);
    await access(found ? path : folder, constants.W_OK);
  } catch (error) {
    throw cannotWriteSideFile(flag, { path, cause: error, state: 'nothing was sent' });
  }
}

export function cannotWriteSideFile(
  flag: SideFile,
  {
    path,
    cause,
    state,
  }: { readonly path: string; readonly cause: unknown; readonly state: string },
): VolleyError {
  return new VolleyError(`cannot write ${CONTENT[flag]} to \`${path}\`: ${reasonOf(cause)}`, {
    exitCode: EXIT.cannotWrite,
    hint: `${state}; choose another file with --${flag}`,
    cause,
  });
}

/**
 * Removes the summary from an earlier run, so that it can't be mistaken for this run's. Call it
 * after the last check that can refuse the run, but before anything is sent.
 */
export async function removeOlderSummary(path: string | undefined): Promise<void> {
  if (path === undefined || !statOf(path)?.isFile()) return;
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
  /** Cost of all runs with the same results file, in US dollars. */
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
