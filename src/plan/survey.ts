import type { Finding, Place } from '../errors/finding.ts';
import type { Manifest, ReadRows, TaskTemplate } from '../manifest/manifest.ts';
import type { JsonValue } from '../ports/json.ts';
import { combinationsOf } from './expand.ts';
import { workCheck } from './survey-work.ts';
import { duplicateIds, hashText, newIdTable } from './id-table.ts';
import { newFindingList } from './finding-list.ts';
import { tasksPerRow } from './graph.ts';
import { listedFilesFinding } from './listed-files.ts';
import { misuseCheck } from './misuse.ts';
import { standInNeeds, type Example, type KnownEntry, type NeedsData } from './needs-data.ts';
import {
  itemText,
  pathOf,
  readsText,
  templateData,
  variablesOf,
  withText,
} from './template-data.ts';
import { badRow, fileFinding, isBad } from './row.ts';
import { fileItem, globHint } from './rows-paths.ts';
import type { AttachmentReader } from './read-attachments.ts';
import { readRows, rowFile, rowPlace, shownName, type RowContext } from './rows.ts';
import { attachmentCheck } from './survey-attachments.ts';
import { rowKey, taskId } from './task-id.ts';

export interface SurveyContext extends RowContext {
  readonly attachments: AttachmentReader;
}

export interface Survey {
  /** Tasks that the template makes; where there is no room for all, some number beyond it. */
  readonly total: number;
  /** Undefined when something is wrong. */
  readonly example: Example | undefined;
  readonly findings: readonly Finding[];
}

/** What was surveyed before, by id: all that the template needs, as far as it was right. */
type Surveyed = ReadonlyMap<string, KnownEntry>;

interface SoFar {
  readonly surveyed: Surveyed;
  /** Maximum number of further tasks. */
  readonly room: number;
}

/**
 * Reads the rows of one template once, as a stream, and checks all that can be checked before
 * anything is sent: the rows themselves, the ids, that every variable has a value, the files of a glob.
 */
