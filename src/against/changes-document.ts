import { baseText, type AgainstReport } from './against-report.ts';
import { textParts } from '../report/document/diff-document.ts';
import {
  foreign,
  heading,
  line,
  table,
  type Block,
  type Words,
} from '../report/document/blocks.ts';
import { counted } from '../report/format-numbers.ts';
import type { ShownChange } from './shown-changes.ts';

export interface ChangesDocumentOptions {
  /** Unchanged tasks that are included because changed ones need them. */
  readonly needed: number;
  /** Texts before and after the change, for some of the tasks. */
  readonly shown: readonly ShownChange[];
  /** Number of tasks to list. The others are only counted. */
  readonly mostListed: number;
  readonly warnings: readonly string[];
}

/** The changes in a manifest, for `volley plan --against`. */
export function changesDocument(
  { base, counts, tasks, findings, manifest }: AgainstReport,
  { needed, shown, mostListed, warnings }: ChangesDocumentOptions,
): readonly Block[] {
  const listed = tasks.slice(0, mostListed);
  const omitted = tasks.length - listed.length;
  const columns = ['change', 'why'].map((title) => ({ title, left: true }) as const);
  const rows = listed.map(({ id, change, reasons, was_id: was }): readonly Words[] => [
    foreign(id),
    change,
    was === undefined ? reasons.join(', ') : ['was ', foreign(was)],
  ]);
  return [
    heading([foreign(manifest), ' against ', foreign(baseText(base))]),
    line(countsText(counts)),
    ...findings.map(({ message, place: { file, line: row } }) =>
      line([
        'The manifest of the base is not valid, so all tasks count as new: ',
        foreign(`${file}:${row}: ${message}`),
      ]),
    ),
    ...warnings.map((warning) => line(['Not compared: ', foreign(warning)])),
    ...(rows.length > 0 ? [table(['task', ...columns], rows)] : []),
    ...(omitted > 0 ? [line(`… and ${omitted.toLocaleString('en')} more`)] : []),
    ...(needed > 0
      ? [
          line(
            `${counted(needed, 'unchanged task')} will be sent too, because changed tasks need them.`,
          ),
        ]
      : []),
    ...shown.flatMap(({ id, before, after }): readonly Block[] => [
      heading([foreign(id)]),
      { kind: 'diff', parts: textParts(before, after) },
    ]),
  ];
}

function countsText(counts: AgainstReport['counts']): string {
  const { new: fresh, changed, removed, unchanged, renamed } = counts;
  const parts = [
    [fresh, 'new'],
    [changed, 'changed'],
    [removed, 'removed'],
    [unchanged, 'unchanged'],
  ] as const;
  const text = parts.map(([count, word]) => `${count.toLocaleString('en')} ${word}`).join(', ');
  return renamed > 0 ? `${text} (${renamed.toLocaleString('en')} renamed)` : text;
}
