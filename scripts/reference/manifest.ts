import { table } from './table.ts';

/** The part of JSON Schema that the manifest schema uses to describe keys. */
export interface KeySchema {
  readonly $ref?: string;
  /** The name of its type. */
  readonly $comment?: string;
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly examples?: readonly unknown[];
  readonly properties?: Readonly<Record<string, KeySchema>>;
  readonly additionalProperties?: boolean | KeySchema;
  readonly items?: KeySchema;
  readonly $defs?: Readonly<Record<string, KeySchema>>;
}

interface Section {
  readonly path: string;
  readonly schema: KeySchema;
}

/** Every key of a manifest, grouped by place, with the descriptions in the schema. */
export function manifestReference(root: KeySchema): string {
  const waiting: Section[] = [{ path: '', schema: root }];
  const placeOf = new Map<KeySchema, string>();
  const texts: string[] = [];
  for (let section = waiting.shift(); section; section = waiting.shift()) {
    const { path, schema } = section;
    texts.push(path === '' ? '## Top level' : `## \`${path}\``);
    if (path !== '' && schema.description !== undefined) texts.push(schema.description);
    if (path === 'defaults') {
      texts.push('Accepts the task keys marked with `•` under [`tasks[]`](#tasks).');
      continue;
    }
    const shared = path === 'tasks[]' ? root.properties?.['defaults']?.properties : undefined;
    const below: Section[] = [];
    const rows = Object.entries(schema.properties ?? {}).map(([key, written]) => {
      const target = resolved(written, root);
      const place = path === '' ? key : `${path}.${key}`;
      const inner = innerSection(place, target, root);
      const known = inner && placeOf.get(keysOf(inner.schema));
      if (inner && known === undefined) {
        placeOf.set(keysOf(inner.schema), inner.path);
        below.push(inner);
      }
      const link = inner
        ? ` See [\`${known ?? inner.path}\`](#${anchor(known ?? inner.path)}).`
        : '';
      return [
        `\`${key}\`${shared && key in shared ? ' •' : ''}`,
        typeOf(written, target),
        `${written.description ?? target.description ?? ''}${link}`,
        exampleOf(written, target),
      ];
    });
    // Each section is followed by those below it.
    waiting.unshift(...below);
    if (rows.length > 0) texts.push(table(['key', 'value', 'what it means', 'example'], rows));
  }
  return texts.join('\n\n');
}

function resolved(schema: KeySchema, root: KeySchema): KeySchema {
  const name = schema.$ref?.split('/').at(-1);
  const target = name === undefined ? undefined : root.$defs?.[name];
  return target
    ? { ...target, ...withoutRef(schema), properties: target.properties ?? {} }
    : schema;
}

function withoutRef({ $ref: _ref, ...rest }: KeySchema): KeySchema {
  return rest;
}

/** The keys below a key: those of a map, of each entry of a map, or of each item of a list. */
function innerSection(path: string, schema: KeySchema, root: KeySchema): Section | undefined {
  if (hasKeys(schema)) return { path, schema };
  const { additionalProperties: entries, items } = schema;
  if (typeof entries === 'object') {
    const entry = resolved(entries, root);
    if (hasKeys(entry)) return { path: `${path}.NAME`, schema: entry };
  }
  const item = items && resolved(items, root);
  return item && hasKeys(item) ? { path: `${path}[]`, schema: item } : undefined;
}

/** True if there are more keys than in `{file: …}`, which the name of the type already shows. */
function hasKeys({ properties = {} }: KeySchema): boolean {
  const keys = Object.keys(properties);
  return keys.length > 1 || (keys.length === 1 && keys[0] !== 'file');
}

function keysOf(schema: KeySchema): KeySchema {
  return schema.properties ?? schema;
}

function typeOf(written: KeySchema, target: KeySchema): string {
  const words = target.enum ?? written.enum;
  if (words) return words.map((word) => `\`${String(word).replaceAll('\t', '\\t')}\``).join(', ');
  return written.$comment ?? target.$comment ?? '';
}

function exampleOf(written: KeySchema, target: KeySchema): string {
  const [example] = written.examples ?? target.examples ?? [];
  if (example === undefined || target.enum) return '';
  const text = typeof example === 'string' ? example : flow(example);
  return text.includes('`') || text.includes('\n') ? '' : `\`${text}\``;
}

/** Writes a value in YAML's flow style. */
function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  return `{ ${Object.entries(value)
    .map(([key, each]) => `${key}: ${flow(each)}`)
    .join(', ')} }`;
}

/** The anchor that GitHub gives to a heading. */
function anchor(path: string): string {
  return path.toLowerCase().replaceAll(/[^\w-]/g, '');
}
