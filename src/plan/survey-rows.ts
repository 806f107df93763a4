import { errorCount, type Finding, type Place } from '../errors/finding.ts';
import type { Manifest, ReadRows, TaskTemplate } from '../manifest/manifest.ts';
import type { JsonValue } from '../ports/json.ts';
import { combinationsOf } from './expand.ts';
import { workCheck } from './survey-render-time.ts';
import { duplicateIds, idHash, newHashSet } from './duplicate-ids.ts';
import { newFindingList } from './first-findings.ts';
import { tasksPerRow } from './graph.ts';
import { listedFilesFinding } from './file-names-as-rows.ts';
import { valueCheck } from './check-row-values.ts';
import { placeholderNeeds, type Example, type KnownEntry, type NeedsData } from './needs-data.ts';
import { readsText, templateData, variablesOf, withText } from './template-data.ts';
import { badRow, fileFinding, isBad, type RowRead } from './read-row.ts';
import { fileItem, globHint } from './rows-glob-or-files.ts';
import type { AttachmentReader } from './read-attachments.ts';
import { readRows, rowFile, rowPlace, shownName, type RowContext } from './rows.ts';
import { attachmentCheck } from './survey-attachments.ts';
import { rowKey } from './row-key.ts';
import { taskId } from './task-id.ts';

export interface SurveyContext extends RowContext {
  readonly attachments: AttachmentReader;
}

export interface Survey {
  /** Number of tasks of the template. If not all of them fit, any number greater than the room. */
  readonly total: number;
  /** Undefined after an error. */
  readonly example: Example | undefined;
  readonly findings: readonly Finding[];
}

/** Entries surveyed before, by id: all valid ones that the template needs. */
type Surveyed = ReadonlyMap<string, KnownEntry>;

interface SoFar {
  readonly surveyed: Surveyed;
  /** Maximum number of additional tasks. */
  readonly room: number;
}

/** Reads the rows of a template once, and checks all that can be checked before sending. */
export async function surveyTemplate(
  manifest: Manifest,
  template: TaskTemplate,
  context: SurveyContext,
  { surveyed, room }: SoFar,
): Promise<Survey> {
  const { forEach: source, needs = [] } = template;
  // The needed entry is invalid, and its own findings say why.
  if (needs.some(({ id }) => !surveyed.has(id))) return NOTHING;
  const entry = { manifest, template, needs: placeholders(template, surveyed), room };
  if (source?.kind === 'needs') {
    const survey = source.root
      ? await surveyRows(entry, source.root, context)
      : await surveyWithoutRows(entry, context);
    const followed = surveyed.get(source.task)?.total ?? 0;
    return { ...survey, total: followed * tasksPerRow(template) };
  }
  return source ? surveyRows(entry, source, context) : surveyWithoutRows(entry, context);
}

const NOTHING: Survey = { total: 0, example: undefined, findings: [] };

/** A template, and the data to check its prompts with. */
interface Entry {
  readonly manifest: Manifest;
  readonly template: TaskTemplate;
  readonly needs: NeedsData | undefined;
  readonly room: number;
}

/** Enough for texts that use the first few items of a list. */
const LONGEST_LIST = 1_000;

function placeholders(template: TaskTemplate, surveyed: Surveyed): NeedsData | undefined {
  if (!template.needs) return undefined;
  return placeholderNeeds(template, surveyed, { longest: LONGEST_LIST, textOf: () => 'output' });
}

interface CheckedRow {
  readonly row?: Extract<RowRead, { ok: true }>;
  /** The row's value with the text of its file. */
  readonly item: JsonValue | undefined;
  readonly key?: string;
  readonly place: Place;
  /** Position among the rows so far, from 0. */
  readonly index: number;
}

/** Checks the tasks of a template, row by row. */
function taskCheck(
  { manifest, template, needs }: Entry,
  { attachments, skipsBadRows }: SurveyContext,
  seen: (id: string) => void,
) {
  const combinations = combinationsOf(template);
  const values = valueCheck(template, variablesOf(template));
  const attached = attachmentCheck(template, attachments);
  const work = workCheck(manifest, template);
  let example: Example | undefined;
  return { work, check, survey };

  /** Stops when the time is used up. */
  async function check(checked: CheckedRow): Promise<readonly Finding[]> {
    const { row, item, key, place } = checked;
    const findings: Finding[] = [];
    for (const [at, { template: variant, matrix, key: matrixPart }] of combinations.entries()) {
      const id = taskId(template.id, { key, matrix: matrixPart });
      seen(id);
      const index = checked.index * combinations.length + at;
      const { model } = variant;
      const data = templateData(manifest, { id, index, item, matrix }, { model, needs });
      example ??= { id, item: row?.item, matrix };
      const named = { number: row?.number, place };
      const isFirst = !row || checked.index === 0;
      await work.during(() => values.check(data, named, { isFirst }));
      if (work.isSpent()) return findings;
      findings.push(...(await attached.varying(data)));
    }
    return findings;
  }

  async function survey(
    rows: number,
    place: Place,
    found: readonly Finding[],
  ): Promise<Survey & { readonly isValid: boolean }> {
    const total = rows * tasksPerRow(template);
    const findings = [...(await attached.fixed()), ...found, ...values.findings(rows, place)];
    if (errorCount(findings) === 0) findings.push(...(await work.findings(total)));
    const isValid = skipsBadRows === true || errorCount(findings) === 0;
    return { total, example, findings, isValid };
  }
}

