import type { AgainstReport } from '../against/against-report.ts';
import { printableLine } from '../errors/printable.ts';
import { baseText } from './against.ts';
import { counted } from '../report/format.ts';
import { padEnd } from '../report/width.ts';

/** What a manifest would change, as people read it. */
export function changesText(
  { base, counts, tasks, findings, manifest }: AgainstReport,
  { needed, warnings }: { readonly needed: number; readonly warnings: readonly string[] },
): string {
  const { new: fresh, changed, removed, unchanged, renamed } = counts;
  const width = Math.max(0, ...tasks.map(({ id }) => Math.min(id.length, MOST_ID_WIDTH)));
  const lines = [
    `${manifest} against ${baseText({ ...base, commit: base.commit ?? undefined })}: ${fresh} new, ${changed} changed, ${removed} removed, ${unchanged} unchanged${renamed > 0 ? ` (${renamed} renamed)` : ''}`,
    ...findings.map(
      ({ message, place }) =>
        `The manifest of the base is not valid: ${place.file}:${place.line}: ${message}. So all tasks are new.`,
    ),
    ...(tasks.length > 0 ? [''] : []),
    ...tasks.map(({ id, change, reasons, was_id: was }) => {
      const why = was === undefined ? reasons.join(', ') : `was ${was}`;
      return `${padEnd(change, 'unchanged'.length)}  ${padEnd(id, why === '' ? 0 : width)}  ${why}`;
    }),
    ...(needed > 0
      ? ['', `${counted(needed, 'unchanged task')} that changed ones need take part too.`]
      : []),
    ...warnings.map((warning) => `Warning: ${warning}.`),
  ];
  return lines.map((line) => `${printableLine(line.trimEnd())}\n`).join('');
}

/** Beyond, what follows an id is not in line with the others. */
const MOST_ID_WIDTH = 60;
