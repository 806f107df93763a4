import { systemDisk } from '../../src/ports/system-disk.ts';
import { openJournal } from '../../src/journal/journal.ts';
import type { JournalMode } from '../../src/journal/open-results.ts';
import type { Overrides } from '../../src/manifest/load-manifest.ts';
import { collectedRow } from '../../src/journal/read-results.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Disk } from '../../src/ports/disk.ts';
import type { RunEvent } from '../../src/results/run-events.ts';
import type { Summary } from '../../src/results/summary.ts';
import type { SelectionRules } from '../../src/plan/select-tasks.ts';
import { loadManifest, prepare, wireOf } from '../../src/run/library.ts';
import { decideTasks } from '../../src/run/resume.ts';
import { startRun } from '../../src/run/run.ts';
import type { RunOptions } from '../../src/run/run-options.ts';
import type { PreparedRun } from '../../src/run/prepare-run.ts';
import { HURRIED } from './hurried.ts';

export interface PlayOptions extends Partial<
  Pick<RunOptions, 'drain' | 'signal' | 'makeProvider' | 'random' | 'deadline' | 'learning'>
> {
  readonly mode?: JournalMode;
  readonly overrides?: Overrides;
  readonly selection?: SelectionRules;
  readonly detaches?: boolean;
  readonly resubmits?: boolean;
  readonly clock?: Clock;
  readonly disk?: Disk;
  readonly onEvent?: (event: RunEvent) => void;
}

export interface Played {
  readonly summary: Summary | undefined;
  /** The error with which the run ended, as the user sees it. */
  readonly error: unknown;
  readonly events: readonly RunEvent[];
  /** The messages about batches. */
  readonly said: readonly string[];
}

/**
 * Does what `volley run -o FILE` does, in this process, from opening the results to closing them.
 */
export async function play(
  manifest: string,
  file: string,
  options: PlayOptions = {},
): Promise<Played> {
  return playPrepared(await preparedFrom(manifest, file, options), file, options);
}

/** Loads and checks a manifest. */
export async function preparedFrom(
  manifest: string,
  file: string,
  options: Pick<PlayOptions, 'overrides' | 'selection'> = {},
): Promise<PreparedRun> {
  const loaded = await loadManifest(file.replace(/[^/]*$/, 'volley.yaml'), {
    text: manifest,
    overrides: options.overrides ?? {},
  });
  return prepare(loaded, { environment: {}, selection: options.selection });
}

/** Does the same with a run that was prepared before a virtual clock starts. */
export async function playPrepared(
  prepared: PreparedRun,
  file: string,
  options: PlayOptions = {},
): Promise<Played> {
  const { clock = HURRIED, disk = systemDisk, mode = 'resume' } = options;
  const journal = await openJournal(file, { mode, disk, clock });
  const deciding = decideTasks(prepared, journal.found ? journal : undefined);
  const resumption = await (clock.during?.(deciding) ?? deciding);
  const { openChunks = [], collectedRows } = journal.found ?? {};
  const events: RunEvent[] = [];
  let summary: Summary | undefined;
  let error: unknown;
  try {
    for await (const event of startRun(prepared, {
      clock,
      random: options.random ?? Math.random,
      wire: wireOf({ environment: {} }),
      resumption,
      ...(journal.found && { spentUsd: journal.found.spentUsd }),
      ...(options.makeProvider && { makeProvider: options.makeProvider }),
      ...(options.drain && { drain: options.drain }),
      ...(options.signal && { signal: options.signal }),
      ...(options.deadline && { deadline: options.deadline }),
      ...(options.learning && { learning: options.learning }),
      keep: (record) => journal.append(record),
      batches: {
        open: openChunks,
        isRecorded: (batchId, fingerprint) =>
          collectedRows?.has(collectedRow(batchId, fingerprint)) ?? false,
        keepLine: (line) => journal.appendAside({ kind: 'batch', ...line }),
        keepRow: (line) => journal.appendAside({ kind: 'batch_row', ...line }),
        detaches: options.detaches ?? false,
        resubmits: options.resubmits ?? false,
      },
    })) {
      events.push(event);
      options.onEvent?.(event);
      if (event.type === 'run_finished') summary = event.summary;
    }
  } catch (thrown) {
    error = thrown;
  }
  await journal.close({ covered: resumption.coversAll() ? 'whole' : 'part' });
  return { summary, error, events, said: events.flatMap(saidOf) };
}

function saidOf(event: RunEvent): readonly string[] {
  if (event.type !== 'batch') return [];
  return [event.message ?? event.step];
}
