import { basename, dirname, join } from 'node:path';
import { baseText } from '../against/against-report.ts';
import type { ChangeCounts } from '../against/change.ts';
import { changedOnly } from '../against/changed-only.ts';
import { printableLine } from '../errors/escape-invisible.ts';
import { suggest } from '../errors/suggest.ts';
import { systemClock } from '../ports/system-clock.ts';
import { counted } from '../report/format-numbers.ts';
import { decideTasks, type Resumption } from '../run/resume.ts';
import { stalePrices, callersPriceFinder } from '../run/run-prices.ts';
import type { Base } from './against.ts';
import type { Arguments } from './arguments.ts';
import { openBatchNotes } from './batch-flags.ts';
import type { RunState, RunContext } from './run-state.ts';
import { openDestination, type Destination } from './open-destination.ts';
import { refuseIfFrozen } from './frozen.ts';
import { openingNotes } from './finish-journal.ts';
import { answersFromElsewhere } from './answers-from-elsewhere.ts';
import { namesIn } from './read-input.ts';
import { selectionNotes } from './selection-flags.ts';
import { switchFlag } from './flag-values.ts';
import { removeOlderSummary } from './side-file.ts';
import { confirmMoves } from './records-that-move.ts';
import { formatUsd } from '../money/cost.ts';
import { unpricedNote } from '../money/service-tier.ts';
import { runsInCi } from '../ports/environment.ts';
import type { PreparedRun } from '../run/prepare-run.ts';

/** Where records go, and which tasks to send. Nothing has been sent yet. */
export interface OpenedRun {
  readonly destination: Destination;
  /** Undefined means all tasks are sent. */
  readonly resumption: Resumption | undefined;
}

/** Such as `3 tasks are new or changed since main (3f2a1b9c0d1e)`. */
function againstNote(base: Base, { new: fresh, changed }: ChangeCounts, needed: number): string {
  const also = needed === 0 ? '' : `, and need ${counted(needed, 'unchanged one')}`;
  const count = fresh + changed;
  return `${counted(count, 'task')} ${count === 1 ? 'is' : 'are'} new or changed since ${baseText(base)}${also}`;
}

/**
 * A note if the file of `--resume` does not exist, but one with a similar name does: all tasks
 * would be paid for again. Numbered files, such as parts of a run, are not mistaken for each other.
 */
function nothingToContinue(args: Arguments, file: string): readonly string[] {
  if (!switchFlag(args, 'resume')) return [];
  const folder = dirname(file);
  const stem = basename(file, '.jsonl');
  const others = namesIn(folder).flatMap((name) =>
    name.endsWith('.jsonl') ? basename(name, '.jsonl') : [],
  );
  const meant = suggest(
    stem,
    others.filter((name) => unnumbered(name) !== unnumbered(stem)),
  );
  if (meant === undefined) return [];
  return [
    `\`${file}\` is new, so every task is sent: did you mean \`${printableLine(join(folder, `${meant}.jsonl`))}\`?`,
  ];
}

function unnumbered(name: string): string {
  return name.replaceAll(/\d+/g, '');
}

/** Opens the destination, decides which tasks to send, and prints notes before anything is sent. */
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
  const unpriced = unpricedNote(manifest.tasks.map(({ parameters }) => parameters));
  const isPriced = prices.some((price) => price !== undefined && price.source !== 'free');
  if (unpriced !== undefined && isPriced) await notes.print([unpriced]);
  await notes.print(selectionNotes(prepared));
  const journal = destination.kind === 'journal' ? destination.journal : undefined;
  if (destination.kind === 'journal') {
    await notes.print(openingNotes(destination.journal, destination.file));
    if (!destination.journal.found) await notes.print(nothingToContinue(args, destination.file));
    await notes.print(openBatchNotes(args, destination.journal.found));
  }
  const { responseCache, sealing } = context;
  if (sealing.problem !== undefined && (journal || responseCache)) {
    await notes.print([sealing.problem]);
  }
  const explain = journal && switchFlag(args, 'explain') ? notes.explain : undefined;
  // With a new file everything is sent, so there is no reason to read all rows twice more.
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
    await confirmMoves(args, destination, notes);
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
 * A warning for CI runs without a budget: whoever opens a pull request can change what the run
 * costs. Undefined for a run that costs nothing.
 */
async function unbudgetedNote(
  prepared: PreparedRun,
  resumption: Resumption | undefined,
): Promise<readonly string[]> {
  const { plan } = prepared;
  // Prices in the manifest don't count: a pull request can change them too.
  const priceOf = callersPriceFinder(plan.manifest, { trustsPrices: false });
  const lanes = prepared.lanes.map((lane) => ({ ...lane, price: priceOf(lane.planned) }));
  const isFree = lanes.every(({ price }) => price?.source === 'free');
  if (!runsInCi(process.env) || plan.manifest.budget || isFree) return [];
  const { costBound } = await import('../forecast/forecast-lanes.ts');
  const { ceilingUsd, retriesUsd } = await costBound({ ...prepared, lanes }, resumption);
  if (ceilingUsd === 0) return [];
  const hint = 'set `budget:` or `--max-cost-usd`';
  if (ceilingUsd === null) {
    return [`no budget is set, and nothing limits what this run may cost: ${hint}`];
  }
  const more =
    retriesUsd === null || retriesUsd === 0
      ? ''
      : `, and ${formatUsd(retriesUsd)} more if every retry were paid`;
  return [`no budget is set: this run may cost up to ${formatUsd(ceilingUsd)}${more}; ${hint}`];
}
