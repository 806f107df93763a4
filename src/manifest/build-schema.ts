import { suggest } from '../errors/suggest.ts';
import { isJsonObject, type JsonObject } from '../ports/json.ts';
import type { ProjectFiles } from '../ports/files.ts';
import { inTimeSlice } from '../ports/system-time-slice.ts';
import type { Work } from '../ports/work.ts';
import { loadCompiler } from './json-schema.ts';
import type { OutputSchema, ProviderSettings } from './manifest.ts';
import { outputSchema } from './output-schema.ts';
import type { ParseYaml } from './yaml-time-limit.ts';
import { besides, textIn } from './read-text.ts';
import type { FindingWords } from './collect-findings.ts';
import { KEYWORDS, unknownKeywords } from './schema-keywords.ts';
import { wordMap } from './word-set.ts';
import { shown } from './recognize-secrets.ts';
import { nodeAt, plainValue, type MapEntry, type Path, type SourceNode } from './source-node.ts';
import { readSource, type ManifestSource } from './manifest-source.ts';
import { readOnce, stringIn, type Reading, type Written } from './written-value.ts';
import { structuredOutput } from './structured-output.ts';
import { providerType } from './build-providers.ts';
import { tooMuchWork, YAML_BOUNDS } from '../errors/input-limits.ts';

/** Reads the values of `schema`, inline or `{file: …}`. Errors are reported once. */
export interface SchemaReader {
  /** Undefined if there is none, or after an error. */
  read(written: Written, providers: readonly string[]): Promise<OutputSchema | undefined>;
  readonly texts: ReadonlyMap<string, string>;
}

export interface SchemaReaderOptions extends Reading {
  readonly files: ProjectFiles;
  readonly parse: ParseYaml;
  readonly providers: ReadonlyMap<string, ProviderSettings>;
  readonly work: Work;
}

interface Placed {
  readonly source: ManifestSource;
  readonly node: SourceNode;
}

interface Built extends Placed {
  readonly schema: OutputSchema;
}

type Compiled =
  | { readonly schema: OutputSchema }
  | { readonly problems: ReadonlyArray<readonly [path: Path, words: FindingWords]> };

export function schemaReader(options: SchemaReaderOptions): SchemaReader {
  const { source, report, files, parse, providers, work } = options;
  const texts = new Map<string, string>();
  const builtFrom = readOnce(async (written) => {
    const placed = await find(written);
    return placed && build(placed);
  });
  /** Remembers schemas that a provider does not support, so that each is reported once. */
  const reported = new Set<string>();
  return { texts, read };

  async function read(
    written: Written,
    asked: readonly string[],
  ): Promise<OutputSchema | undefined> {
    const built = await builtFrom(written);
    if (built) for (const provider of asked) reportPromptUse(built, provider);
    return built?.schema;
  }

  async function find({ node, entries }: Written): Promise<Placed | undefined> {
    if (node?.kind !== 'map') return undefined;
    const [file, ...others] = entries;
    const name = file?.key === 'file' && others.length === 0 ? file.string : undefined;
    if (!file || name === undefined) return { source, node };
    const bytes = await files.read(name, { maxBytes: YAML_BOUNDS.bytes });
    const shownName = besides(source.file, name);
    const text = textIn(bytes, { file: shownName, place: file.place });
    if (typeof text !== 'string') {
      report.add([text]);
      return undefined;
    }
    texts.set(shownName, text);
    const read = await readSource(shownName, text, parse);
    report.add(read.findings);
    return read.source && { source: read.source, node: read.source.root };
  }

  async function build(placed: Placed): Promise<Built | undefined> {
    const json = plainValue(placed.node);
    if (!isJsonObject(json)) {
      report.error(placed.source.place(placed.node), notAMap);
      return undefined;
    }
    const unknown = unknownKeywords(placed.node);
    for (const each of unknown) {
      report.error(placed.source.keyPlace(each), unknownKeyword(each));
    }
    const made = await compiled(json);
    if ('schema' in made)
      return unknown.length > 0 ? undefined : { ...placed, schema: made.schema };
    for (const [path, words] of made.problems) report.error(placeAt(placed, path), words);
    return undefined;
  }

  async function compiled(json: JsonObject): Promise<Compiled> {
    const compile = await loadCompiler();
    const cpuMs = work.pieceMs();
    try {
      const sliced = inTimeSlice(cpuMs, (): Compiled => {
        const result = compile(json);
        if (result.ok) return { schema: outputSchema(json, result.violationsOf, work) };
        return {
          problems: result.violations.map(({ path, must }) => [path, badSchema(path, must)]),
        };
      });
      work.take(sliced.tookMs);
      if (sliced.ok) return sliced.value;
      await loadCompiler({ isReset: true });
      return { problems: [[[], tooMuchWork('compiling it', cpuMs)]] };
    } catch (error) {
      // Volley's messages do not end with a period.
      const why = error instanceof Error ? error.message.replace(/\.$/, '') : String(error);
      return { problems: [[[], badSchema([], why)]] };
    }
  }

  function reportPromptUse({ schema, ...placed }: Built, provider: string): void {
    const type = providerType(provider, providers);
    if (type === undefined || type === 'mock') return;
    const native = schema.native[type];
    if (native.ok || structuredOutput(provider, providers) === 'prompt') return;
    const place = placeAt(placed, native.path);
    const key = JSON.stringify([provider, place]);
    if (reported.has(key)) return;
    reported.add(key);
    const isAsked = providers.get(provider)?.structuredOutput === 'native';
    const message = noNativeForm(provider, native.path, native.why);
    if (isAsked) report.error(place, { code: 'BAD_SCHEMA', message, hint: ONLY_NATIVE });
    else report.warning(place, { code: 'SCHEMA_IN_PROMPT', message, hint: IN_PROMPT });
  }
}

