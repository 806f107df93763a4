import { printable } from '../errors/printable.ts';
import type { VolleyError } from '../errors/volley-error.ts';
import { systemOutput } from '../ports/system-output.ts';
import type { Arguments } from './arguments.ts';
import { environmentRedactor } from './redact-environment.ts';
import { printFindings } from './print-findings.ts';

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
    // With stderr gone there is nobody to tell; the exit code still says it.
  }
  return error.exitCode;
}
