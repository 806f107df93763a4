import { EXIT, VolleyError } from '../errors/volley-error.ts';
import { systemClock } from '../ports/system-clock.ts';
import { keepHeapTight } from '../ports/system-heap.ts';
import { systemOutput } from '../ports/system-output.ts';
import { counted } from '../report/format.ts';
import { createReporter, type Reporter } from '../report/reporter.ts';
import type { RunEvent } from '../results/events.ts';
import { SinkClosed, SinkFailed, type ResultSink } from '../results/sinks/sink.ts';
import { wentWell, type Summary } from '../results/summary.ts';
import { reasonOf } from '../results/write-problems.ts';
import { prepare, wireOf, type LoadedManifest } from '../run/library.ts';
import { chooseSome, type Choice } from '../run/choose-some.ts';
import { decideTasks, type Resumption } from '../run/resume.ts';
import { stalePrices } from '../run/run-prices.ts';
import { startRun } from '../run/run.ts';
import { agree } from './agree.ts';
import type { Arguments } from './arguments.ts';
import { endingNotes } from './ending-notes.ts';
import { exitCodeOf } from './exit-code.ts';
import { finishJournal, openingNotes, type JournalEnding } from './finish-journal.ts';
import { keepResults, type Keeping } from './keep-results.ts';
import { openLearning } from './learning.ts';
import { lostResults } from './lost-results.ts';
import { createNotes } from './notes.ts';
import { earlierResults, openDestination, resultFile, type Destination } from './destination.ts';
import { refuseSharedFiles } from './own-files.ts';
import { printFindings } from './print-findings.ts';
import { checkRehearsalFlags } from './rehearsal-flags.ts';
import { choiceFlag, durationFlag, listFlag, switchFlag, textFlag } from './settings.ts';
import { selectionNotes, selectionOf } from './selection.ts';
import { watchSignals } from './signals.ts';
import { isInteractive, progressMode, PROGRESS_MODES } from './terminal.ts';
import { unbudgetedNote } from './unbudgeted.ts';
import { watchWaits } from './wait-watch.ts';
import { readySideFile } from './side-file.ts';
import { removeOlderSummary, writeSummaryFile } from './summary-file.ts';

const GRACE_MS = { terminal: 60_000, elsewhere: 7_000 };

/**
 * Runs what was loaded, from the last checks to the exit code: what `run` and `ask` share. Forecasts
 * are loaded only when asked for.
 */
export async function runVolley(args: Arguments, loaded: LoadedManifest): Promise<number> {
  checkRehearsalFlags(args);
  if (switchFlag(args, 'dry-run')) {
    return (await import('./print-plan.ts')).printPlan(args, loaded);
  }
  if (switchFlag(args, 'simulate')) {
    return (await import('./print-rehearsal.ts')).printRehearsal(args, loaded);
  }
  return sendVolley(args, loaded);
}

export interface SendOptions {
  /** Sends no other tasks than these, and takes it as agreed to. */
  readonly only?: Choice;
}

