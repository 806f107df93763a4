import type { Finding } from '../errors/finding.ts';
import type { ReadRows } from './manifest.ts';
import type { Template, TemplateVariable } from './template.ts';

/**
 * Reports conditions that test values that are always text. Any text is true, even `false` and
 * empty text. This is an error in `if`, which decides whether a task is sent, and a warning
 * elsewhere.
 */
export function textConditionFindings(
  condition: Template | undefined,
  texts: ReadonlyArray<Template | undefined>,
  rows: ReadRows | undefined,
): readonly Finding[] {
  const kind = rows && textRows(rows);
  if (kind === undefined) return [];
  const found = (template: Template | undefined, severity: Finding['severity']): Finding[] =>
    (template?.variables ?? [])
      .filter(({ path, isAsked }) => path[0] === 'item' && isAsked)
      .map((variable) => finding(variable, kind, severity));
  return [...found(condition, 'error'), ...texts.flatMap((template) => found(template, 'warning'))];
}

function textRows(rows: ReadRows): string | undefined {
  if (rows.kind === 'list') return undefined;
  if (rows.kind !== 'file') return 'file name or text';
  if (rows.format === 'csv') return 'CSV value';
  return rows.format === 'lines' ? 'line' : undefined;
}

function finding(
  { path, place, isAsked }: TemplateVariable,
  kind: string,
  severity: Finding['severity'],
): Finding {
  const name = `\`${writtenPath(path)}\``;
  return { code: 'TEXT_AS_BOOLEAN', severity, ...words(name, kind, isAsked), place };
}

function words(
  name: string,
  kind: string,
  isAsked: TemplateVariable['isAsked'] = 'alone',
): Pick<Finding, 'message' | 'hint'> {
  const path = name.slice(1, -1);
  const hint = `write \`${path} == "true"\`, or \`${path} != blank\` to check whether it has a value`;
  switch (isAsked) {
    case 'as a number':
      return {
        message: `${name} is never equal to a number: a ${kind} is text`,
        hint: 'put the number in quotes',
      };
    case 'as a quoted number':
      return {
        message: `${name} is compared letter by letter, so \`"9"\` is more than \`"10"\`: a ${kind} is text`,
        hint: 'write the number without quotes to compare by size',
      };
    case 'as true or false':
      return {
        message: `${name} is never equal to \`true\` or \`false\`: a ${kind} is text`,
        hint,
      };
    case 'alone':
      return {
        message: `${name} is always true: a ${kind} is text, and even \`"false"\` and empty text count as true`,
        hint,
      };
  }
}

export function writtenPath([root = '', ...rest]: readonly string[]): string {
  return (
    root +
    rest.map((name) => (/^[A-Za-z_][\w-]*$/.test(name) ? `.${name}` : `["${name}"]`)).join('')
  );
}
