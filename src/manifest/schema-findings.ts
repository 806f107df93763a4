import type { Finding, FindingCode, Place } from '../errors/finding.ts';
import { suggest } from '../errors/suggest.ts';
import { unknownKey } from './unknown-key.ts';
import { validate } from '../generated/manifest-validator.ts';
import { knownProviders } from './known-providers.ts';
import { shown } from './secrets.ts';
import { unitHint } from './units.ts';
import { nodeAt, pointerPath, type Path } from './source-node.ts';
import type { ManifestSource } from './manifest-source.ts';

/** A finding with the details that keep other checks from repeating it. */
export interface SchemaFinding extends Finding {
  readonly path: Path;
  readonly meant?: string;
  /** A more specific finding may replace it. */
  readonly isGeneral?: true;
  /** The value may be an API key, so no frame may show it. */
  readonly isSecret?: true;
}

/** Errors in the manifest's structure, each once, unordered. */
export function schemaFindings(source: ManifestSource): readonly SchemaFinding[] {
  const errors = withoutEchoes(schemaErrors(source));
  const unknown = errors
    .filter((error) => error.keyword === 'additionalProperties')
    // A syntax error can leave an empty key behind.
    .filter((error) => error.params['additionalProperty'] !== '' || !source.isBroken)
    .map((error) => unknownKeyFinding(error, source));
  const meant = meantKeys(unknown);
  const others = errors
    .filter((error) => error.keyword !== 'additionalProperties')
    .filter((error) => !isMeant(error, meant) && !isUnreadable(error, source))
    .map((error) => valueFinding(error, source));
  return [...unknown, ...others];
}

/** The parts of a validator error that are used here. */
interface SchemaError {
  readonly path: Path;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly parent: ParentSchema;
  readonly data: unknown;
  /** Whether the value is a list item. */
  readonly isItem: boolean;
}

/** A value of the wrong type also violates its enum. One finding is enough. */
function withoutEchoes(errors: readonly SchemaError[]): readonly SchemaError[] {
  const mistyped = new Set(
    errors.filter(({ keyword }) => keyword === 'type').map(({ path }) => path.join('\n')),
  );
  return (
    errors
      .filter(({ keyword, path }) => keyword !== 'enum' || !mistyped.has(path.join('\n')))
      // A task needs one of two keys. Ask for the better-known one.
      .filter(
        ({ keyword, params }) => keyword !== 'anyOf' && params['missingProperty'] !== 'messages',
      )
  );
}

interface ParentSchema {
  readonly $comment?: string;
  readonly enum?: readonly unknown[];
  readonly examples?: readonly unknown[];
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly type?: string | readonly string[];
}

function schemaErrors({ value, root }: ManifestSource): readonly SchemaError[] {
  if (validate(value)) return [];
  return (validate.errors ?? []).slice(0, MOST_ERRORS).map((error): SchemaError => {
    const path = pointerPath(error.instancePath);
    return {
      path,
      keyword: error.keyword,
      params: error.params,
      parent: error.parentSchema,
      data: error.data,
      isItem: path.length > 0 && nodeAt(root, path.slice(0, -1))?.kind === 'list',
    };
  });
}

/** Far more errors than Volley shows, but sorting by place needs a limit too. */
const MOST_ERRORS = 10_000;

function unknownKeyFinding(error: SchemaError, source: ManifestSource): SchemaFinding {
  const key = String(error.params['additionalProperty']);
  const path = [...error.path, key];
  const { code, message, hint, meant } =
    promptAsKey(key, error.path, source) ??
    roleAsKey(key, error.path, source) ??
    unknownKey(key, error.path, error.parent.properties ?? {});
  return {
    code,
    severity: 'error',
    message,
    hint,
    place: source.keyPlaceAt(path),
    path,
    ...(code === 'SECRET_IN_MANIFEST' ? { isSecret: true } : {}),
    ...(meant === undefined ? {} : { meant }),
  };
}