/** Runs what was loaded, and gives the exit code. */
export async function sendVolley(
  args: Arguments,
  loaded: LoadedManifest,
  { only }: SendOptions = {},
): Promise<number> {
  keepHeapTight();
  const stderr = systemOutput(process.stderr);
  const stdout = systemOutput(process.stdout);
  await printFindings(loaded.warnings, stderr, args);
  const graceMs =
    durationFlag(args, 'grace') ?? (isInteractive() ? GRACE_MS.terminal : GRACE_MS.elsewhere);
  const retryDelayMs = durationFlag(args, 'retry-delay');
  const mode = progressMode(choiceFlag(args, 'progress', PROGRESS_MODES), {
    quiet: switchFlag(args, 'quiet'),
    stderr,
  });
  const prepared = await prepare(loaded, {
    environment: process.env,
    allowHosts: listFlag(args, 'allow-host'),
    selection: selectionOf(args),
  });
  const summaryFile = textFlag(args, 'summary-file');
  const emergencyDump = textFlag(args, 'emergency-dump');
  await refuseSharedFiles(
    {
      output: await resultFile(args, loaded.manifest),
      'emergency-dump': emergencyDump,
      'summary-file': summaryFile,
    },
    loaded.takeFilesRead(),
  );
  if (!only) await agree(args, prepared, { mode });
  await readySideFile('summary-file', summaryFile);
  await readySideFile('emergency-dump', emergencyDump);
  const reporter = createReporter(mode, {
    stderr,
    color: args.switches.get('color') ?? stderr.color,
    clock: systemClock,
  });
  const notes = createNotes(stderr, { mode });
  const waits = watchWaits({
    clock: systemClock,
    tell(line) {
      if (mode === 'plain' || mode === 'tty' || mode === 'json') {
        void reporter.between(() => notes.print([line]));
      }
    },
  });
  // Before the file is locked: whoever stops the run then finds it free.
  const signals = watchSignals({ clock: systemClock, graceMs });
  let destination: Destination | undefined;
  let keeping: Keeping | undefined;
  let summary: Summary | undefined;
  let resumption: Resumption | undefined;
  const isPlan = only !== undefined;
  const ending = (): JournalEnding => ({
    complete: resumption?.isComplete() ?? false,
    isDrained: summary !== undefined,
    graceMs,
    signal: signals.abort,
    emergencyDump,
  });
  try {
    destination = await waits.during(
      'for the results file to be read',
      openDestination(args, loaded.manifest, { stdout, reporter, signal: signals.drain }),
    );
    await removeOlderSummary(summaryFile);
    const { manifest } = loaded;
    const prices = prepared.lanes.map(({ price }) => price);
    const stale = stalePrices(manifest, prices, systemClock.epochMs());
    if (stale !== undefined) await notes.print([stale]);
    await notes.print(selectionNotes(prepared));
    if (destination.kind === 'journal') {
      await notes.print(openingNotes(destination.journal, destination.file));
      const explain = switchFlag(args, 'explain') ? notes.explain : undefined;
      // Into a new file everything is sent: no need to read all rows twice more to decide it.
      if (destination.journal.found || explain) {
        resumption = await waits.during(
          'for the tasks to be compared with the results file',
          decideTasks(prepared, destination.journal, { explain, signal: signals.drain }),
        );
      }
    }
    if (only) resumption = await chooseSome(prepared.plan, only, resumption);
    await notes.print(await unbudgetedNote(prepared, resumption));
    const learning = switchFlag(args, 'no-learn') ? undefined : await openLearning();
    keeping = keepResults(destination, { graceMs, waits, signal: signals.abort });
    const events = startRun(prepared, {
      clock: systemClock,
      random: Math.random,
      wire: wireOf({}),
      ...(retryDelayMs === undefined ? {} : { retryDelayMs }),
      drain: signals.drain,
      signal: signals.abort,
      ...(resumption === undefined ? {} : { resumption }),
      ...(destination.kind === 'journal'
        ? { spentUsd: destination.journal.found?.spentUsd ?? 0 }
        : {}),
      ...(learning === undefined ? {} : { learning }),
      ...keeping.options,
    });
    const played = await play(events, { reporter, sink: sinkOf(destination), summaryFile });
    summary = played.summary;
    if (played.failed) throw played.failed.error;
    if (keeping.failure() !== undefined && tasksNotSent(summary) > 0) {
      throw savedLate(keeping.failure(), tasksNotSent(summary));
    }
  } catch (error) {
    if (error instanceof SinkClosed) return signals.exitCode() ?? EXIT.ok;
    const records = keeping?.untaken() ?? [];
    if (error instanceof SinkFailed && destination?.kind === 'sink' && records.length > 0) {
      const { target } = destination;
      throw await lostResults(
        { records, cause: error.cause, target, canResume: false },
        emergencyDump,
      );
    }
    if (!signals.drain.aborted || error !== signals.drain.reason) throw error;
    await notes.print(['interrupted before anything was sent']);
    // The reading of a results file, and of the tasks to hold against it, ends so; or the wait for
    // the reader of a pipe, from which no run goes on.
    if (!destination && (await earlierResults(args, loaded.manifest))) {
      await notes.howToResume(process.argv, { isPlan });
    }
  } finally {
    try {
      await reporter.close();
      const found = destination?.kind === 'journal' ? destination.journal.found : undefined;
      if (destination?.kind === 'journal') {
        const { journal, file } = destination;
        tellOfFinishing(signals.drain, () =>
          notes.print([`\`${file}\` is being finished; once more to stop at once`]),
        );
        const finished = finishJournal(journal, file, ending());
        await notes.print(await waits.during(`for \`${file}\` to be finished`, finished));
      }
      if (summary && !only) {
        const spentBeforeUsd = found?.spentUsd ?? 0;
        const onlyFailed = switchFlag(args, 'retry-failed');
        const { budget } = prepared.plan.manifest;
        await notes.print(endingNotes(summary, { budget, spentBeforeUsd, onlyFailed }));
      }
      if (destination?.kind === 'journal') {
        const isOver = only !== undefined || (summary !== undefined && wentWell(summary));
        const needsMoney = summary?.stopped_by === 'budget';
        if (!isOver) await notes.howToResume(process.argv, { needsMoney, isPlan });
      }
    } finally {
      // Also when results are lost: its timers and handlers would keep the process.
      signals.dispose();
    }
  }
  return signals.exitCode() ?? (summary ? exitCodeOf(summary) : EXIT.bug);
}

