import type { Finding, Place } from '../errors/finding.ts';
import { validate } from '../generated/manifest-validator.ts';
import type { ManifestSource } from './manifest-source.ts';
import { explained, type SchemaError } from './schema-error-words.ts';
import { shown } from './recognize-secrets.ts';
import { nodeAt, pointerPath, type Path } from './source-node.ts';
import { unknownKey } from './unknown-key.ts';

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
        ? "write this text as the task's `system`"
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
