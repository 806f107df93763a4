import type { VolleyError } from '../errors/volley-error.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { SinkFailed } from '../results/sinks/sink.ts';
import { runDocument } from '../report/document/run-document.ts';
import { isFinished, type Summary } from '../results/summary.ts';
import { annotateFailures } from './annotations.ts';
import type { RunState, RunContext } from './run-state.ts';
import { earlierResults, spentBeforeUsd, type Destination } from './open-destination.ts';
import { finishJournal } from './finish-journal.ts';
import { writeRunJunit } from './junit-file.ts';
import { addToJobSummary, hasJobSummary } from './job-summary.ts';
import { lostResults } from './keep-unwritten-records.ts';
import { switchFlag } from './flag-values.ts';
import { formatUsd } from '../money/cost.ts';
import { counted } from '../report/format-numbers.ts';

/**
 * Adds to the emergency dump all records that a stream or file refused, and returns an error that
 * says so. Undefined if nothing was refused. `finishJournal` saves the records of a journal.
 */
export async function lostToSink(
  error: unknown,
  { sides }: RunContext,
  { destination, keeping }: RunState,
): Promise<VolleyError | undefined> {
  const records = keeping?.untaken() ?? [];
  if (!(error instanceof SinkFailed) || destination?.kind !== 'sink' || records.length === 0) {
    return undefined;
  }
  const { target } = destination;
  return lostResults(
    { records, cause: error.cause, target, canResume: false },
    sides['emergency-dump'],
  );
}

/** Notes that a signal came before anything was sent. */
export async function tellInterrupted(
  { args, loaded, notes }: RunContext,
  { destination }: RunState,
): Promise<void> {
  await notes.print(['interrupted before anything was sent']);
  // The signal came while a results file and its tasks were read, or while a pipe had no reader. A
  // pipe can't be resumed.
  if (!destination && (await earlierResults(args, loaded.manifest))) {
    await notes.howToResume(process.argv);
  }
}

/**
 * Ends the progress display and then finishes the results file, however far the run got. Prints how
 * the run went and how to continue. Throws a `VolleyError` (exit 74) if results are not in their
 * file.
 */
export async function finishRun(context: RunContext, state: RunState): Promise<void> {
  const { prepared, reporter, notes, sides, signals, responseCache } = context;
  const { destination, keeping, summary, cases } = state;
  const resultsIn = destination?.kind === 'journal' ? destination.file : undefined;
  await reporter.close({ resultsIn });
  if (destination?.kind === 'journal') await finish(destination, context, state);
  if (sides.junit !== undefined && cases && summary) {
    await writeRunJunit(sides.junit, { results: resultsIn, held: cases });
  }
  if (keeping) await notes.print((await responseCache?.close()) ?? []);
  if (summary) await tellCi(summary, context, state);
  if (summary) await notes.print(endingNotes(summary, context, destination));
  if (destination?.kind === 'journal') {
    const isOver = summary !== undefined && isFinished(summary);
    const needsMoney = summary?.stopped_by === 'budget';
    // A run that was refused before it began would be refused again.
    const hasBegun = keeping !== undefined || signals.drain.aborted;
    const readsStdin = readsRowsFromStdin(prepared.plan.manifest);
    const collects = summary?.batches_pending !== undefined;
    if ((!isOver || collects) && hasBegun) {
      await notes.howToResume(process.argv, { needsMoney, readsStdin, collects });
    }
  }
}

/** Shows the outcome in the pull request, and on the summary page of the CI job. */
async function tellCi(
  summary: Summary,
  { prepared, stderr, mode, notes }: RunContext,
  { destination, failures }: RunState,
): Promise<void> {
  const { manifest } = prepared.plan;
  const groups = failures?.groups() ?? [];
  // JSON progress must contain only events.
  if (mode !== 'json') await annotateFailures(stderr, groups, manifest);
  if (!hasJobSummary()) return;
  const resultsIn = destination?.kind === 'journal' ? destination.file : undefined;
  await notes.print(
    await addToJobSummary(runDocument(summary, { manifest: manifest.file, groups, resultsIn })),
  );
}

async function finish(
  { journal, file }: Extract<Destination, { readonly kind: 'journal' }>,
  { graceMs, sides, notes, waits, signals }: RunContext,
  { resumption, keeping, summary }: RunState,
): Promise<void> {
  // An earlier signal was already reported with the progress.
  const note = `\`${file}\` is being finished; a second signal stops immediately`;
  signals.drain.addEventListener('abort', () => void notes.print([note]), { once: true });
  const finished = finishJournal(journal, file, {
    covered: keeping ? (resumption?.coversAll() ? 'whole' : 'part') : 'none',
    isDrained: summary !== undefined,
    graceMs,
    signal: signals.abort,
    emergencyDump: sides['emergency-dump'],
  });
  await notes.print(await waits.during(`for \`${file}\` to be finished`, finished));
}

function readsRowsFromStdin({ tasks }: Manifest): boolean {
  return tasks.some(({ forEach }) => {
    if (forEach?.kind === 'file') return forEach.file === '-';
    return forEach?.kind === 'paths' && forEach.list === '-';
  });
}

/** Notes for stderr at the end of a run. */
function endingNotes(
  summary: Summary,
  { args, prepared, mode }: RunContext,
  destination: Destination | undefined,
): readonly string[] {
  const { left_out: leftOut = 0, stopped_by: stoppedBy } = summary;
  const limitUsd = prepared.plan.manifest.budget?.maxCostUsd;
  const beforeUsd = spentBeforeUsd(destination);
  return [
    // Events do not mention earlier runs.
    ...(mode === 'json' && destination?.kind === 'journal' && beforeUsd > 0
      ? [`all runs into \`${destination.file}\` cost ${formatUsd(destination.journal.spentUsd())}`]
      : []),
    ...(switchFlag(args, 'retry-failed') && leftOut > 0
      ? [
          `${counted(leftOut, 'task')} ${leftOut === 1 ? 'was' : 'were'} left out: \`--retry-failed\` sends only failed tasks, \`--resume\` sends all unfinished tasks`,
        ]
      : []),
    ...(stoppedBy === 'budget' && limitUsd !== undefined
      ? [
          `${formatUsd(beforeUsd + spentUsd(summary))} of the ${formatUsd(limitUsd)} budget is spent, and the next request may cost more than the rest: raise \`--max-cost-usd\``,
        ]
      : []),
  ];
}

/** Includes attempts that may have been paid, as the budget does. */
function spentUsd({ cost_usd: cost, possibly_paid_usd: possiblyPaid = 0 }: Summary): number {
  return (cost ?? 0) + possiblyPaid;
}
