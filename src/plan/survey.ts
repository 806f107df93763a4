import type { Finding, Place } from '../errors/finding.ts';
import type { Manifest, ReadRows, TaskTemplate } from '../manifest/manifest.ts';
import type { JsonValue } from '../ports/json.ts';
import { combinationsOf } from './combinations.ts';
import { duplicateIds } from './duplicate-ids.ts';
import { newFindingList } from './finding-list.ts';
import { hashText, newIdTable } from './id-table.ts';
import { misuseCheck } from './misuse.ts';
import { badRow, fileFinding } from './row.ts';
import { globHint } from './rows-glob.ts';
import { readRows, rowPlace, type RowContext } from './rows.ts';
import { rowKey, taskId } from './task-id.ts';
import {
  fileText,
  pathOf,
  readsText,
  templateData,
  variablesOf,
  withText,
} from './template-data.ts';

export interface Survey {
  /** Tasks that the template makes. */
  readonly total: number;
  readonly findings: readonly Finding[];
}

/**
 * Reads the rows of one template once, as a stream, and checks all that can be checked before
 * anything is sent: the rows themselves, the ids, that every variable has a value, the files of a glob.
 */
export async function surveyTemplate(
  manifest: Manifest,
  template: TaskTemplate,
  context: RowContext,
): Promise<Survey> {
  const source = template.forEach;
  return source && source.kind !== 'needs'
    ? surveyRows(manifest, template, source, context)
    : surveyWithoutRows(manifest, template);
}

/** Bounds the second pass; whoever has more duplicates is shown ten of them anyway. */
const MAX_SUSPECTED = 10_000;

async function surveyRows(
  manifest: Manifest,
  template: TaskTemplate,
  source: ReadRows,
  context: RowContext,
): Promise<Survey> {
  const combinations = combinationsOf(template);
  const misuse = misuseCheck(template, variablesOf(template));
  const bad = newFindingList();
  const ids = newIdTable();
  const suspected = new Set<string>();
  let rows = 0;
  for await (const batch of readRows(source, context)) {
    for (const read of batch) {
      if (!read.ok) {
        bad.add(read.finding);
        continue;
      }
      const { number } = read;
      const place = rowPlace(source, context, read.line);
      rows += 1;
      const key = rowKey(read.item, number, source.key);
      if (!key.ok) {
        const problem = badRow(key.message, key.hint, place);
        if (!problem.ok) bad.add(problem.finding);
        continue;
      }
      const item = await withFile(template, read.item, context, place);
      if (!item.ok) {
        bad.add(item.finding);
        continue;
      }
      for (const [at, { matrix, key: matrixPart }] of combinations.entries()) {
        const id = taskId(template.id, key.key, matrixPart);
        if (!ids.add(id) && suspected.size < MAX_SUSPECTED) suspected.add(hashText(id));
        const index = (rows - 1) * combinations.length + at;
        const data = templateData(manifest, { id, index, item: item.item, matrix });
        misuse.check(data, { number, place }, { isFirst: rows === 1 });
      }
    }
  }
  const findings = [...bad.all(source.place), ...misuse.findings(rows, source.place)];
  if (suspected.size > 0) {
    findings.push(...(await duplicateIds(template, source, suspected, context)));
  }
  if (rows === 0 && bad.count === 0) findings.push(await noRows(source, context));
  return { total: rows * combinations.length, findings };
}

function surveyWithoutRows(manifest: Manifest, template: TaskTemplate): Survey {
  const combinations = combinationsOf(template);
  const misuse = misuseCheck(template, variablesOf(template));
  const { place } = template;
  const ids = new Set<string>();
  const findings: Finding[] = [];
  for (const [index, { matrix, key }] of combinations.entries()) {
    const id = taskId(template.id, undefined, key);
    if (ids.has(id)) findings.push(sameCombination(id, place));
    ids.add(id);
    const data = templateData(manifest, { id, index, item: undefined, matrix });
    misuse.check(data, { number: undefined, place }, { isFirst: true });
  }
  return { total: combinations.length, findings: [...findings, ...misuse.findings(1, place)] };
}

function sameCombination(id: string, place: Place): Finding {
  return {
    code: 'DUPLICATE_ID',
    severity: 'error',
    message: `two combinations of the matrix make the id \`${id}\``,
    hint: 'delete one of the two',
    place,
  };
}

/** The row with the text of its file, if a text needs it: so that an unreadable file is known now. */
async function withFile(
  template: TaskTemplate,
  item: JsonValue,
  { files }: RowContext,
  place: Place,
): Promise<{ ok: true; item: JsonValue } | { ok: false; finding: Finding }> {
  const path = readsText(template) ? pathOf(item) : undefined;
  if (path === undefined) return { ok: true, item };
  const read = await files.read(path);
  if (!read.ok) return { ok: false, finding: fileFinding(read.problem, place) };
  return { ok: true, item: withText(item, fileText(read.value)) };
}

async function noRows(source: ReadRows, { files }: RowContext): Promise<Finding> {
  const base = { code: 'NO_ROWS', severity: 'error', place: source.place } as const;
  if (source.kind === 'glob') {
    const patterns = source.patterns.map((pattern) => `\`${pattern}\``).join(', ');
    return { ...base, message: `no file matches ${patterns}`, hint: await globHint(source, files) };
  }
  if (source.kind === 'list') {
    return {
      ...base,
      message: '`for_each` has no rows',
      hint: 'give it at least one, or delete it',
    };
  }
  const hint =
    source.format === 'csv' ? 'the first line names the columns, rows follow it' : 'add one';
  return { ...base, message: `\`${source.file}\` has no rows`, hint };
}