/** Limits the second pass. Only ten duplicates are shown anyway. */
const MAX_SUSPECTED = 10_000;

async function surveyRows(entry: Entry, source: ReadRows, context: SurveyContext): Promise<Survey> {
  const { template, room } = entry;
  const hashes = newHashSet();
  const suspected = new Set<number>();
  const tasks = taskCheck(entry, context, (id) => {
    const hash = idHash(id);
    if (!hashes.add(hash) && suspected.size < MAX_SUSPECTED) suspected.add(hash);
  });
  const bad = newFindingList();
  const warnings: Finding[] = [];
  const listed =
    source.kind === 'list' ? await listedFilesFinding(source, template, context.files) : undefined;
  const perRow = tasksPerRow(template);
  let rows = 0;
  for await (const batch of readRows(source, context)) {
    for (const row of batch) {
      if ((rows + bad.count + 1) * perRow > room) return { ...NOTHING, total: room + 1 };
      if (!row.ok) {
        if (isBad(row)) bad.add(row.finding);
        else warnings.push(row.finding);
        continue;
      }
      const place = rowPlace(source, context, row.line);
      const key = rowKey(row.item, row.number, source.key);
      if (!key.ok && context.skipsBadRows) continue;
      rows += 1;
      if (!key.ok) {
        const problem = badRow(key.message, key.hint, place);
        if (!problem.ok) bad.add(problem.finding);
        continue;
      }
      const item = await withFile(template, row.item, context, place);
      if (!item.ok) {
        bad.add(item.finding);
        continue;
      }
      const checked = { row, item: item.item, key: key.key, place, index: rows - 1 };
      const found = await tasks.check(checked);
      if (tasks.work.isSpent()) return { ...NOTHING, findings: [tasks.work.tooMuch()] };
      for (const finding of found) bad.add(finding);
    }
  }
  const found = [...(listed ? [listed] : []), ...bad.all(source.place)];
  const { isValid, ...survey } = await tasks.survey(rows, source.place, found);
  const duplicates =
    suspected.size > 0 ? await duplicateIds(template, source, suspected, context) : [];
  const none = rows === 0 && bad.count === 0 ? [await noRows(source, context)] : [];
  const isFine = isValid && (context.skipsBadRows || errorCount([...duplicates, ...none]) === 0);
  return {
    ...survey,
    example: isFine ? (survey.example ?? exampleOfNone(template)) : undefined,
    findings: [...warnings, ...survey.findings, ...duplicates, ...none],
  };
}

/**
 * A placeholder for the rows of an empty list of paths, to check the tasks that need their results.
 */
function exampleOfNone(template: TaskTemplate): Example {
  const item = fileItem('src/file.txt');
  const [combination] = combinationsOf(template);
  return { id: `${template.id}@${item.path}`, item, matrix: combination?.matrix };
}

async function surveyWithoutRows(entry: Entry, context: SurveyContext): Promise<Survey> {
  const { place } = entry.template;
  const ids = new Set<string>();
  const duplicates: Finding[] = [];
  const tasks = taskCheck(entry, context, (id) => {
    if (ids.has(id)) duplicates.push(sameCombination(id, place));
    ids.add(id);
  });
  const found = await tasks.check({ item: undefined, place, index: 0 });
  if (tasks.work.isSpent()) return { ...NOTHING, findings: [tasks.work.tooMuch()] };
  const { isValid, ...survey } = await tasks.survey(1, place, [...duplicates, ...found]);
  return { ...survey, example: isValid ? survey.example : undefined };
}

function sameCombination(id: string, place: Place): Finding {
  return {
    code: 'DUPLICATE_ID',
    severity: 'error',
    message: `two combinations of the matrix create the id \`${id}\``,
    hint: 'delete one of the two',
    place,
  };
}

/** Adds the text of the row's file if a template uses it, to detect unreadable files now. */
async function withFile(
  template: TaskTemplate,
  item: JsonValue,
  context: RowContext,
  place: Place,
): Promise<{ ok: true; item: JsonValue | undefined } | { ok: false; finding: Finding }> {
  if (!readsText(template)) return { ok: true, item };
  const read = await withText(item, context.files);
  if (read.ok) return read;
  const { line = place.line, column = place.column } = read.bad ?? {};
  const file = read.bad ? shownName(read.path, context) : place.file;
  return { ok: false, finding: fileFinding(read.problem, { file, line, column }) };
}

async function noRows(source: ReadRows, context: RowContext): Promise<Finding> {
  const { files } = context;
  const base = { code: 'NO_ROWS', severity: 'error', place: source.place } as const;
  if (source.kind === 'glob') {
    const patterns = source.patterns.map((pattern) => `\`${pattern}\``).join(', ');
    return { ...base, message: `no file matches ${patterns}`, hint: await globHint(source, files) };
  }
  if (source.kind === 'paths') {
    // An empty list is normal, such as for a pull request that changes none of these files.
    return {
      ...base,
      severity: 'warning',
      message: `\`${shownName(rowFile(source) ?? '', context)}\` lists no path: this task has nothing to do`,
      hint: 'list one path per line',
    };
  }
  if (source.kind === 'list') {
    const hint = 'give it at least one, or delete it';
    return { ...base, message: '`for_each` has no rows', hint };
  }
  const hint =
    source.format === 'csv'
      ? 'put the column names on the first line, and the rows below it'
      : 'add one';
  return { ...base, message: `\`${source.file}\` has no rows`, hint };
}
