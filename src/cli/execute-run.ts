import { open } from 'node:fs/promises';
import { EXIT, VolleyError } from '../errors/volley-error.ts';
import { roundUsd } from '../money/cost.ts';
import { systemClock } from '../ports/system-clock.ts';
import { createFailureLog } from '../report/failure-log.ts';
import { counted } from '../report/format-numbers.ts';
import type { RunEvent } from '../results/run-events.ts';
import { SinkClosed, SinkFailed } from '../results/sinks/sink.ts';
import type { Summary } from '../results/summary.ts';
import { reasonOf } from '../results/write-problems.ts';
import { wireOf } from '../run/library.ts';
import type { LearnedLimits } from '../run/learned-store.ts';
import { startRun } from '../run/run.ts';
import { redactorOf } from '../run/run-lanes.ts';
import { keepResults, type Keeping } from './keep-unwritten-records.ts';
import type { RunContext, RunState } from './run-state.ts';
import { spentBeforeUsd, type Destination } from './open-destination.ts';
import { createHeldCases } from './junit-file.ts';
import { openMetricsFile } from './metrics-file.ts';
import { openLearning } from './open-learned-limits.ts';
import type { OpenedRun } from './open-run.ts';
import { withDeadline } from './deadline-flag.ts';
import { permissionsOf } from './permission-flags.ts';
import { switchFlag } from './flag-values.ts';
import { recordedWire } from '../providers/debug-recording.ts';
import type { Wire } from '../providers/transport.ts';
import { safeJson } from '../results/serialize.ts';
import type { PreparedRun } from '../run/prepare-run.ts';
import { environmentRedactor } from './print-result.ts';
import { cannotWriteSideFile, writeSummaryFile, type SummaryFacts } from './side-file.ts';

/** Sends the tasks and shows the run until it ends. Throws the run's error after the summary. */
export async function executeRun(
  context: RunContext,
  { destination, resumption }: OpenedRun,
  state: RunState,
): Promise<void> {
  const { graceMs, waits, signals } = context;
  const learning = await learningOf(context);
  const keeping = keepResults(destination, { graceMs, waits, signal: signals.abort });
  state.keeping = keeping;
  const direct = wireOf(permissionsOf(context.args));
  const { sides } = context;
  const { prepared, deadline } = await withDeadline(context, { destination, resumption }, learning);
  const debug =
    sides.debug === undefined
      ? undefined
      : await openDebugFile(sides.debug, { wire: direct, prepared });
  const events = startRun(prepared, {
    clock: systemClock,
    random: Math.random,
    wire: debug?.wire ?? direct,
    retryDelayMs: context.retryDelayMs,
    drain: signals.drain,
    signal: signals.abort,
    resumption,
    spentUsd: spentBeforeUsd(destination),
    seal: context.sealing.seal,
    cached: context.responseCache?.answers,
    keepAnswer: context.responseCache?.keep,
    learning,
    onAttempt: (attempt) => context.telemetry?.attempted(attempt),
    share: context.share,
    deadline,
    ...keeping.options,
    batches: keeping.options.batches && {
      ...keeping.options.batches,
      detaches: switchFlag(context.args, 'detach'),
      resubmits: switchFlag(context.args, 'resubmit'),
    },
  });
  const failed = await shown(events, context, state);
  const lacking = await debug?.close();
  if (lacking !== undefined) await context.notes.print([lacking]);
  if (failed) throw failed.error;
  const late = state.summary && savedLate(keeping, state.summary);
  if (late) throw late;
}

async function learningOf({
  args,
  prepared: { plan, lanes },
  mode,
  notes,
}: RunContext): Promise<LearnedLimits | undefined> {
  // The mock provider has no limits to learn.
  if (switchFlag(args, 'no-learn') || lanes.every(({ provider }) => provider.type === 'mock')) {
    return undefined;
  }
  const { limits, distrust } = await openLearning(plan.manifest.file);
  if (distrust !== undefined && mode !== 'quiet') await notes.print([distrust]);
  return limits;
}

/**
 * Shows a run until it ends. However the run ends, writes the answers and the summary. If there are
 * several errors, returns the first, unless paid answers were lost: then it returns that error.
 */
