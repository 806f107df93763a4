import { suggest } from '../errors/suggest.ts';
import type { Finding, Place } from '../errors/finding.ts';
import type { TaskTemplate } from '../manifest/manifest.ts';
import type { RenderResult, TemplateData, TemplateVariable } from '../manifest/template.ts';
import { writtenPath } from '../manifest/text-conditions.ts';
import { isJsonObject, type JsonValue } from '../ports/json.ts';
import { newFindingList, type FindingList } from './finding-list.ts';
import { optionalFields } from './optional-fields.ts';
import { textsOf } from './template-data.ts';

/** A row as findings name it. */
interface NamedRow {
  /** Undefined without `for_each`. */
  readonly number: number | undefined;
  readonly place: Place;
}

/** Collects what rows lack, or hold in another form, that the texts of a template need. */
export interface MisuseCheck {
  /** Cheap unless something looks wrong; then there is a promise, as the texts are filled in to be sure. */
  check(
    data: TemplateData,
    row: NamedRow,
    options: { readonly isFirst: boolean },
  ): Promise<void> | undefined;
  findings(rowCount: number, place: Place): readonly Finding[];
}

export function misuseCheck(
  template: TaskTemplate,
  variables: readonly TemplateVariable[],
): MisuseCheck {
  const inRows = variables.filter(({ path, isOptional }) => path[0] === 'item' && !isOptional);
  const optional = optionalFields(variables);
  const misuses = new Map<string, Misuse>();
  return {
    check(data, row, { isFirst }) {
      optional.see(data);
      const looked = isFirst ? variables : inRows;
      if (!isFirst && looked.every((variable) => isUsable(data, variable))) return undefined;
      return failuresOf(template, variables, data).then((failures) => {
        for (const failure of failures) record(misuses, failure, data, row);
      });
    },
    findings: (rowCount, place) => [
      ...[...misuses.values()].flatMap((misuse) => misuseFindings(misuse, rowCount, place)),
      ...optional.findings(),
    ],
  };
}

type Failed = Extract<RenderResult, { ok: false }>;
interface Failure {
  readonly failed: Failed;
  readonly variable: TemplateVariable | undefined;
}

/** One place in a text that fails for some rows, or for all. */
interface Misuse extends Failure {
  readonly rows: FindingList;
  /** What the first row has instead. */
  readonly fields: readonly string[];
  lastRow: number | undefined;
}

/** All failures of one task: after each, the value is made up and the text filled in again. */
async function failuresOf(
  template: TaskTemplate,
  variables: readonly TemplateVariable[],
  given: TemplateData,
): Promise<readonly Failure[]> {
  if (await isLeftOut(template, given)) return [];
  const failures: Failure[] = [];
  for (const text of textsOf(template)) {
    let data = given;
    for (let tries = 0; tries < MAX_FAILURES; tries += 1) {
      const failed = await text.render(data);
      if (failed.ok || hangsOnAnswer(failed, data)) break;
      const variable = variables.find((each) => isAbout(failed, each, data));
      failures.push({ failed, variable });
      const fixed = variable && withoutMisuse(data, variable.path);
      if (!fixed) break;
      data = fixed;
    }
  }
  return failures;
}

const MAX_FAILURES = 20;

/** Whether the task will be skipped, whatever others answer: then nothing of it is filled in. */
async function isLeftOut({ condition }: TaskTemplate, data: TemplateData): Promise<boolean> {
  if (!condition || condition.variables.some(({ path }) => path[0] === 'needs')) return false;
  const held = await condition.render(data);
  return held.ok && held.text === '';
}

/**
 * What is made of an answer, such as `parts[2]` of one that is split, or a field of an answer whose
 * schema names none: only the answer will tell.
 */
