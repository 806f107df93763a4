import type { Finding } from '../errors/finding.ts';
import { listed, suggest } from '../errors/suggest.ts';
import { writtenPath } from '../manifest/text-conditions.ts';
import type { TemplateData, TemplateVariable } from '../manifest/template.ts';
import { isJsonObject, type JsonValue } from '../ports/json.ts';

/** Finds optional fields that no row has: they are probably misspelled. */
export interface OptionalFields {
  see(data: TemplateData): void;
  findings(): readonly Finding[];
}

const MOST_NAMES = 1_000;

export function optionalFields(variables: readonly TemplateVariable[]): OptionalFields {
  const isRequired = (name: string): boolean =>
    variables.some(({ path, isOptional }) => !isOptional && path.join('\n') === name);
  const missing = new Map<string, TemplateVariable>();
  for (const variable of variables) {
    const name = variable.path.join('\n');
    const isField = variable.path[0] === 'item' && variable.path.length > 1;
    if (isField && variable.isOptional && !missing.has(name)) missing.set(name, variable);
  }
  const names = new Set<string>();
  let rows = 0;
  return {
    see(data) {
      rows += 1;
      if (missing.size === 0) return;
      for (const [name, { path }] of missing) {
        if (valueAt(data, path) !== undefined) missing.delete(name);
      }
      const { item } = data;
      if (!isJsonObject(item) || names.size > MOST_NAMES) return;
      for (const name of Object.keys(item)) names.add(name);
    },
    findings() {
      if (rows === 0) return [];
      return [...missing]
        .filter(([name]) => !isRequired(name))
        .map(([, variable]) => finding(variable, names));
    },
  };
}

export function valueAt(data: JsonValue, path: readonly string[]): JsonValue | undefined {
  let value: JsonValue | undefined = data;
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name))
      return undefined;
    value = Reflect.get(value, name);
  }
  return value;
}

function finding({ path, place }: TemplateVariable, names: ReadonlySet<string>): Finding {
  const [, field = '', ...rest] = path;
  const written = writtenPath(path);
  const near = names.has(field) ? undefined : suggest(field, names);
  const message = `no row has \`${written}\``;
  if (near !== undefined) {
    const hint = `did you mean \`${writtenPath(['item', near, ...rest])}\`?`;
    return { code: 'UNKNOWN_VARIABLE', severity: 'error', message, hint, place };
  }
  const hint =
    names.size === 0
      ? 'the rows are plain values: write `item`'
      : `check the name: the rows have ${listed([...names])}`;
  return { code: 'UNKNOWN_VARIABLE', severity: 'warning', message, hint, place };
}