/** YAML reads `- Translate this: hello` as a task with one unknown key. */
function promptAsKey(key: string, path: Path, { root, text }: ManifestSource) {
  const node = nodeAt(root, path);
  if (path.length !== 2 || path[0] !== 'tasks' || !/\S\s+\S/.test(key)) return undefined;
  if (node?.kind !== 'map' || node.entries.length > 1) return undefined;
  const written = shown(text.slice(node.start, node.end).trim());
  return {
    code: 'UNKNOWN_KEY',
    message: `\`${shown(key)}\` is read as a key, because of the \`:\` after it`,
    hint: `put the whole prompt in quotes: \`- '${written.replaceAll("'", "''")}'\``,
    meant: 'prompt',
  } as const;
}

/** Explains `- user: hi` in `messages`. */
function roleAsKey(key: string, path: Path, { root }: ManifestSource) {
  const node = nodeAt(root, path);
  const [only, ...others] = node?.kind === 'map' ? node.entries : [];
  if (path.at(-2) !== 'messages' || others.length > 0 || !ROLES.has(key)) return undefined;
  const text = only?.value.kind === 'scalar' ? shown(JSON.stringify(only.value.value)) : '…';
  return {
    code: 'UNKNOWN_KEY',
    message: `\`${key}\` is a role, not a key of a message`,
    hint:
      key === 'system'
        ? 'write this text as the `system` of the task'
        : `write \`{ role: ${key}, content: ${text} }\``,
    meant: 'message',
  } as const;
}

const ROLES: ReadonlySet<string> = new Set(['user', 'assistant', 'system', 'developer']);

/**
 * The keys that the user probably meant. `promt: …` is one mistake: do not also report the missing
 * `prompt`.
 */
function meantKeys(unknown: readonly SchemaFinding[]): ReadonlySet<string> {
  return new Set(unknown.map(({ path, meant }) => [...path.slice(0, -1), meant].join('\n')));
}

function isMeant(error: SchemaError, meant: ReadonlySet<string>): boolean {
  const missing = error.params['missingProperty'];
  const names = [missing, missing === 'prompt' ? 'messages' : 'message'];
  return (
    error.keyword === 'required' &&
    names.some((name) => meant.has([...error.path, name].join('\n')))
  );
}

function isUnreadable(error: SchemaError, source: ManifestSource): boolean {
  const node = nodeAt(source.root, error.path);
  return node !== undefined && source.isUnreadable(node);
}

function valueFinding(error: SchemaError, source: ManifestSource): SchemaFinding {
  const { path, isItem, data } = error;
  // An empty value has no characters, so point to its key.
  const place: Place =
    data === null && !isItem ? source.keyPlaceAt(path) : source.valuePlaceAt(path);
  const { hint, ...words } = explained(error, source);
  return { severity: 'error', place, path, ...words, ...(hint !== undefined && { hint }) };
}

interface Words {
  readonly code: FindingCode;
  readonly message: string;
  readonly hint: string | undefined;
  readonly isGeneral?: true;
  readonly isSecret?: true;
}

function explained(error: SchemaError, source: ManifestSource): Words {
  const { keyword, params, parent, data, path, isItem } = error;
  const name = nameOf(path, isItem);
  const title = parent.$comment ?? 'value';
  const value = `\`${shown(plainText(data))}\``;
  const example = exampleHint(parent, path, isItem);
  const bad = { code: 'BAD_VALUE', hint: example } as const;
  if (title === 'name of an environment variable' && /^(?:type|pattern)$/.test(keyword)) {
    return notAVariable(name);
  }
  switch (keyword) {
    case 'required':
      return missing(String(params['missingProperty']), name);
    case 'type':
      if (path.length === 0) return notAMap(data);
      return data === null && !isItem
        ? {
            code: 'WRONG_TYPE',
            message: `${name} has no value`,
            hint: 'give it a value, or delete the key',
          }
        : {
            code: 'WRONG_TYPE',
            message: `${name} must be ${withArticle(title)}, not ${described(data)}`,
            hint: typeHint(error, title, source) ?? example,
          };
    case 'enum':
      return notInEnum(plainText(data), listOf(params['allowedValues']), title);
    case 'pattern':
      return {
        ...bad,
        code: title === 'task id' ? 'BAD_ID' : 'BAD_VALUE',
        message: `${value} is not ${withArticle(title)}`,
        isGeneral: true,
      };
    case 'minimum':
    case 'exclusiveMinimum':
    case 'maximum': {
      const bound = `${BOUNDS[keyword]} ${String(params['limit'])}`;
      return { ...bad, message: `${name} is ${value}, but must be ${bound}`, isGeneral: true };
    }
    default:
      return { ...bad, message: `${name} must be ${withArticle(title)}` };
  }
}

