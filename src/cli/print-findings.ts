import { formatFinding } from '../errors/code-frame.ts';
import type { Redactor } from '../errors/redact.ts';
import type { Finding } from '../errors/finding.ts';
import type { OutputStream } from '../ports/output.ts';
import { safeJson } from '../results/serialize.ts';
import { type SystemOutput, systemOutput } from '../ports/system-output.ts';
import { annotate } from './annotations.ts';
import { environmentRedactor } from './print-result.ts';
import type { Arguments } from './arguments.ts';
import { printable } from '../errors/escape-invisible.ts';
import type { VolleyError } from '../errors/volley-error.ts';

/** Findings for people; in GitHub Actions as annotations too. */
export async function printFindingsTo(
  output: OutputStream,
  findings: readonly Finding[],
  { color }: { readonly color: boolean },
): Promise<void> {
  const redact = environmentRedactor();
  for (const finding of findings.map((each) => withoutSecrets(each, redact))) {
    await output.write(`${formatFinding(finding, { color })}\n`);
    await annotate(output, finding);
  }
}

/** Before it is printed: an annotation writes some characters in its own way. */
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

/** What `--progress json` prints of a warning: errors end the run before there is progress. */
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

/** Says what went wrong on stderr and gives the exit code. No value of a secret variable gets out. */
export async function reportError(
  error: VolleyError,
  args: Pick<Arguments, 'switches' | 'values'>,
): Promise<number> {
  const stderr = systemOutput(process.stderr);
  const redact = environmentRedactor();
  try {
    await printFindings(error.findings, stderr, args);
    await stderr.write(`volley: ${redact(printable(error.message))}\n`);
    if (error.hint) {
      await stderr.write(`  hint: ${redact(printable(error.hint)).replaceAll('\n', '\n  ')}\n`);
    }
  } catch {
    // If stderr is closed, nobody can read it; the exit code still says it.
  }
  return error.exitCode;
}
