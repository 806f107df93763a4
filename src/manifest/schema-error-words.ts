import type { FindingCode } from '../errors/finding.ts';
import { suggest } from '../errors/suggest.ts';
import { knownProviders } from './known-providers.ts';
import type { ManifestSource } from './manifest-source.ts';
import { shown } from './recognize-secrets.ts';
import { nodeAt, type Path } from './source-node.ts';
import { unitHint } from './durations-and-counts.ts';

/** The parts of a validator error that are used here. */
export interface SchemaError {
  readonly path: Path;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly parent: ParentSchema;
  readonly data: unknown;
  /** Whether the value is a list item. */
  readonly isItem: boolean;
}

interface ParentSchema {
  readonly $comment?: string;
  readonly enum?: readonly unknown[];
  readonly examples?: readonly unknown[];
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly type?: string | readonly string[];
}

interface Words {
  readonly code: FindingCode;
  readonly message: string;
  readonly hint: string | undefined;
  readonly isGeneral?: true;
  readonly isSecret?: true;
}

/** What is wrong with a value, and what usually helps. */
export function explained(error: SchemaError, source: ManifestSource): Words {
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
            hint: unreadHint(error, source) ?? 'give it a value, or delete the key',
          }
        : {
            code: 'WRONG_TYPE',
            message: `${name} must be ${withArticle(title)}, not ${described(data)}`,
            hint: unreadHint(error, source) ?? typeHint(error, title, source) ?? example,
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
      ? "write this text as the task's `system`"
      : readyMade
        ? `write \`type: ${readyMade.type}\`, or delete the entry and use \`${written}/MODEL\``
        : near === undefined
          ? list
          : `did you mean \`${near}\`? (${list})`,
  };
}

/** A hint for text that YAML does not read as a value: `- # text` and `prompt: &text`. */
function unreadHint({ data, path }: SchemaError, { root, text }: ManifestSource) {
  const node = nodeAt(root, path);
  if (data !== null || !node) return undefined;
  const from = text.lastIndexOf('\n', node.start - 1) + 1;
  const [line = ''] = text.slice(from, from + 500).split('\n', 1);
  const written = /(?::|^\s*-)[ \t]+([#&].*?)\s*$/.exec(line)?.[1];
  if (written === undefined) return undefined;
  const reading = written.startsWith('#') ? 'a comment' : 'the name of a value';
  return `if it is text, put \`${shown(written)}\` in quotes: YAML reads it as ${reading}`;
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
