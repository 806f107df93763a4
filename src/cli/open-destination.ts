import { fstatSync, readFileSync, realpathSync } from 'node:fs';
import { EXIT, VolleyError } from '../errors/volley-error.ts';
import { companionName } from '../journal/companion.ts';
import { openJournal, type Journal } from '../journal/journal.ts';
import type { JournalMode } from '../journal/open-results.ts';
import { notAFile } from '../journal/file-errors.ts';
import { readOpenBatches } from '../journal/read-batches.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { systemClock } from '../ports/system-clock.ts';
import { systemDisk } from '../ports/system-disk.ts';
import type { SystemOutput } from '../ports/system-output.ts';
import { statOf } from '../ports/system-real-path.ts';
import { openStreamFile } from '../ports/system-stream-file.ts';
import type { Reporter } from '../report/reporter.ts';
import { jsonSink, textSink, jsonlSink } from '../results/sinks/output-formats.ts';
import type { Seal } from '../results/seal.ts';
import { sinkError, type ResultSink } from '../results/sinks/sink.ts';
import { streamWriter, type ResultWriter } from '../results/sinks/writer.ts';
import { usageError, type Arguments } from './arguments.ts';
import { resultFile } from './results-file-name.ts';
import { choiceFlag, switchFlag } from './flag-values.ts';

/**
 * Where records go: a journal that later runs can resume, or a stream that can only be written
 * to.
 */
export type Destination =
  | { readonly kind: 'journal'; readonly journal: Journal; readonly file: string }
  | { readonly kind: 'sink'; readonly sink: ResultSink; readonly target: string };

/** Opens the destination of the results. Throws a `VolleyError` if that fails. */
export async function openDestination(
  args: Arguments,
  manifest: Manifest,
  {
    stdout,
    reporter,
    seal,
    signal,
  }: {
    readonly stdout: SystemOutput;
    readonly reporter: Reporter;
    readonly seal: Seal | undefined;
    /** Stops reading a file or waiting for a pipe's reader; rejects with the signal's reason. */
    readonly signal: AbortSignal;
  },
): Promise<Destination> {
  const wanted = wantedFormat(args);
  const mode = journalMode(args);
  const explainFlag = switchFlag(args, 'explain') ? 'explain' : undefined;
  const file = await resultFile(args, manifest);
  if (file === undefined) {
    const flag = mode === 'new' ? explainFlag : mode;
    if (flag !== undefined) throw needsFile(flag);
    refuseClosedStdout();
    const format = wanted ?? (stdout.isTty ? 'text' : 'jsonl');
    return {
      kind: 'sink',
      sink: sinkOf(format, terminalAware(stdout, reporter)),
      target: 'stdout',
    };
  }
  if (isOtherThanFile(file)) {
    if (mode === 'resume' || mode === 'retry-failed' || explainFlag) throw notAFile(file);
    const writer = streamWriter(await openStream(file, signal), file);
    return { kind: 'sink', sink: sinkOf(wanted ?? 'jsonl', writer), target: file };
  }
  if (mode === 'overwrite') await refuseLosingBatches(file, seal);
  const journal = await openJournal(file, {
    mode,
    disk: systemDisk,
    clock: systemClock,
    sealing: { seal, trustsAll: switchFlag(args, 'trust-results') },
    signal,
  });
  return { kind: 'journal', journal, file };
}

/**
 * Throws a `VolleyError` (exit 2) if the results would go to a file, but not as JSONL: a later run
 * could not resume from it.
 */
export function refuseOtherFormats(args: Arguments, file: string | undefined): void {
  const format = wantedFormat(args) ?? 'jsonl';
  if (format === 'jsonl' || file === undefined || isOtherThanFile(file)) return;
  const flag = outputFormat(args) === undefined ? '--json' : `--output-format ${format}`;
  throw usageError(
    `\`${flag}\` is for stdout, but the results go to \`${file}\`, which is JSONL`,
    `leave \`${flag}\` out, or pass \`-o -\` to write to stdout`,
  );
}

async function openStream(file: string, signal: AbortSignal) {
  try {
    return await openStreamFile(file, signal);
  } catch (error) {
    if (signal.aborted && error === signal.reason) throw error;
    throw sinkError(error, file);
  }
}

/**
 * Cost in US dollars of earlier runs with this results file. 0 if the destination can't be resumed.
 */
