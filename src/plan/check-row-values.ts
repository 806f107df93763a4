import { listed, suggest } from '../errors/suggest.ts';
import type { Finding, Place } from '../errors/finding.ts';
import type { TaskTemplate } from '../manifest/manifest.ts';
import type { RenderResult, TemplateData, TemplateVariable } from '../manifest/template.ts';
import { writtenPath } from '../manifest/text-conditions.ts';
import { isJsonObject, type JsonValue } from '../ports/json.ts';
import { newFindingList, type FindingList } from './first-findings.ts';
import { optionalFields, valueAt } from './optional-fields.ts';
import { textsOf } from './template-data.ts';

interface NamedRow {
  /** Undefined without `for_each`. */
  readonly number: number | undefined;
  readonly place: Place;
}

/** Collects values that templates need, but that rows do not have, or have in an unusable form. */
export interface ValueCheck {
  /** Returns a promise only if something looks wrong, to render the texts and be sure. */
  check(
    data: TemplateData,
    row: NamedRow,
    options: { readonly isFirst: boolean },
  ): Promise<void> | undefined;
  findings(rowCount: number, place: Place): readonly Finding[];
}

export function valueCheck(
  template: TaskTemplate,
  variables: readonly TemplateVariable[],
): ValueCheck {
  const inRows = variables.filter(({ path, isOptional }) => path[0] === 'item' && !isOptional);
  const optional = optionalFields(variables);
  const errors = new Map<string, ValueError>();
  return {
    check(data, row, { isFirst }) {
      optional.see(data);
      const looked = isFirst ? variables : inRows;
      if (!isFirst && looked.every((variable) => isUsable(data, variable))) return undefined;
      return failuresOf(template, variables, data).then((failures) => {
        for (const failure of failures) record(errors, failure, data, row);
      });
    },
    findings: (rowCount, place) => [
      ...[...errors.values()].flatMap((error) => errorFindings(error, rowCount, place)),
      ...optional.findings(),
    ],
  };
}

type Failed = Extract<RenderResult, { ok: false }>;
interface Failure {
  readonly failed: Failed;
  readonly variable: TemplateVariable | undefined;
}

/** One place in a template that fails for some or all rows. */
interface ValueError extends Failure {
  readonly rows: FindingList;
  /** The fields of the first row for which the place fails. */
  readonly fields: readonly string[];
  lastRow: number | undefined;
}

/** All failures of one task. After each, it adds the missing value and renders again. */
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
      const fixed = variable && withValueAt(data, variable.path);
      if (!fixed) break;
      data = fixed;
    }
  }
  return failures;
}

const MAX_FAILURES = 20;

/** Whether the condition skips the task anyway, so that its other templates are not rendered. */
async function isLeftOut({ condition }: TaskTemplate, data: TemplateData): Promise<boolean> {
  if (!condition || condition.variables.some(({ path }) => path[0] === 'needs')) return false;
  const held = await condition.render(data);
  return held.ok && held.text === '';
}

/**
 * Whether the failure depends on an answer that is not known yet: `parts[2]` of a split answer, or
 * a field that no schema lists.
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

/** Whether the variable has a value, which must be text if it is printed. */
function isUsable(data: TemplateData, { path, isPrinted }: TemplateVariable): boolean {
  const value = valueAt(data, path);
  return value !== undefined && (!isPrinted || typeof value !== 'object' || value === null);
}

function withValueAt(data: TemplateData, path: readonly string[]): TemplateData | undefined {
  const [name, ...rest] = path;
  if (name === undefined) return undefined;
  const inner = data[name];
  if (rest.length === 0) return { ...data, [name]: '' };
  const fixed = withValueAt(isJsonObject(inner) ? inner : {}, rest);
  return fixed && { ...data, [name]: fixed };
}

function record(
  errors: Map<string, ValueError>,
  failure: Failure,
  data: TemplateData,
  row: NamedRow,
): void {
  const { failed } = failure;
  const { file, line, column } = failed.place;
  const at = `${failed.code}:${file}:${line}:${column}`;
  const fields = fieldsOf(data.item);
  const error = errors.get(at) ?? {
    ...failure,
    rows: newFindingList(),
    fields,
    lastRow: undefined,
  };
  errors.set(at, error);
  // Report a row only once: the combinations of a matrix share it.
  if (error.rows.count > 0 && error.lastRow === row.number) return;
  error.lastRow = row.number;
  error.rows.add(rowFinding(failure, row, fields));
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

function errorFindings(
  { failed, variable, rows, fields }: ValueError,
  rowCount: number,
  place: Place,
): readonly Finding[] {
  const isAboutRows = variable?.path[0] === 'item' && failed.code !== 'TEMPLATE_SYNTAX';
  if (isAboutRows && rows.count < rowCount) return rows.all(place);
  const { code, message } = failed;
  if (!isAboutRows || code !== 'UNKNOWN_VARIABLE') {
    return [{ code, severity: 'error', message, hint: failed.hint, place: failed.place }];
  }
  // Every row lacks the value, so the mistake is in the template.
  const hint =
    fields.length === 0
      ? 'the rows are plain values: write `item`'
      : `the rows have ${listed(fields)}`;
  const written = `unknown variable \`${variable.path.join('.')}\``;
  const near = nearField(variable, fields);
  const meant = near === undefined ? hint : `did you mean \`${writtenPath(['item', near])}\`?`;
  return [{ code, severity: 'error', message: written, hint: meant, place: variable.place }];
}
