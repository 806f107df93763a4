import type { VolleyError } from '../errors/volley-error.ts';
import type { Manifest, Budget } from '../manifest/manifest.ts';
import { SinkFailed } from '../results/sinks/sink.ts';
import { runDocument } from '../report/document/run-document.ts';
import { isFinished, type Summary } from '../results/summary.ts';
import { annotateFailures } from './annotations.ts';
import type { RunState, RunContext } from './run-state.ts';
import { earlierResults, spentBeforeUsd, type Destination } from './destination.ts';
import { finishJournal } from './finish-journal.ts';
import { writeRunJunit } from './junit-file.ts';
import { addToJobSummary, hasJobSummary } from './job-summary.ts';
import { lostResults } from './keep-results.ts';
import { switchFlag } from './settings.ts';
import { formatUsd } from '../money/cost.ts';
import { counted } from '../report/format.ts';

/**
 * Saves what a stream or file did not take in the emergency dump, and gives the error that says so;
 * undefined when it took all. A journal's records are saved when it is finished.
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
  // The reading of a results file, and of the tasks to hold against it, ends so; or the wait for
  // the reader of a pipe, from which no run continues.
  if (!destination && (await earlierResults(args, loaded.manifest))) {
    await notes.howToResume(process.argv);
  }
}

/**
 * Ends what was begun, however far the run has come: the progress, then the results file. Notes how it
 * went and how to continue. Throws a `VolleyError` (exit 74) when results are not where they should be.
 */
export async function finishRun(context: RunContext, state: RunState): Promise<void> {
  const { args, prepared, reporter, notes, sides, signals, responseCache, mode } = context;
  const { destination, keeping, summary, cases } = state;
  await reporter.close({
    resultsIn: destination?.kind === 'journal' ? destination.file : undefined,
  });
  if (destination?.kind === 'journal') await finish(destination, context, state);
  if (sides.junit !== undefined && cases && summary) {
    const results = destination?.kind === 'journal' ? destination.file : undefined;
    await writeRunJunit(sides.junit, { results, held: cases });
  }
  if (keeping) await notes.print((await responseCache?.close()) ?? []);
  if (summary) await tellCi(summary, context, state);
  if (summary) {
    const ending = {
      budget: prepared.plan.manifest.budget,
      spentBeforeUsd: spentBeforeUsd(destination),
      results:
        destination?.kind === 'journal'
          ? { file: destination.file, spentUsd: destination.journal.spentUsd() }
          : undefined,
      onlyFailed: switchFlag(args, 'retry-failed'),
      isJson: mode === 'json',
    };
    await notes.print(endingNotes(summary, ending));
  }
  if (destination?.kind === 'journal') {
    const isOver = summary !== undefined && isFinished(summary);
    const needsMoney = summary?.stopped_by === 'budget';
    // A run that was refused before it began is not to be continued as it is.
    const hasBegun = keeping !== undefined || signals.drain.aborted;
    const readsStdin = readsRowsFromStdin(prepared.plan.manifest);
    const collects = summary?.batches_pending !== undefined;
    if ((!isOver || collects) && hasBegun) {
      await notes.howToResume(process.argv, { needsMoney, readsStdin, collects });
    }
  }
}

/** Shows in a pull request, and on the page of a CI job, how the run went. */
async function tellCi(
  summary: Summary,
  { prepared, stderr, mode, notes }: RunContext,
  { destination, failures }: RunState,
): Promise<void> {
  const { manifest } = prepared.plan;
  const groups = failures?.groups() ?? [];
  // Events alone belong there.
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
  tellOfFinishing(signals.drain, () =>
    notes.print([`\`${file}\` is being finished; once more to stop at once`]),
  );
  const finished = finishJournal(journal, file, {
    covered: keeping ? (resumption?.coversAll() ? 'whole' : 'part') : 'none',
    isDrained: summary !== undefined,
    graceMs,
    signal: signals.abort,
    emergencyDump: sides['emergency-dump'],
  });
  await notes.print(await waits.during(`for \`${file}\` to be finished`, finished));
}

/** An earlier signal was reported with the progress. */
function tellOfFinishing(drain: AbortSignal, tell: () => Promise<void>): void {
  drain.addEventListener('abort', () => void tell(), { once: true });
}

function readsRowsFromStdin({ tasks }: Manifest): boolean {
  return tasks.some(({ forEach }) => {
    if (forEach?.kind === 'file') return forEach.file === '-';
    return forEach?.kind === 'paths' && forEach.list === '-';
  });
}

/** What is worth a line on stderr when a run has ended. */
function endingNotes(
  summary: Summary,
  {
    budget,
    spentBeforeUsd,
    results,
    onlyFailed,
    isJson,
  }: {
    readonly budget: Budget | undefined;
    /** By earlier runs of the same results file. */
    readonly spentBeforeUsd: number;
    /** The results file, and what all runs into it cost; undefined where no run can continue. */
    readonly results: { readonly file: string; readonly spentUsd: number } | undefined;
    readonly onlyFailed: boolean;
    /** Events say nothing of earlier runs. */
    readonly isJson: boolean;
  },
): readonly string[] {
  const { left_out: leftOut = 0, stopped_by: stoppedBy } = summary;
  const limitUsd = budget?.maxCostUsd;
  return [
    ...(isJson && results && spentBeforeUsd > 0
      ? [`all runs into \`${results.file}\` cost ${formatUsd(results.spentUsd)}`]
      : []),
    ...(onlyFailed && leftOut > 0
      ? [
          `${counted(leftOut, 'task')} ${leftOut === 1 ? 'was' : 'were'} left out: \`--retry-failed\` sends only what failed before, \`--resume\` sends all that is not done`,
        ]
      : []),
    ...(stoppedBy === 'budget' && limitUsd !== undefined
      ? [
          `${formatUsd(spentBeforeUsd + spentUsd(summary))} of the budget of ${formatUsd(limitUsd)} is spent, and the next request may cost more than is left: raise \`--max-cost-usd\``,
        ]
      : []),
  ];
}

/** Attempts that are possibly paid count, as the budget counts them. */
function spentUsd({ cost_usd: cost, possibly_paid_usd: possiblyPaid = 0 }: Summary): number {
  return (cost ?? 0) + possiblyPaid;
}