export async function surveyTemplate(
  manifest: Manifest,
  template: TaskTemplate,
  context: SurveyContext,
  { surveyed, room }: SoFar,
): Promise<Survey> {
  const { forEach: source, needs = [] } = template;
  // What is wrong with a needed entry is reported there.
  if (needs.some(({ id }) => !surveyed.has(id))) return NOTHING;
  const entry = { manifest, template, needs: standIns(template, surveyed), room };
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

/** A template with what its texts are checked against. */
interface Entry {
  readonly manifest: Manifest;
  readonly template: TaskTemplate;
  readonly needs: NeedsData | undefined;
  readonly room: number;
}

/** Enough for a text that names the first few of a list. */
const LONGEST_LIST = 1_000;

function shortText(): string {
  return 'output';
}

function standIns(template: TaskTemplate, surveyed: Surveyed): NeedsData | undefined {
  if (!template.needs) return undefined;
  return standInNeeds(template, surveyed, { longest: LONGEST_LIST, textOf: shortText });
}

/** Bounds the second pass; whoever has more duplicates is shown ten of them anyway. */
const MAX_SUSPECTED = 10_000;

async function surveyRows(
  { manifest, template, needs, room }: Entry,
  source: ReadRows,
  context: SurveyContext,
): Promise<Survey> {
  const combinations = combinationsOf(template);
  const misuse = misuseCheck(template, variablesOf(template));
  const attached = attachmentCheck(template, context.attachments);
  const fixedFindings = await attached.fixed();
  const bad = newFindingList();
  const warnings: Finding[] = [];
  const listed =
    source.kind === 'list' ? await listedFilesFinding(source, template, context.files) : undefined;
  const ids = newIdTable();
  const suspected = new Set<string>();
  const perRow = tasksPerRow(template);
  const cost = workCheck(manifest, template);
  let rows = 0;
  let example: Example | undefined;
  for await (const batch of readRows(source, context)) {
    for (const read of batch) {
      if ((rows + bad.count + 1) * perRow > room) return { ...NOTHING, total: room + 1 };
      if (!read.ok) {
        if (isBad(read)) bad.add(read.finding);
        else warnings.push(read.finding);
        continue;
      }
      const { number } = read;
      const place = rowPlace(source, context, read.line);
      rows += 1;
      const key = rowKey(read.item, number, source.key);
      if (!key.ok && context.skipsBadRows) {
        rows -= 1;
        continue;
      }
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
      for (const [at, { template: variant, matrix, key: matrixPart }] of combinations.entries()) {
        const id = taskId(template.id, { key: key.key, matrix: matrixPart });
        if (!ids.add(id) && suspected.size < MAX_SUSPECTED) suspected.add(hashText(id));
        const index = (rows - 1) * combinations.length + at;
        const { model } = variant;
        const data = templateData(
          manifest,
          { id, index, item: item.item, matrix },
          { model, needs },
        );
        example ??= { id, item: read.item, matrix };
        await cost.during(() => misuse.check(data, { number, place }, { isFirst: rows === 1 }));
        if (cost.isSpent()) return { ...NOTHING, findings: [cost.tooMuch()] };
        for (const finding of await attached.varying(data)) bad.add(finding);
      }
    }
  }
  const findings = [
    ...(listed ? [listed] : []),
    ...fixedFindings,
    ...bad.all(source.place),
    ...misuse.findings(rows, source.place),
  ];
  if (holdsNoError(findings)) findings.push(...(await cost.findings(rows * perRow)));
  if (suspected.size > 0) {
    findings.push(...(await duplicateIds(template, source, suspected, context)));
  }
  if (rows === 0 && bad.count === 0) findings.push(await noRows(source, context));
  const isFine = context.skipsBadRows || holdsNoError(findings);
  return {
    total: rows * perRow,
    example: isFine ? (example ?? exampleOfNone(template)) : undefined,
    findings: [...warnings, ...findings],
  };
}

/** Row for an empty list of paths, so that tasks that need it can be checked. */
function exampleOfNone(template: TaskTemplate): Example {
  const item = fileItem('src/file.txt');
  const [combination] = combinationsOf(template);
  return { id: `${template.id}@${item.path}`, item, matrix: combination?.matrix };
}

async function surveyWithoutRows(
  { manifest, template, needs }: Entry,
  context: SurveyContext,
): Promise<Survey> {
  const combinations = combinationsOf(template);
  const misuse = misuseCheck(template, variablesOf(template));
  const attached = attachmentCheck(template, context.attachments);
  const { place } = template;
  const ids = new Set<string>();
  const cost = workCheck(manifest, template);
  const findings: Finding[] = [...(await attached.fixed())];
  let example: Example | undefined;
  for (const [index, { template: variant, matrix, key }] of combinations.entries()) {
    const id = taskId(template.id, { matrix: key });
    if (ids.has(id)) findings.push(sameCombination(id, place));
    ids.add(id);
    const { model } = variant;
    const data = templateData(manifest, { id, index, item: undefined, matrix }, { model, needs });
    example ??= { id, item: undefined, matrix };
    await cost.during(() => misuse.check(data, { number: undefined, place }, { isFirst: true }));
    if (cost.isSpent()) return { ...NOTHING, findings: [cost.tooMuch()] };
    findings.push(...(await attached.varying(data)));
  }
  findings.push(...misuse.findings(1, place));
  if (holdsNoError(findings)) findings.push(...(await cost.findings(tasksPerRow(template))));
  const isFine = context.skipsBadRows || holdsNoError(findings);
  return {
    total: tasksPerRow(template),
    example: isFine ? example : undefined,
    findings,
  };
}

function holdsNoError(findings: readonly Finding[]): boolean {
  return !findings.some(({ severity }) => severity === 'error');
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
  context: RowContext,
  place: Place,
): Promise<{ ok: true; item: JsonValue } | { ok: false; finding: Finding }> {
  const path = readsText(template) ? pathOf(item) : undefined;
  if (path === undefined) return { ok: true, item };
  const read = await itemText(path, context.files);
  if (read.ok) return { ok: true, item: withText(item, read.text) };
  const { line = place.line, column = place.column } = read.bad ?? {};
  const file = read.bad ? shownName(path, context) : place.file;
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
    // As where a pull request changes none of them.
    return {
      ...base,
      severity: 'warning',
      message: `\`${shownName(rowFile(source) ?? '', context)}\` lists no path: this task has nothing to do`,
      hint: 'list one path per line',
    };
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
