import { dirname } from 'node:path';
import type { Finding } from '../errors/finding.ts';
import { systemOutput } from '../ports/system-output.ts';
import { prepare, type LoadedManifest } from '../run/library.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { PreparedRun } from '../run/prepare-run.ts';
import { decideTasks } from '../run/resume.ts';
import { againstOf, type Against } from './against.ts';
import type { Arguments } from './arguments.ts';
import { confirmLargeRun, isPaid } from './confirm-large-run.ts';
import { maxFailuresFlag } from './exit-code.ts';
import { permissionsOf } from './permission-flags.ts';
import { refuseOtherFormats } from './open-destination.ts';
import { resultFile } from './results-file-name.ts';
import { refuseIfFrozen } from './frozen.ts';
import { refuseUnbatchable } from './batch-flags.ts';
import { openResponseCache } from './open-response-cache.ts';
import { openRunShare, sharedParts } from './run-share.ts';
import { openSeal } from './open-seal.ts';
import { refuseUnsafeNames } from './unsafe-file-names.ts';
import { refuseSharedFiles } from './own-files.ts';
import { printFindings } from './print-findings.ts';
import { selectionOf } from './selection-flags.ts';
import { tellCredentialsLeftOut } from './credential-files-left-out.ts';
import { choiceFlag, durationFlag, switchFlag, textFlag } from './flag-values.ts';
import { readySideFile, SIDE_FILES, sideFiles } from './side-file.ts';
import { defaultGraceMs } from './signals.ts';
import { isInteractive, progressMode, PROGRESS_MODES, tellEarly } from './terminal.ts';

/** A run that has been checked and confirmed. Nothing is open yet. */
export type CheckedRun = Awaited<ReturnType<typeof checkRun>>;

/**
 * Does every check that is possible before the results are opened. Throws a `VolleyError` if the
 * run can't start, or the user says no.
 */
export async function checkRun(args: Arguments, loaded: LoadedManifest) {
  const stderr = systemOutput(process.stderr);
  const stdout = systemOutput(process.stdout);
  await printFindings(loaded.warnings, stderr, args);
  const graceMs = durationFlag(args, 'grace') ?? defaultGraceMs(isInteractive());
  const retryDelayMs = durationFlag(args, 'retry-delay');
  const mode = progressMode(choiceFlag(args, 'progress', PROGRESS_MODES), {
    quiet: switchFlag(args, 'quiet'),
    stderr,
  });
  const prepared = await prepare(loaded, {
    ...permissionsOf(args),
    selection: selectionOf(args),
    shared: sharedParts(args),
  });
  await printFindings(prepared.warnings, stderr, args);
  await tellCredentialsLeftOut(args, loaded.files);
  const telemetry = await telemetryOf(args, prepared);
  const sides = sideFiles(args);
  const maxFailures = maxFailuresFlag(args);
  const output = await resultFile(args, loaded.manifest);
  refuseOtherFormats(args, output);
  await refuseUnsafeNames(
    [
      { flag: '--output ', path: textFlag(args, 'output') === undefined ? undefined : output },
      ...SIDE_FILES.map((name) => ({ flag: `--${name} `, path: sides[name] })),
    ],
    dirname(loaded.manifest.file),
  );
  await refuseSharedFiles({ output, ...sides }, loaded.takeFilesRead());
  refuseUnbatchable(args, prepared, output);
  const sealing = await openSeal(loaded.manifest.file, process.env);
  const responseCache = await openResponseCache(args, loaded.manifest, sealing.seal);
  const against = await againstOf(args, loaded, prepared);
  await printFindings(against?.findings.map(asNote) ?? [], stderr, args);
  await refuseFrozenEarly(args, prepared, against);
  if (output === undefined && stdout.isTty && prepared.plan.total > 1 && isPaid(prepared)) {
    await tellEarly(args, ONLY_ON_SCREEN);
  }
  await confirmLargeRun(args, prepared, { mode, against });
  for (const name of SIDE_FILES) await readySideFile(name, sides[name]);
  const share = await openRunShare(args, prepared);
  return {
    args,
    loaded,
    prepared,
    /** Set when only changed tasks are sent. */
    against,
    stdout,
    stderr,
    mode,
    /** How long requests in flight may take once the run should stop. */
    graceMs,
    /** Undefined means the scheduler's default. */
    retryDelayMs,
    sealing,
    responseCache,
    sides,
    maxFailures,
    telemetry,
    /** Already connected. Whoever ends the run closes it. */
    share,
  };
}

/** Loads the code for telemetry only if `--otel` or the variable asks for it. */
async function telemetryOf(args: Arguments, prepared: PreparedRun): Promise<Telemetry | undefined> {
  const variable = process.env['VOLLEY_OTEL'] ?? '';
  if (!switchFlag(args, 'otel') && ['', '0', 'false'].includes(variable)) return undefined;
  const { openedTelemetry } = await import('./opened-telemetry.ts');
  return openedTelemetry(prepared, permissionsOf(args));
}

/** Runs before a results file is created, so a refusal leaves nothing behind. */
async function refuseFrozenEarly(
  args: Arguments,
  prepared: PreparedRun,
  against: Against | undefined,
): Promise<void> {
  if (!switchFlag(args, 'frozen')) return;
  const { earlierOf } = await import('./earlier-results.ts');
  const earlier = await earlierOf(args, prepared, against);
  const resumption = earlier?.resumption ?? (await decideTasks(prepared, undefined));
  await refuseIfFrozen(args, prepared.plan, resumption);
}

/** Problems in the base's manifest do not stop the run, so they are only warnings. */
function asNote(finding: Finding): Finding {
  return { ...finding, severity: 'warning' };
}

const ONLY_ON_SCREEN =
  'the answers will appear only on this screen: add `-o results.jsonl` to keep them';
