import { formatFinding } from '../errors/code-frame.ts';
import type { Redactor } from '../errors/redact.ts';
import type { Finding } from '../errors/finding.ts';
import type { OutputStream } from '../ports/output.ts';
import { safeJson } from '../results/serialize.ts';
import type { SystemOutput } from '../ports/system-output.ts';
import { annotate } from './annotations.ts';
import { environmentRedactor } from './redact-environment.ts';
import type { Arguments } from './arguments.ts';

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