async function shown(
  events: AsyncIterable<RunEvent>,
  { reporter, sides, prepared, telemetry }: RunContext,
  state: RunState,
): Promise<{ readonly error: unknown } | undefined> {
  const { name, file } = prepared.plan.manifest;
  const { destination } = state;
  const sink = destination?.kind === 'sink' ? destination.sink : undefined;
  const failures = createFailureLog();
  state.failures = failures;
  if (sides.junit !== undefined) state.cases = createHeldCases(name ?? file);
  const metricsFile = sides['metrics-file'];
  const metrics =
    metricsFile === undefined ? undefined : openMetricsFile(metricsFile, name ?? file);
  let summary: Summary | undefined;
  let failed: { readonly error: unknown } | undefined;
  try {
    for await (const event of events) {
      reporter.onEvent(event);
      failures.apply(event);
      metrics?.apply(event);
      telemetry?.apply(event);
      if (event.type === 'task_finished' && sink) state.cases?.add(event.record);
      if (event.type === 'run_finished') summary = event.summary;
    }
    if (!summary) throw new Error('the run ended without a summary');
  } catch (error) {
    failed = { error };
  }
  state.summary = summary;
  await sink?.close(summary).catch((error: unknown) => {
    if (!failed || (error instanceof SinkFailed && !(failed.error instanceof SinkClosed))) {
      failed = { error };
    }
  });
  const fail = (error: unknown): void => {
    failed ??= { error };
  };
  const summaryFile = sides['summary-file'];
  if (summary && summaryFile !== undefined) {
    await writeSummaryFile(summaryFile, summary, factsOf(prepared, destination)).catch(fail);
  }
  await metrics?.close().catch(fail);
  return failed;
}

function factsOf(
  { plan: { manifest } }: RunContext['prepared'],
  destination: Destination | undefined,
): SummaryFacts {
  const { name, file } = manifest;
  return {
    ...(name !== undefined && { name }),
    manifest: file,
    finished_at: new Date(systemClock.epochMs()).toISOString(),
    ...(destination?.kind === 'journal' && {
      all_runs_cost_usd: roundUsd(destination.journal.spentUsd()),
    }),
  };
}

/** The disk failed for a while. Nothing is lost, but the run ended early. */
function savedLate(
  keeping: Keeping,
  { not_started: notStarted, left_out: leftOut = 0 }: Summary,
): VolleyError | undefined {
  const cause = keeping.failure();
  // Tasks that the run skipped on purpose don't count.
  const notSent = notStarted - leftOut;
  if (cause === undefined || notSent <= 0) return undefined;
  const tasks = `${counted(notSent, 'task')} ${notSent === 1 ? 'was' : 'were'} not sent`;
  const reason = cause instanceof VolleyError ? reasonOf(cause.cause) : reasonOf(cause);
  return new VolleyError(`writing failed for a while: ${reason}; all results are saved, ${tasks}`, {
    exitCode: EXIT.cannotWrite,
    hint: 'run again with --resume',
    cause,
  });
}

/** The `--debug` file: each request and its reply, one JSON object per line. */
interface DebugFile {
  readonly wire: Wire;
  close(): Promise<string | undefined>;
}

/** Creates or replaces the file, with mode 0600. Throws a `VolleyError` (exit 74) if that fails. */
async function openDebugFile(
  path: string,
  { wire, prepared }: { readonly wire: Wire; readonly prepared: PreparedRun },
): Promise<DebugFile> {
  const file = await open(path, 'w', 0o600).catch((cause: unknown) => {
    throw cannotWriteSideFile('debug', { path, cause, state: 'nothing was sent' });
  });
  const ofProviders = redactorOf(prepared, wire);
  const ofEnvironment = environmentRedactor();
  let failure: unknown;
  // One write at a time, to keep lines whole.
  let last = Promise.resolve();
  const append = (line: string): void => {
    last = last.then(async () => {
      if (failure === undefined) await file.writeFile(line);
    });
    last = last.catch((error: unknown) => {
      failure ??= error;
    });
  };
  return {
    wire: recordedWire(wire, {
      clock: systemClock,
      keep: (exchange) => append(`${ofEnvironment(ofProviders(safeJson(exchange)))}\n`),
    }),
    async close() {
      await last;
      await file.close().catch((error: unknown) => {
        failure ??= error;
      });
      if (failure === undefined) return undefined;
      return `\`${path}\` lacks requests: ${reasonOf(failure)}; the results are not affected`;
    },
  };
}