const BOUNDS = { minimum: 'at least', exclusiveMinimum: 'more than', maximum: 'at most' };

function listOf(values: unknown): readonly string[] {
  return Array.isArray(values) ? values.map(String) : [];
}

function notInEnum(written: string, allowed: readonly string[], title: string): Words {
  const isSystem = title === 'role' && (written === 'system' || written === 'developer');
  const readyMade = title === 'wire format' ? knownProviders.get(written) : undefined;
  const near = suggest(written, allowed);
  const list = oneOf(allowed);
  return {
    code: 'BAD_VALUE',
    message: `\`${shown(written)}\` is not ${isSystem ? 'the role of a message' : withArticle(title)}`,
    hint: isSystem
      ? 'write this text as the `system` of the task'
      : readyMade
        ? `write \`type: ${readyMade.type}\`, or delete the entry and use \`${written}/MODEL\``
        : near === undefined
          ? list
          : `did you mean \`${near}\`? (${list})`,
  };
}

/** What usually helps if a value has the wrong type. */
function typeHint(
  { parent, data, path }: SchemaError,
  title: string,
  source: ManifestSource,
): string | undefined {
  const text = plainText(data);
  const isPlain = typeof data === 'number' || typeof data === 'boolean';
  const isTaken = parent.enum?.includes(text) ?? true;
  if (title === 'true or false') return booleanHint(text.toLowerCase());
  if (title === 'duration' && typeof data === 'number') return unitHint(data);
  if (isPlain && isTaken && [parent.type].flat().includes('string')) {
    return `put it in quotes: \`"${writtenAs(source, path)}"\``;
  }
  if (title === 'list of tasks') return listHint(data);
  if (path.at(-1) === 'for_each' && typeof data === 'string') return rowsHint(shown(data));
  if (title === 'JSON Schema' && ROW_FILE.test(text)) {
    return `write \`${path.at(-1)}: { file: ${shown(text)} }\``;
  }
  if (title.startsWith('list of') && !title.includes('{') && isPlainValue(data)) {
    return `write it in brackets: \`[${shown(text)}]\``;
  }
  if (title === 'text or `{file: …}`') return TEXT_HINT;
  return parent.enum && oneOf(parent.enum.map(String));
}

/** Users often write a path or pattern directly after `for_each:`. */
function rowsHint(written: string): string {
  const key = /[*?[\]{}]/.test(written)
    ? 'glob'
    : ROW_FILE.test(written)
      ? 'file'
      : /[/.]/.test(written) && !/\s/.test(written)
        ? 'glob'
        : undefined;
  return key === undefined
    ? `write it in brackets: \`[${written}]\``
    : `write \`for_each: { ${key}: ${/^[*?[{!&|>%@]/.test(written) ? `"${written}"` : written} }\``;
}

export const ROW_FILE = /^[^*?{}\s]*\.(?:csv|tsv|tab|jsonl|ndjson|json|ya?ml|txt|parquet)$/i;

function oneOf(allowed: readonly string[]): string {
  return `${allowed.length === 1 ? 'write' : 'one of'} ${allowed.map((each) => `\`${each}\``).join(', ')}`;
}

function missing(key: string, name: string): Words {
  if (key === 'tasks') {
    return {
      code: 'NO_TASKS',
      message: 'the manifest has no `tasks`',
      hint: 'for example, write `tasks: ["What is 2+2?"]`',
    };
  }
  return {
    code: 'MISSING_KEY',
    message: `${name} has no \`${key}\``,
    hint: HOW_TO_ADD[key] ?? `add \`${key}: …\``,
  };
}