/**
 * Shows a run to its end. What was answered is written and summed up whatever ended it; of several
 * errors the first counts, but for paid answers that cannot be written.
 */
async function play(
  events: AsyncIterable<RunEvent>,
  {
    reporter,
    sink,
    summaryFile,
  }: {
    readonly reporter: Reporter;
    readonly sink: ResultSink | undefined;
    readonly summaryFile: string | undefined;
  },
): Promise<{
  readonly summary: Summary | undefined;
  readonly failed: { readonly error: unknown } | undefined;
}> {
  let summary: Summary | undefined;
  let failed: { readonly error: unknown } | undefined;
  try {
    for await (const event of events) {
      reporter.onEvent(event);
      if (event.type === 'run_finished') summary = event.summary;
    }
    if (!summary) throw new Error('the run ended without a summary');
  } catch (error) {
    failed = { error };
  }
  await sink?.close(summary).catch((error: unknown) => {
    if (!failed || (error instanceof SinkFailed && !(failed.error instanceof SinkClosed))) {
      failed = { error };
    }
  });
  if (summary && summaryFile !== undefined) {
    await writeSummaryFile(summaryFile, summary).catch((error: unknown) => {
      failed ??= { error };
    });
  }
  return { summary, failed };
}

function sinkOf(destination: Destination): ResultSink | undefined {
  return destination.kind === 'sink' ? destination.sink : undefined;
}

/** A signal that comes before has been told with the progress. */
function tellOfFinishing(drain: AbortSignal, tell: () => Promise<void>): void {
  drain.addEventListener('abort', () => void tell(), { once: true });
}

/** That a run has left out on purpose are none. */
function tasksNotSent(summary: Summary | undefined): number {
  return (summary?.not_started ?? 0) - (summary?.left_out ?? 0);
}

/** A disk that failed for a while: nothing is lost, but the run ended early. */
function savedLate(cause: unknown, notSent: number): VolleyError {
  const tasks = `${counted(notSent, 'task')} ${notSent === 1 ? 'was' : 'were'} not sent`;
  const reason = cause instanceof VolleyError ? reasonOf(cause.cause) : reasonOf(cause);
  return new VolleyError(`writing failed for a while: ${reason}; all results are saved, ${tasks}`, {
    exitCode: EXIT.cannotWrite,
    hint: 'run again with --resume',
    cause,
  });
}
