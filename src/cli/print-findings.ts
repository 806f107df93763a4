import { formatFinding, githubAnnotation } from '../errors/code-frame.ts';
import type { Finding } from '../errors/finding.ts';
import type { SystemOutput } from '../ports/system-output.ts';
import type { Arguments } from './arguments.ts';

/** Findings for people; in GitHub Actions as annotations too. */
export async function printFindings(
  findings: readonly Finding[],
  output: SystemOutput,
  args: Pick<Arguments, 'switches'>,
): Promise<void> {
  const color = args.switches.get('color') ?? output.color;
  for (const finding of findings) {
    await output.write(`${formatFinding(finding, { color })}\n`);
    // A finding about a flag has no file to annotate.
    const inFile = !/^(--|<)/.test(finding.place.file);
    if (process.env['GITHUB_ACTIONS'] && inFile)
      await output.write(`${githubAnnotation(finding)}\n`);
  }
}
