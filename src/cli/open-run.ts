import { baseText } from '../against/against-report.ts';
import type { ChangeCounts } from '../against/change.ts';
import { changedOnly } from '../against/changed-only.ts';
import { companionName } from '../journal/companion.ts';
import { systemClock } from '../ports/system-clock.ts';
import { counted } from '../report/format.ts';
import { decideTasks, type Resumption } from '../run/resume.ts';
import { stalePrices, callersPriceFinder } from '../run/run-prices.ts';
import type { Base } from './against.ts';
import type { Arguments } from './arguments.ts';
import { openBatchNotes } from './batch-flags.ts';
import { confirm } from './confirm.ts';
import type { RunState, RunContext } from './run-state.ts';
import { openDestination, type Destination } from './destination.ts';
import { refuseIfFrozen } from './frozen.ts';
import { openingNotes } from './finish-journal.ts';
import { answersFromElsewhere } from './answers-from-elsewhere.ts';
import type { Notes } from './notes.ts';
import { selectionNotes } from './selection.ts';
import { switchFlag } from './settings.ts';
import { removeOlderSummary } from './summary-file.ts';
import { isInteractive } from './terminal.ts';
import { formatUsd } from '../money/cost.ts';
import { runsInCi } from '../ports/environment.ts';
import type { PreparedRun } from '../run/prepare.ts';

/** Where the records go, and which tasks are sent. Nothing was sent yet. */
export interface OpenedRun {
  readonly destination: Destination;
  /** Undefined: all are. */
  readonly resumption: Resumption | undefined;
}

/** Most records of a file that belong to another manifest: the wrong file is easily named. */
async function agreeToMoves(
  args: Arguments,
  { journal, file }: Extract<Destination, { readonly kind: 'journal' }>,
  notes: Notes,
): Promise<void> {
  const { count, of } = journal.withoutTask();
  if (count * 2 <= of) return;
  await notes.print([
    `${count} of ${counted(of, 'record')} in \`${file}\` do not belong to any task of this manifest: at the end of the run they move to \`${companionName(file)}\``,
  ]);
  if (isInteractive() && !switchFlag(args, 'yes')) await confirm('Continue?');
}

/** `3 tasks are new or changed since main (3f2a1b9c0d1e)`. */
function againstNote(base: Base, { new: fresh, changed }: ChangeCounts, needed: number): string {
  const also = needed === 0 ? '' : `, and need ${counted(needed, 'unchanged one')}`;
  const count = fresh + changed;
  return `${counted(count, 'task')} ${count === 1 ? 'is' : 'are'} new or changed since ${baseText(base)}${also}`;
}

/** Opens what the results go to, decides what is sent, and notes what is worth knowing before that. */
export async function openRun(context: RunContext, state: RunState): Promise<OpenedRun> {
  const { args, loaded, prepared, stdout, reporter, notes, waits, signals } = context;
  const { manifest } = loaded;
  const destination = await waits.during(
    'for the results file to be read',
    openDestination(args, manifest, {
      stdout,
      reporter,
      seal: context.sealing.seal,
      signal: signals.drain,
    }),
  );
  state.destination = destination;
  await removeOlderSummary(context.sides['summary-file']);
  const prices = prepared.lanes.map(({ price }) => price);
  const stale = stalePrices(manifest, prices, systemClock.epochMs());
  if (stale !== undefined) await notes.print([stale]);
  await notes.print(selectionNotes(prepared));
  const journal = destination.kind === 'journal' ? destination.journal : undefined;
  if (destination.kind === 'journal') {
    await notes.print(openingNotes(destination.journal, destination.file));
    await notes.print(openBatchNotes(args, destination.journal.found));
  }
  const { responseCache, sealing } = context;
  if (sealing.problem !== undefined && (journal || responseCache)) {
    await notes.print([sealing.problem]);
  }
  const explain = journal && switchFlag(args, 'explain') ? notes.explain : undefined;
  // Into a new file everything is sent: no need to read all rows twice more to decide it.
  if (journal?.found || explain || responseCache || switchFlag(args, 'frozen')) {
    const resumption = await waits.during(
      'for the tasks to be compared with earlier answers',
      decideTasks(prepared, journal, {
        explain,
        cached: responseCache?.deciding,
        signal: signals.drain,
      }),
    );
    await notes.print(answersFromElsewhere(args, resumption.fromElsewhere));
    state.resumption = resumption;
  }
  if (destination.kind === 'journal' && journal?.found && !prepared.plan.selection) {
    await agreeToMoves(args, destination, notes);
  }
  if (context.against) {
    const { base, comparison, warnings } = context.against;
    const { resumption, needed } = await changedOnly(prepared, comparison, state.resumption);
    state.resumption = resumption;
    await notes.print([againstNote(base, comparison.counts, needed), ...warnings]);
  }
  await refuseIfFrozen(args, prepared.plan, state.resumption);
  await notes.print(await unbudgetedNote(prepared, state.resumption));
  return { destination, resumption: state.resumption };
}

/**
 * What to say in a CI where no budget holds a run back, before anything is sent: whoever opens a pull
 * request may change what it costs. Nothing where it costs nothing.
 */
async function unbudgetedNote(
  prepared: PreparedRun,
  resumption: Resumption | undefined,
): Promise<readonly string[]> {
  const { plan } = prepared;
  // Whoever writes the manifest may write its prices as well.
  const priceOf = callersPriceFinder(plan.manifest, { trustsPrices: false });
  const lanes = prepared.lanes.map((lane) => ({ ...lane, price: priceOf(lane.planned) }));
  const isFree = lanes.every(({ price }) => price?.source === 'free');
  if (!runsInCi(process.env) || plan.manifest.budget || isFree) return [];
  const { costBound } = await import('../forecast/forecast-lanes.ts');
  const { ceilingUsd, retriesUsd } = await costBound({ ...prepared, lanes }, resumption);
  if (ceilingUsd === 0) return [];
  const hint = 'set `budget:` or `--max-cost-usd`';
  if (ceilingUsd === null) {
    return [`no budget is set, and nothing bounds what this run may cost: ${hint}`];
  }
  const more =
    retriesUsd === null || retriesUsd === 0
      ? ''
      : `, and ${formatUsd(retriesUsd)} more if every retry were paid`;
  return [`no budget is set: this run may cost up to ${formatUsd(ceilingUsd)}${more}; ${hint}`];
}
