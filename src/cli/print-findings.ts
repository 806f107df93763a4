import { formatFinding } from '../errors/code-frame.ts';
import type { Redactor } from '../errors/redact.ts';
import type { Finding } from '../errors/finding.ts';
import type { OutputStream } from '../ports/output.ts';
import type { TerminalStream } from '../report/reporter.ts';
import { displayWidth, truncateEnd, visibleWidth, wrapWords } from '../report/text-width.ts';
import { safeJson } from '../results/serialize.ts';
import { type SystemOutput, systemOutput } from '../ports/system-output.ts';
import { annotate } from './annotations.ts';
import { environmentRedactor } from './print-result.ts';
import type { Arguments } from './arguments.ts';
import { printable } from '../errors/escape-invisible.ts';
import type { VolleyError } from '../errors/volley-error.ts';

/** Prints findings for people, and as annotations in GitHub Actions. */
export async function printFindingsTo(
  output: TerminalStream,
  findings: readonly Finding[],
  { color }: { readonly color: boolean },
): Promise<void> {
  const redact = environmentRedactor();
  for (const finding of findings.map((each) => withoutSecrets(each, redact))) {
    const { frame, ...rest } = finding;
    const columns = output.columns?.() || Infinity;
    const fitting = frame === undefined ? rest : { ...rest, frame: narrowed(frame, columns - 2) };
    await output.write(wrapped(`${formatFinding(fitting, { color })}\n`, columns));
    await annotate(output, finding);
  }
}

/** Breaks long lines between words. A code frame already fits. */
function wrapped(text: string, columns: number): string {
  return text
    .split('\n')
    .map((line) =>
      visibleWidth(line) > columns ? wrapWords(line, columns - 5).join('\n    ') : line,
    )
    .join('\n');
}

/** Cuts a frame that is wider than the terminal, and keeps the part under the caret. */
function narrowed(frame: string, room: number): string {
  const lines = frame.split('\n');
  const pointing = lines.find((line) => /^ *\| *\^+$/.test(line)) ?? '';
  const gutter = pointing.indexOf('|') + 2;
  const caretAt = pointing.indexOf('^');
  const shift = caretAt + 8 < room ? 0 : Math.max(0, caretAt - gutter - Math.floor(room / 3));
  if (lines.every((line) => displayWidth(line) <= room)) return frame;
  return lines
    .map((line) => truncateEnd(line.slice(0, gutter) + line.slice(gutter + shift), room))
    .join('\n');
}

/** Redacts before printing: escapes in an annotation would hide a secret from the redactor. */
function withoutSecrets(finding: Finding, redact: Redactor): Finding {
  const { message, hint, frame, place } = finding;
  return {
    ...finding,
    message: redact(message),
    ...(hint === undefined ? {} : { hint: redact(hint) }),
    ...(frame === undefined ? {} : { frame: redact(frame) }),
    place: { ...place, file: redact(place.file) },
  };
}

/** Prints warnings for `--progress json`. Errors end the run before there is progress. */
async function printAsLines(findings: readonly Finding[], output: OutputStream): Promise<void> {
  const redact = environmentRedactor();
  for (const finding of findings.map((each) => withoutSecrets(each, redact))) {
    const { code, message, hint = null, place } = finding;
    const { file, line, column } = place;
    const warning = { type: 'warning', code, message, hint, place: { file, line, column } };
    await output.write(`${safeJson(warning)}\n`);
  }
}

export async function printFindings(
  findings: readonly Finding[],
  stderr: SystemOutput,
  args: Pick<Arguments, 'switches' | 'values'>,
): Promise<void> {
  const isStream = args.values.get('progress')?.includes('json') ?? false;
  if (isStream && findings.every(({ severity }) => severity === 'warning')) {
    return printAsLines(findings, stderr);
  }
  await printFindingsTo(stderr, findings, { color: args.switches.get('color') ?? stderr.color });
}

/** Prints an error on stderr, without values of secret variables, and returns the exit code. */
export async function reportError(
  error: VolleyError,
  args: Pick<Arguments, 'switches' | 'values'>,
): Promise<number> {
  const stderr = systemOutput(process.stderr);
  const redact = environmentRedactor();
  try {
    await printFindings(error.findings, stderr, args);
    const columns = stderr.columns() || Infinity;
    await stderr.write(wrapped(`volley: ${redact(printable(error.message))}\n`, columns));
    if (error.hint) {
      const hint = `  hint: ${redact(printable(error.hint)).replaceAll('\n', '\n  ')}\n`;
      await stderr.write(wrapped(hint, columns));
    }
  } catch {
    // If stderr is closed, nobody can read the error, but the exit code still reports it.
  }
  return error.exitCode;
}