function notAMap(data: unknown): Words {
  return {
    code: 'WRONG_TYPE',
    message: `a manifest is a map of keys, not ${described(data)}`,
    hint: Array.isArray(data)
      ? 'put the list under `tasks:`'
      : 'for example, write `tasks: ["What is 2+2?"]`',
  };
}

/**
 * The message does not quote the value: if it is the key itself, it must not appear in a CI log.
 */
function notAVariable(name: string): Words {
  return {
    code: 'BAD_VALUE',
    message: `${name} must be the name of an environment variable`,
    hint: 'for example, write `LOCAL_LLM_KEY`: letters, digits and `_`; never the value itself',
    isSecret: true,
  };
}

const TEXT_HINT = 'write the text itself, or `{file: prompts/task.md}`';

const HOW_TO_ADD: Readonly<Record<string, string>> = {
  prompt: 'add `prompt: …`, or `prompt: {file: prompts/task.md}`',
  file: TEXT_HINT,
};

function exampleHint(parent: ParentSchema, path: Path, isItem: boolean): string | undefined {
  const examples = (parent.examples ?? []).slice(0, 3).map(flowYaml);
  if (examples.length === 0) return undefined;
  const isKeyed = parent.type === 'object' || parent.type === 'array';
  const bare = examples.map((each) => (isKeyed ? each : each.replace(/^"([^"\\\n]*)"$/, '$1')));
  const last = path.at(-1);
  return isKeyed && last !== undefined && !isItem
    ? `for example, write \`${last}: ${bare[0]}\``
    : `for example, write ${bare.map((each) => `\`${each}\``).join(', ')}`;
}

/** The value as a person would write it in YAML: `{max_cost_usd: 5}`. */
function flowYaml(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(flowYaml).join(', ')}]`;
  const entries = Object.entries(value).map(([key, each]) => `${key}: ${flowYaml(each)}`);
  return `{${entries.join(', ')}}`;
}

function booleanHint(word: string): string {
  if (['yes', 'on', 'y', 'true'].includes(word)) return 'write `true`';
  if (['no', 'off', 'n', 'false'].includes(word)) return 'write `false`';
  return 'write `true` or `false`';
}

/** `tasks.2.prompt` becomes `prompt`; a list item becomes `entry 3 of tasks`. */
function nameOf(path: Path, isItem: boolean): string {
  const last = path.at(-1);
  if (last === undefined) return 'the manifest';
  if (!isItem) return `\`${shown(String(last))}\``;
  const list = path.at(-2);
  const place = Number(last) + 1;
  return list === 'tasks' ? `task ${place}` : `entry ${place} of \`${shown(String(list))}\``;
}

function described(data: unknown): string {
  if (data === null) return 'nothing';
  if (Array.isArray(data)) return 'a list';
  if (typeof data === 'object') return 'a map';
  if (typeof data === 'string') return `the text \`${shown(data)}\``;
  return typeof data === 'number' ? `the number \`${data}\`` : `\`${plainText(data)}\``;
}

/** The hint for a map of tasks by name, or for a single task. */
function listHint(data: unknown): string {
  const [first] = typeof data === 'object' && data ? Object.entries(data) : [];
  return typeof first?.[1] === 'object'
    ? `write each task as \`- id: ${shown(first[0])}\``
    : 'begin each task with `- `';
}

/** Lists and maps have no text. Their keys could break `String`. */
function plainText(data: unknown): string {
  return isPlainValue(data) ? String(data) : '';
}

function isPlainValue(data: unknown): boolean {
  return typeof data === 'string' || typeof data === 'number' || typeof data === 'boolean';
}

function writtenAs(source: ManifestSource, path: Path): string {
  const node = nodeAt(source.root, path);
  return node ? shown(source.text.slice(node.start, node.end)) : '…';
}

function withArticle(title: string): string {
  if (/^(`|(text|true|prices) )/.test(`${title} `)) return title;
  return `${/^[aeio]/i.test(title) ? 'an' : 'a'} ${title}`;
}
