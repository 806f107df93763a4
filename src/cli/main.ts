import { messageOf } from '../errors/failure.ts';
import { EXIT, VolleyError } from '../errors/volley-error.ts';
import { systemErrorCode } from '../ports/error-code.ts';
import { endProcess } from '../ports/system-exit.ts';
import { systemOutput } from '../ports/system-output.ts';
import type { Arguments } from './arguments.ts';
import type { CommandName } from './command-specs.ts';
import { docsAddress, packageVersion } from './package-file.ts';

/**
 * Runs one command line and sets the process's exit code. Ends the process only for a bug in a
 * promise that nobody awaits; pending writes are then lost, as in a crash.
 */
export async function main(argv: readonly string[]): Promise<void> {
  // If a promise never settles, Node would exit with its own code 13.
  process.once('exit', (code) => {
    if (code === 13) process.exitCode = EXIT.bug;
  });
  if (['--version', '-v', '-V', 'version'].includes(argv[0] ?? '')) {
    return tell(`${packageVersion()}\n`);
  }
  if (argv[0] === 'complete' && argv[1] === '--') {
    return (await import('./commands/completion.ts')).complete(argv.slice(2));
  }
  const { helpAskedFor } = await import('./help.ts');
  const stdout = systemOutput(process.stdout);
  const help = helpAskedFor(argv, {
    docs: docsAddress,
    columns: stdout.isTty ? stdout.columns?.() : undefined,
    color: stdout.isTty && stdout.color,
  });
  if (help !== undefined) return tell(help);
  process.stderr.on('error', () => {});
  let args: Pick<Arguments, 'switches' | 'values'> = { switches: new Map(), values: new Map() };
  process.on('uncaughtException', (error) => void crash(error, args));
  try {
    const { parseArguments } = await import('./arguments.ts');
    const { checkFlags } = await import('./flag-rules.ts');
    const { loadKeysFile } = await import('./keys-file.ts');
    const parsed = parseArguments(argv);
    args = parsed;
    checkFlags(parsed);
    loadKeysFile(parsed);
    const run = await COMMANDS[parsed.command]();
    process.exitCode = await run(parsed);
  } catch (error) {
    process.exitCode = await explain(error, args);
  }
}

/** It is not an error if the reader has left. */
async function tell(
  text: string,
  stream: Parameters<typeof systemOutput>[0] = process.stdout,
): Promise<void> {
  await systemOutput(stream)
    .write(text)
    .catch((error: unknown) => {
      if (systemErrorCode(error) !== 'EPIPE') process.exitCode = EXIT.cannotWrite;
    });
}

/** Each command, loaded only when it is called, so that help never waits for an SDK. */
const COMMANDS: Readonly<Record<CommandName, () => Promise<(args: Arguments) => Promise<number>>>> =
  {
    run: async () => (await import('./commands/run.ts')).runManifest,
    plan: async () => (await import('./commands/plan.ts')).plan,
    validate: async () => (await import('./commands/validate.ts')).validate,
    ask: async () => (await import('./commands/ask.ts')).ask,
    init: async () => (await import('./commands/init.ts')).init,
    doctor: async () => (await import('./commands/doctor.ts')).doctor,
    limits: async () => (await import('./commands/limits.ts')).limits,
    show: async () => (await import('./commands/show.ts')).show,
    report: async () => (await import('./commands/report.ts')).report,
    export: async () => (await import('./commands/export.ts')).exportResults,
    merge: async () => (await import('./commands/merge.ts')).merge,
    diff: async () => (await import('./commands/diff.ts')).diff,
    cache: async () => (await import('./commands/cache.ts')).cache,
    batch: async () => (await import('./commands/batch.ts')).batch,
    prune: async () => (await import('./commands/prune.ts')).prune,
    completion: async () => (await import('./commands/completion.ts')).printCompletion,
    schema: async () => (await import('./commands/schema.ts')).printSchema,
  };

async function crash(error: unknown, args: Pick<Arguments, 'switches' | 'values'>): Promise<void> {
  endProcess(await explain(error, args));
}

async function explain(
  error: unknown,
  args: Pick<Arguments, 'switches' | 'values'>,
): Promise<number> {
  try {
    const { reportError } = await import('./print-findings.ts');
    return await reportError(error instanceof VolleyError ? error : asBug(error), args);
  } catch (cause) {
    // An interrupted installation lacks files. Throwing here would repeat this forever.
    await tell(
      `volley: cannot report an error: ${messageOf(cause)}\n  ${REINSTALL}\n`,
      process.stderr,
    );
    return EXIT.bug;
  }
}

const REINSTALL = 'hint: install Volley again: some of its files may be missing or damaged';

function asBug(error: unknown): VolleyError {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new VolleyError(`a bug in Volley: ${stack}`, {
    exitCode: EXIT.bug,
    hint: 'please report it with the command and, if you can, the manifest',
    cause: error,
  });
}
