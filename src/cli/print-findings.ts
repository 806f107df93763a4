import { formatFinding } from '../errors/code-frame.ts';
import type { Redactor } from '../errors/redact.ts';
import type { Finding } from '../errors/finding.ts';
import type { OutputStream } from '../ports/output.ts';
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

export async function printFindings(
  findings: readonly Finding[],
  stderr: SystemOutput,
  args: Pick<Arguments, 'switches'>,
): Promise<void> {
  await printFindingsTo(stderr, findings, { color: args.switches.get('color') ?? stderr.color });
}
