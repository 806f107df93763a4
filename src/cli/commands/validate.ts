import { EXIT, VolleyError } from '../../errors/volley-error.ts';
import { errorCount, type Finding } from '../../errors/finding.ts';
import { printable } from '../../errors/printable.ts';
import { systemOutput } from '../../ports/system-output.ts';
import { checkRows } from '../../run/check-rows.ts';
import type { Arguments } from '../arguments.ts';
import { findingsText } from '../print-findings.ts';
import { environmentRedactor } from '../redact-environment.ts';
import { printResult } from '../print-result.ts';
import { manifestArgument } from '../read-input.ts';
import { switchFlag } from '../settings.ts';
import { loadNamed } from '../load-named.ts';

/** Checks a manifest, its files and every row. Its findings are the result: they go to stdout. */
export async function validate(args: Arguments): Promise<number> {
  const file = manifestArgument(args);
  const checked = await check(args);
  const isValid = errorCount(checked.findings) === 0;
  if (switchFlag(args, 'json')) {
    const report = { v: 1, manifest: file, valid: isValid, ...checked };
    await printResult(environmentRedactor()(`${JSON.stringify(report, null, 2)}\n`));
  } else {
    const color = args.switches.get('color') ?? systemOutput(process.stdout).color;
    await printResult(findingsText(checked.findings, { color }) + verdict(file, checked));
  }
  return isValid ? EXIT.ok : EXIT.usage;
}

interface Checked {
  readonly findings: readonly Finding[];
  /** Errors that `findings` leaves out; absent when there are none. */
  readonly omittedErrors?: number;
  /** Tasks after expansion; null when that could not be counted. */
  readonly tasks: number | null;
}

async function check(args: Arguments): Promise<Checked> {
  try {
    const loaded = await loadNamed(args);
    const rows = await checkRows(loaded);
    return {
      findings: [...loaded.warnings, ...rows.findings],
      tasks: rows.tasks,
    };
  } catch (error) {
    if (error instanceof VolleyError && error.findings.length > 0) {
      const { findings, omittedErrors } = error;
      return { findings, ...(omittedErrors > 0 && { omittedErrors }), tasks: null };
    }
    throw error;
  }
}

function verdict(file: string, { findings, omittedErrors = 0, tasks }: Checked): string {
  const shown = findings.filter(({ severity }) => severity === 'error').length;
  const errors = errorCount(findings) + omittedErrors;
  const warnings = findings.length - shown;
  const counted = [
    ...(errors > 0 ? [`${errors} ${errors === 1 ? 'error' : 'errors'}`] : []),
    ...(omittedErrors > 0 ? [`of which ${shown} are shown`] : []),
    ...(warnings > 0 ? [`${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`] : []),
  ];
  const name = printable(file);
  if (errors > 0) return `${name}: ${counted.join(', ')}\n`;
  const size = `${tasks} ${tasks === 1 ? 'task' : 'tasks'}`;
  return `${name}: valid, ${[size, ...counted].join(', ')}\n`;
}
