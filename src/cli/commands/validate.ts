import { EXIT, VolleyError } from '../../errors/volley-error.ts';
import { errorCount, type Finding } from '../../errors/finding.ts';
import { printable } from '../../errors/escape-invisible.ts';
import { systemClock } from '../../ports/system-clock.ts';
import { systemOutput } from '../../ports/system-output.ts';
import { counted } from '../../report/format-numbers.ts';
import { addressFindings, contactsOf, type Contact } from '../../providers/contacted-hosts.ts';
import { checkRows } from '../../run/check-rows.ts';
import { framed } from '../../run/library.ts';
import type { Arguments } from '../arguments.ts';
import { permissionsOf } from '../permission-flags.ts';
import {
  permissionsReport,
  permissionsText,
  type PermissionsReport,
} from '../permissions-report.ts';
import { printFindingsTo } from '../print-findings.ts';
import { printJson, printResult, resultOutput } from '../print-result.ts';
import { manifestArgument } from '../manifest-argument.ts';
import { switchFlag } from '../flag-values.ts';
import { loadNamed } from '../load-named.ts';
import { tellCredentialsLeftOut } from '../credential-files-left-out.ts';
import { tellEarly } from '../terminal.ts';

/** Checks a manifest, its files and every row. Findings are the result, so they go to stdout. */
export async function validate(args: Arguments): Promise<number> {
  const file = manifestArgument(args);
  const checked = await check(args);
  const isValid = errorCount(checked.findings) === 0;
  if (switchFlag(args, 'json')) {
    await printJson({ v: 1, manifest: file, valid: isValid, ...asData(checked) });
  } else {
    const color = args.switches.get('color') ?? systemOutput(process.stdout).color;
    await printFindingsTo(resultOutput(), checked.findings, { color });
    const { permissions } = checked;
    await printResult(verdict(file, checked) + (permissions ? permissionsText(permissions) : ''));
  }
  return isValid ? EXIT.ok : EXIT.usage;
}

interface Checked {
  readonly findings: readonly Finding[];
  /** Number of errors not in `findings`. Absent if there are none. */
  readonly omittedErrors?: number;
  /** Number of tasks after expansion. Null if they could not be counted. */
  readonly tasks: number | null;
  readonly permissions?: PermissionsReport;
}

/** Uses the field names of our JSON output. */
function asData({ findings, omittedErrors, tasks, permissions }: Checked): object {
  return {
    findings: findings.map(({ place: { endColumn, ...place }, standsFor, ...finding }) => ({
      ...finding,
      place: { ...place, end_column: endColumn },
      stands_for: standsFor,
    })),
    omitted_errors: omittedErrors,
    tasks,
    permissions,
  };
}

async function check(args: Arguments): Promise<Checked> {
  try {
    const loaded = await loadNamed(args);
    const permissions = permissionsOf(args);
    const addresses = await framed(addressFindings(loaded.manifest, permissions), loaded);
    await tellRefused(args, contactsOf(loaded.manifest, permissions));
    const rows = await checkRows(loaded, { epochMs: systemClock.epochMs() });
    await tellCredentialsLeftOut(args, loaded.files);
    return {
      findings: [...loaded.warnings, ...addresses, ...rows.findings],
      tasks: rows.tasks,
      ...(switchFlag(args, 'permissions') && {
        permissions: permissionsReport(loaded, permissions),
      }),
    };
  } catch (error) {
    if (error instanceof VolleyError && error.findings.length > 0) {
      const { findings, omittedErrors } = error;
      return { findings, ...(omittedErrors > 0 && { omittedErrors }), tasks: null };
    }
    throw error;
  }
}

/** The caller decides which hosts may be called, so a refused one is not the manifest's problem. */
async function tellRefused(args: Arguments, contacts: readonly Contact[]): Promise<void> {
  const refused = contacts.filter(({ isAllowed }) => !isAllowed);
  const flags = new Set(refused.flatMap((contact) => contact.flags));
  if (flags.size === 0) return;
  await tellEarly(args, `a run is allowed to call these hosts only with ${[...flags].join(' ')}`);
}

function verdict(file: string, { findings, omittedErrors = 0, tasks }: Checked): string {
  const shown = findings.filter(({ severity }) => severity === 'error').length;
  const errors = errorCount(findings) + omittedErrors;
  const warnings = findings.length - shown;
  const counts = [
    ...(errors > 0 ? [counted(errors, 'error')] : []),
    ...(omittedErrors > 0 ? [`of which ${shown} are shown`] : []),
    ...(warnings > 0 ? [counted(warnings, 'warning')] : []),
  ];
  const name = printable(file);
  if (errors > 0) return `${name}: ${counts.join(', ')}\n`;
  return `${name}: valid, ${[counted(tasks ?? 0, 'task'), ...counts].join(', ')}\n`;
}
