import { formatFinding, githubAnnotation } from '../errors/code-frame.ts';
import type { Finding } from '../errors/finding.ts';
import type { SystemOutput } from '../ports/system-output.ts';
import type { Arguments } from './arguments.ts';

/** Findings for people on stderr; in GitHub Actions as annotations too. */
export async function printFindings(
  findings: readonly Finding[],
  stderr: SystemOutput,
  args: Pick<Arguments, 'switches'> | undefined,
): Promise<void> {
  const color = args?.switches.get('color') ?? stderr.color;
  for (const finding of findings) {
    await stderr.write(`${formatFinding(finding, { color })}\n`);
    if (process.env['GITHUB_ACTIONS']) await stderr.write(`${githubAnnotation(finding)}\n`);
  }
}