function placeAt({ source, node }: Placed, path: Path) {
  for (let length = path.length; length > 0; length -= 1) {
    const found = nodeAt(node, path.slice(0, length));
    if (found) return source.place(found);
  }
  return source.place(node);
}

const notAMap: FindingWords = {
  code: 'BAD_SCHEMA',
  message: 'a JSON Schema for an answer is a map',
  hint: 'for example, write `{type: object, properties: {score: {type: integer}}, required: [score]}`',
};

/** If a key is not a keyword, it is often a field that the answer should have. */
function unknownKeyword({ key, value }: MapEntry): FindingWords {
  const near = suggest(key, KEYWORDS);
  const type = typeOf(value);
  return {
    code: 'BAD_SCHEMA',
    message: `\`${shown(key)}\` is not a keyword of JSON Schema`,
    hint:
      near !== undefined
        ? `did you mean \`${near}\`?`
        : type === undefined
          ? 'delete it, or put it under `properties` if it names one; keys that begin with `x-` are yours'
          : `write \`properties: { ${shown(key)}: { type: ${type} } }\``,
  };
}

/** The JSON Schema type that the user probably means by a value such as `string` or `int`. */
function typeOf(value: SourceNode): string | undefined {
  return TYPES.get(stringIn(value)?.toLowerCase() ?? '');
}

const TYPES = wordMap({
  string: 'string str text',
  integer: 'integer int',
  number: 'number float',
  boolean: 'boolean bool',
  array: 'array list',
  object: 'object dict',
});

function badSchema(path: Path, must: string): FindingWords {
  const last = path.at(-1);
  const what = last === undefined ? 'the schema' : `\`${shown(String(last))}\` in the schema`;
  return {
    code: 'BAD_SCHEMA',
    message: path.length === 0 ? `the schema cannot be used: ${must}` : `${what} ${must}`,
    hint: 'fix it: https://json-schema.org/understanding-json-schema/reference explains how each keyword is written',
  };
}

function noNativeForm(provider: string, path: Path, why: string): string {
  const at = path.map((step) => shown(String(step))).join('/');
  const where = path.length === 0 ? '' : `at \`/${at}\`: `;
  return `the structured output of \`${provider}\` does not support this schema: ${where}${why}`;
}

const ONLY_NATIVE = 'fix it, or set `structured_output: prompt` for the provider';
const IN_PROMPT =
  'the schema is added to the prompt instead, and the answer is still checked; set `structured_output: prompt` for the provider to confirm this';
