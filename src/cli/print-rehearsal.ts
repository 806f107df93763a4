import { printable } from '../errors/escape-invisible.ts';
import { rehearse, type Rehearsal } from '../forecast/rehearse.ts';
import { systemOutput } from '../ports/system-output.ts';
import { endBlock } from '../report/closing-summary.ts';
import { createFailureLog, type FailureLog } from '../report/failure-log.ts';
import { formatDuration } from '../report/format-numbers.ts';
import { createStyle } from '../report/style.ts';
import { prepare, type LoadedManifest } from '../run/library.ts';
import type { Summary } from '../results/summary.ts';
import { againstOf } from './against.ts';
import type { Arguments } from './arguments.ts';
import { earlierOf } from './earlier-results.ts';
import { exitCodeOf, maxFailuresFlag } from './exit-code.ts';
import { printFindings } from './print-findings.ts';
import { printEither } from './print-result.ts';
import { sharedParts } from './run-share.ts';
import { selectionOf } from './selection-flags.ts';
import { durationFlag, seedFlag } from './flag-values.ts';

/** Simulates a run on a virtual clock and prints the result. Returns the run's exit code. */
export async function printRehearsal(args: Arguments, loaded: LoadedManifest): Promise<number> {
  await printFindings(loaded.warnings, systemOutput(process.stderr), args);
  const seed = seedFlag(args);
  const retryDelayMs = durationFlag(args, 'retry-delay');
  const prepared = await prepare(loaded, {
    environment: process.env,
    purpose: 'rehearsal',
    selection: selectionOf(args),
    shared: sharedParts(args),
  });
  await printFindings(prepared.warnings, systemOutput(process.stderr), args);
  const against = await againstOf(args, loaded, prepared);
  const failures = createFailureLog();
  const rehearsal = await rehearse(prepared, {
    seed,
    retryDelayMs,
    earlier: await earlierOf(args, prepared, against),
    onEvent: (event) => failures.apply(event),
  });
  const { file } = loaded.manifest;
  const text = rehearsalText(file, seed, { rehearsal, failures });
  await printEither(args, simulationReport(file, seed, rehearsal), text);
  return exitCodeOf(rehearsal.summary, maxFailuresFlag(args));
}

/** The `--json` output: `schemas/simulation.schema.json`. */
export interface SimulationReport {
  readonly v: 1;
  readonly manifest: string;
  readonly seed: number;
  readonly summary: Summary;
  /** Pauses that held back all requests to a provider and model. */
  readonly pauses: { readonly count: number; readonly longest_ms: number };
}

function simulationReport(
  manifest: string,
  seed: number,
  { summary, pauses }: Rehearsal,
): SimulationReport {
  return {
    v: 1,
    manifest,
    seed,
    summary,
    pauses: { count: pauses.count, longest_ms: Math.round(pauses.longestMs) },
  };
}

function rehearsalText(
  manifest: string,
  seed: number,
  { rehearsal, failures }: { readonly rehearsal: Rehearsal; readonly failures: FailureLog },
): string {
  const { summary, pauses } = rehearsal;
  const { highest_concurrency: mostAtOnce } = summary;
  const lines = [
    `Requests: ${summary.attempts}${mostAtOnce > 0 ? `, at most ${mostAtOnce} at once` : ''}`,
    ...(pauses.count > 0
      ? [`Pauses: ${pauses.count}, the longest ${formatDuration(pauses.longestMs)}`]
      : []),
    `Simulation of ${manifest} (seed ${seed}). Nothing was sent.`,
  ];
  const start = endBlock(summary, { failures, style: createStyle(false) });
  return start + lines.map((line) => `${printable(line)}\n`).join('');
}