export function spentBeforeUsd(destination: Destination | undefined): number {
  return destination?.kind === 'journal' ? (destination.journal.found?.spentUsd ?? 0) : 0;
}

/** The results file in which a plan looks for finished tasks. Undefined if there is none. */
export async function earlierResults(
  args: Arguments,
  manifest: Manifest,
): Promise<{ readonly file: string; readonly mode: 'resume' | 'retry-failed' } | undefined> {
  const mode = journalMode(args);
  const file = await resultFile(args, manifest);
  if (file === undefined || mode === 'overwrite' || isOtherThanFile(file)) return undefined;
  return { file, mode: mode === 'retry-failed' ? mode : 'resume' };
}

type Format = 'jsonl' | 'json' | 'text';

function outputFormat(args: Arguments): Format | undefined {
  return choiceFlag(args, 'output-format', ['jsonl', 'json', 'text']);
}

function wantedFormat(args: Arguments): Format | undefined {
  return outputFormat(args) ?? (switchFlag(args, 'json') ? 'json' : undefined);
}

const MODES = ['resume', 'retry-failed', 'overwrite'] as const;

function journalMode(args: Arguments): JournalMode {
  return MODES.find((mode) => switchFlag(args, mode)) ?? 'new';
}

function needsFile(flag: string): VolleyError {
  return usageError(
    `\`--${flag}\` needs a results file`,
    'set it with `--output FILE`, or with `output:` in the manifest',
  );
}

/** True for pipes and devices such as /dev/null, which can't be resumed. */
function isOtherThanFile(file: string): boolean {
  const stat = statOf(file);
  return stat !== undefined && !stat.isFile() && !stat.isDirectory();
}

function sinkOf(format: Format, writer: ResultWriter): ResultSink {
  switch (format) {
    case 'jsonl':
      return jsonlSink(writer);
    case 'json':
      return jsonSink(writer);
    case 'text':
      return textSink(writer);
  }
}

/** Results and progress take turns on a terminal. Otherwise each has its own stream. */
function terminalAware(stdout: SystemOutput, reporter: Reporter): ResultWriter {
  const plain = streamWriter(stdout, 'stdout');
  if (!stdout.isTty) return plain;
  return { ...plain, write: (text) => reporter.between(() => plain.write(text)) };
}

/**
 * With `>&-`, Node opens descriptor 1 on /dev/null for reading and writing. Programs that start
 * Volley with stdout ignored do the same. `>/dev/null` is write-only.
 */
function refuseClosedStdout(): void {
  if (!stdoutIsClosed()) return;
  throw new VolleyError('stdout is closed or ignored, so the results would be lost', {
    exitCode: EXIT.cannotWrite,
    hint: 'leave stdout open, or write to a file with --output; `>/dev/null` throws them away',
  });
}

function stdoutIsClosed(): boolean {
  const DEV_NULL = 0x103;
  try {
    if (fstatSync(1).rdev !== DEV_NULL) return false;
    const flags = /^flags:\s+0*(\d+)/m.exec(readFileSync('/proc/self/fdinfo/1', 'utf8'))?.[1];
    return flags !== undefined && (Number.parseInt(flags, 8) & 3) === 2;
  } catch {
    // Not Linux, or no /proc: impossible to know.
    return false;
  }
}

/** Deleting the companion would lose paid batches, whoever submitted them. */
async function refuseLosingBatches(file: string, seal: Seal | undefined): Promise<void> {
  const found = await readOpenBatches(systemDisk, file, { seal, trustsAll: false }).catch(
    (error: unknown) => {
      // Opening the file reports what it is, and whether it may be replaced.
      if (error instanceof VolleyError && !companionHasBatches(file)) return undefined;
      throw error;
    },
  );
  if (!found || found.open.length === 0) return;
  const who = found.isFromElsewhere ? 'were not submitted under your key' : 'are paid for';
  throw new VolleyError(`batches of \`${file}\` have not been collected yet, and ${who}`, {
    exitCode: EXIT.usage,
    hint: found.isFromElsewhere
      ? 'collect them with `--resume --trust-results` if they are yours, or write to another file'
      : 'collect them with `--resume`, or write to another file',
  });
}

/** Works even for results that can't be read. */
function companionHasBatches(file: string): boolean {
  try {
    return readFileSync(companionName(realpathSync(file))).includes('"step":"intended"');
  } catch {
    return false;
  }
}