function hangsOnAnswer({ code, message }: Failed, { needs }: TemplateData): boolean {
  if (!isJsonObject(needs) || code !== 'UNKNOWN_VARIABLE') return false;
  if (message.includes('.output.')) return Object.values(needs).some(hasOpenOutput);
  return !message.includes('`needs') && /(\[-?\d+\]|\.(first|last))`/.test(message);
}

function hasOpenOutput(need: JsonValue): boolean {
  const result: JsonValue | undefined = Array.isArray(need) ? need[0] : need;
  const output = isJsonObject(result) ? result['output'] : undefined;
  return typeof output === 'object' && output !== null && Object.keys(output).length === 0;
}

function isAbout(failed: Failed, variable: TemplateVariable, data: TemplateData): boolean {
  const { line, column } = variable.place;
  if (failed.place.file !== variable.place.file) return false;
  if (failed.code === 'UNKNOWN_VARIABLE') {
    return failed.place.line === line && failed.place.column === column;
  }
  return failed.code === 'OBJECT_IN_TEXT' && variable.isPrinted && !isUsable(data, variable);
}

/** Whether the variable has a value, and one with a text of its own where it is alone. */
function isUsable(data: TemplateData, { path, isPrinted }: TemplateVariable): boolean {
  let value: JsonValue | undefined = data;
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return false;
    value = Reflect.get(value, name);
  }
  return !isPrinted || typeof value !== 'object' || value === null;
}

function withoutMisuse(data: TemplateData, path: readonly string[]): TemplateData | undefined {
  const [name, ...rest] = path;
  if (name === undefined) return undefined;
  const inner = data[name];
  if (rest.length === 0) return { ...data, [name]: '' };
  const fixed = withoutMisuse(isJsonObject(inner) ? inner : {}, rest);
  return fixed && { ...data, [name]: fixed };
}

function record(
  misuses: Map<string, Misuse>,
  failure: Failure,
  data: TemplateData,
  row: NamedRow,
): void {
  const { failed } = failure;
  const { file, line, column } = failed.place;
  const at = `${failed.code}:${file}:${line}:${column}`;
  let misuse = misuses.get(at);
  if (!misuse) {
    misuse = {
      ...failure,
      rows: newFindingList(),
      fields: fieldsOf(data.item),
      lastRow: undefined,
    };
    misuses.set(at, misuse);
  }
  // The combinations of a matrix share a row.
  if (misuse.rows.count > 0 && misuse.lastRow === row.number) return;
  misuse.lastRow = row.number;
  misuse.rows.add(rowFinding(failure, row, fieldsOf(data.item)));
}

function fieldsOf(item: JsonValue | undefined): readonly string[] {
  return isJsonObject(item) ? Object.keys(item) : [];
}

function rowFinding(
  { failed, variable }: Failure,
  row: NamedRow,
  fields: readonly string[],
): Finding {
  const { code } = failed;
  const { line, column, file } = failed.place;
  const named = variable ? `\`${variable.path.join('.')}\`` : 'a value';
  const what =
    code === 'UNKNOWN_VARIABLE'
      ? `has no ${named}, which ${file}:${line}:${column} needs`
      : `cannot be put into ${file}:${line}:${column}: ${failed.message}`;
  const hint = code === 'UNKNOWN_VARIABLE' ? rowHint(variable, fields) : failed.hint;
  return { code, severity: 'error', message: `row ${row.number} ${what}`, hint, place: row.place };
}

function rowHint(variable: TemplateVariable | undefined, fields: readonly string[]): string {
  const near = nearField(variable, fields);
  return near === undefined
    ? `give every row the value, or write \`| default: ""\` right after \`${writtenPath(variable?.path ?? ['item'])}\``
    : `this row has \`${near}\` instead`;
}

function nearField(
  variable: TemplateVariable | undefined,
  fields: readonly string[],
): string | undefined {
  const name = variable?.path[1];
  return name === undefined || name.length < 3 ? undefined : suggest(name, fields);
}

function misuseFindings(
  { failed, variable, rows, fields }: Misuse,
  rowCount: number,
  place: Place,
): readonly Finding[] {
  const isAboutRows = variable?.path[0] === 'item' && failed.code !== 'TEMPLATE_SYNTAX';
  if (isAboutRows && rows.count < rowCount) return rows.all(place);
  const { code, message } = failed;
  if (!isAboutRows || code !== 'UNKNOWN_VARIABLE') {
    return [{ code, severity: 'error', message, hint: failed.hint, place: failed.place }];
  }
  // Every row lacks it: the slip is in the text.
  const near = nearField(variable, fields);
  const listed = fields.slice(0, 10).map((field) => `\`${field}\``);
  const hint =
    near === undefined
      ? listed.length === 0
        ? 'the rows are plain values: write `item`'
        : `the rows have ${listed.join(', ')}`
      : `did you mean \`${writtenPath(['item', near])}\`?`;
  const written = `unknown variable \`${variable.path.join('.')}\``;
  return [{ code, severity: 'error', message: written, hint, place: variable.place }];
}
