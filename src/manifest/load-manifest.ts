import { errorCount, type Finding } from '../errors/finding.ts';
import type { FileResult, ProjectFiles } from '../ports/files.ts';
import type { JsonValue } from '../ports/json.ts';
import { DEFAULT_BOUNDS, YAML_BOUNDS, type Bounds } from '../errors/input-limits.ts';
import { newWork, type Work } from '../ports/work.ts';
import { buildContext } from './build-context.ts';
import { buildBudget } from './build-budget.ts';
import { buildPrices } from './build-prices.ts';
import { readPriceFile } from './read-price-file.ts';
import { buildOutput, buildResponseCache } from './build-output.ts';
import { buildProviders } from './build-providers.ts';
import { buildRun, reportIdleDeadline } from './build-run.ts';
import { schemaReader } from './build-schema.ts';
import { buildTasks } from './build-tasks.ts';
import { finalFindings } from './final-findings.ts';
import { reportSecrets, withoutRanges } from './report-secrets.ts';
import {
  INCLUDED_PARTS,
  type IncludedPart,
  type Manifest,
  type ModelName,
  type RunMode,
} from './manifest.ts';
import { parseModelName } from './model-name.ts';
import { parseBounded, type ParseOutcome, type ParseYaml } from './yaml-time-limit.ts';
import { textIn, textReader, type TextReader } from './read-text.ts';
import { newReport, type Report, knownErrorsOf } from './collect-findings.ts';
import { schemaFindings } from './schema-findings.ts';
import { maskSecrets } from './recognize-secrets.ts';
import { varUses } from './unused-set-values.ts';
import { plainMap } from './source-node.ts';
import { manifestTooLarge, readSource, type ManifestSource } from './manifest-source.ts';
import { MOST_VARIABLE_USES } from './task-variables.ts';
import type { Template } from './template.ts';
import { writtenIn, type Written } from './written-value.ts';
import { reportWrittenValues } from './likely-mistakes.ts';

export interface LoadOptions {
  readonly files: ProjectFiles;
  /** The manifest's text if the caller has it. `file` is then only a name to show. */
  readonly text?: string;
  /** Reads a file that the user named: the manifest or one of `overrides.contextFiles`. */
  readonly readText: ReadText;
  readonly overrides?: Overrides;
  /** Values that override the manifest's `vars`. */
  readonly set?: Readonly<Record<string, string>>;
  /**
   * Whether to send all prompts unchanged instead of rendering them. The text may then also be a
   * bare list of tasks.
   */
  readonly literalPrompts?: boolean;
  readonly bounds?: Bounds;
  /** The remaining work; default: all of `bounds`. */
  readonly work?: Work;
  /** Default: `parseBounded`. */
  readonly parse?: ParseYaml;
}

export type ReadText = (file: string, maxBytes: number) => Promise<FileResult<Uint8Array>>;

/** Settings from outside, such as flags. Each overrides the manifest's own. */
export interface Overrides {
  readonly model?: string;
  readonly maxTokens?: number;
  readonly maxRetries?: number;
  readonly maxConcurrent?: number;
  readonly timeoutMs?: number;
  readonly failFast?: boolean;
  /** For every task. */
  readonly mode?: RunMode;
  /** The time from now within which all answers must arrive. */
  readonly deadlineMs?: number;
  /** Added after the manifest's own context: first the strings, then the files. */
  readonly contextTexts?: readonly string[];
  readonly contextFiles?: readonly string[];
  /** Replaces `results.include`. */
  readonly include?: readonly IncludedPart[];
  /** Replaces `budget.max_cost_usd`. Uses the highest known price of each model. */
  readonly maxCostUsd?: number;
  /** With `maxCostUsd`: whether to accept prices that are given only in the manifest. */
  readonly trustPrices?: boolean;
  /** With `maxCostUsd`: names in `params` that do not affect the price. */
  readonly allowParams?: readonly string[];
  /** YAML or JSON, read with `readText`. */
  readonly pricesFile?: string;
}

export type LoadResult =
  | { readonly ok: true; readonly manifest: Manifest; readonly warnings: readonly Finding[] }
  | {
      readonly ok: false;
      /** Up to 50, sorted by place, each with a frame. */
      readonly findings: readonly Finding[];
      readonly omittedErrors: number;
    };

/** Reads and checks a whole manifest. Reads no environment. Does not throw for user errors. */
export async function loadManifest(file: string, options: LoadOptions): Promise<LoadResult> {
  const text = options.text ?? (await readManifest(file, options.readText));
  if (typeof text !== 'string') return { ok: false, findings: [text], omittedErrors: 0 };
  const { parse = parseBounded, literalPrompts = false } = options;
  const { source, findings } = await readSource(
    file,
    text,
    literalPrompts ? withListAsTasks(parse) : parse,
  );
  if (!source) return failed(findings, text);
  return checkManifest(source, findings, options);
}

/**
 * Reads a bare list, or one JSON object per line, as the `tasks` of a manifest. Commas replace the
 * line breaks between objects, so that findings have the places of the user's text.
 */
function withListAsTasks(parse: ParseYaml): ParseYaml {
  return async (given) => {
    const isLines = TASK_START.test(given);
    const text = isLines
      ? `[${given.replaceAll(BETWEEN_OBJECTS, (end) => ','.padStart(end.length))}]`
      : given;
    const parsed = await parse(text);
    const outcome = isLines && parsed.ok ? withPlacesMoved(parsed) : parsed;
    if (!outcome.ok || outcome.parsed.root?.kind !== 'list') return outcome;
    const { root: value } = outcome.parsed;
    const { start, end } = value;
    const entries = [{ key: 'tasks', keyStart: start, keyEnd: start, value }];
    const root = { kind: 'map', start, end, entries } as const;
    return { ok: true, parsed: { ...outcome.parsed, root } };
  };
}

/** The start of a task, not of the manifest that `ask` writes for `--base-url`. */
const TASK_START = /^\s*\{(?!"tasks":)/;
/** JSON never has this within one value. */
const BETWEEN_OBJECTS = /(?<=\}[ \t]*)\r?\n(?=\s*\{)/g;
const PLACES = new Set(['start', 'end', 'keyStart', 'keyEnd', 'mentions']);

/** Moves all places to the left by one, for the bracket that the text did not have. */
function withPlacesMoved(outcome: ParseOutcome & { readonly ok: true }): ParseOutcome {
  return JSON.parse(JSON.stringify(outcome), (key, value: unknown) =>
    PLACES.has(key) && typeof value === 'number' ? Math.max(0, value - 1) : value,
  );
}

const CONTEXT_FILE_BYTES = 10 * 1024 * 1024;

async function readManifest(file: string, readText: ReadText): Promise<string | Finding> {
  const bytes = await readText(file, YAML_BOUNDS.bytes);
  const text = textIn(bytes, { file, place: { file, line: 1, column: 1 } });
  const isTooLarge = typeof text !== 'string' && text.code === 'FILE_TOO_LARGE';
  return isTooLarge ? manifestTooLarge(file) : text;
}

function failed(findings: readonly Finding[], text: string): LoadResult {
  const masked = maskSecrets(text.replace(/^\uFEFF/, ''));
  return { ok: false, ...finalFindings([], findings, () => masked) };
}

async function checkManifest(
  source: ManifestSource,
  yamlFindings: readonly Finding[],
  options: LoadOptions,
): Promise<LoadResult> {
  const { overrides = {}, set = {}, bounds = DEFAULT_BOUNDS } = options;
  const { work = newWork(bounds) } = options;
  const effort = { work, promptChars: bounds.promptChars };
  const { report, findings } = newReport();
  report.add(yamlFindings);
  const context = { source, report };
  const schema = schemaFindings(source);
  const knownErrors = knownErrorsOf(schema);
  const { hidden, redundant } = reportSecrets(schema, context);
  const root = writtenIn(source, report, schema);
  const providers = buildProviders(root.get('providers'));
  const run = buildRun(root, overrides);
  const vars = buildVars(root.get('vars'), set);
  const scope = {
    vars: Object.keys(vars),
    invalid: new Set(root.get('vars').hasError ? ['vars'] : []),
    budget: { left: MOST_VARIABLE_USES },
    checked: new Set<Template>(),
    uses: varUses(),
  };
  const texts = { ...context, files: options.files, isLiteral: options.literalPrompts ?? false };
  await reportWrittenValues(texts);
  const reader = textReader({ ...texts, effort });
  const { files, parse = parseBounded } = options;
  const schemas = schemaReader({ ...context, files, parse, providers, work });
  const declared = new Set(root.get('providers').named.map(({ key }) => key));
  const tasks = await buildTasks({
    ...context,
    root,
    bounds,
    effort,
    providers,
    declared,
    reader,
    schemas,
    knownErrors,
    scope,
    mode: run.mode ?? 'realtime',
    overrides: { ...overrides, model: overridingModel(overrides.model, declared, report) },
  });
  const prefix = await buildContext(
    {
      context: root.get('context'),
      added: await addedContext(overrides, options.readText, reader, report),
      vars,
      known: scope.invalid.has('vars')
        ? undefined
        : { vars: scope.vars, item: 'none', matrix: 'none' },
      uses: scope.uses,
    },
    reader,
    report,
  );
  // Report unused values only if everything was read, because unread parts might use them.
  if (errorCount(findings) === 0 && schema.length === 0) {
    report.add(scope.uses.unused(Object.keys(set), Object.keys(vars)));
  }
  reportIdleDeadline({ tasks, run }, root.get('run').get('deadline'), report);
  const output = buildOutput(root.get('output'));
  const responseCache = buildResponseCache(root.get('response_cache'));
  const budget = buildBudget(root.get('budget'), overrides);
  const prices = buildPrices(root.get('prices'));
  const priceFile = await readPriceFile(options, report);
  const shownTexts = new Map<string, string | undefined>([...schemas.texts, ...reader.texts])
    .set(overrides.pricesFile ?? '', priceFile.text)
    .set(source.file, withoutRanges(source.text, hidden));
  const shape = schema.filter((finding) => !redundant.has(finding));
  const final = finalFindings(shape, findings, (name) => {
    const text = shownTexts.get(name);
    return text === undefined ? undefined : maskSecrets(text);
  });
  if (final.findings.some(({ severity }) => severity === 'error')) return { ok: false, ...final };
  const include = overrides.include ?? includedParts(root);
  const manifest: Manifest = {
    file: source.file,
    bounds,
    work,
    name: root.get('name').string,
    vars,
    context: prefix,
    providers,
    run,
    ...(budget && { budget }),
    ...(prices && { prices }),
    ...(priceFile.file && { priceFile: priceFile.file }),
    tasks,
    output,
    ...(responseCache && { responseCache }),
    ...(include.length > 0 && { include }),
  };
  return { ok: true, manifest, warnings: final.findings };
}

function overridingModel(
  text: string | undefined,
  providers: ReadonlySet<string>,
  report: Report,
): ModelName | undefined {
  if (text === undefined) return undefined;
  const parsed = parseModelName(text, providers);
  if (parsed.ok) return parsed.value;
  report.error({ file: '--model', line: 1, column: 1 }, parsed);
  // Check the tasks as if they had a model.
  return { provider: '', model: '' };
}

function includedParts(root: Written): readonly IncludedPart[] {
  const named = root.get('results').get('include').strings ?? [];
  return INCLUDED_PARTS.filter((part) => named.includes(part));
}

function buildVars(
  vars: Written,
  set: Readonly<Record<string, string>>,
): Readonly<Record<string, JsonValue>> {
  return { ...(vars.node?.kind === 'map' && plainMap(vars.node)), ...set };
}

async function addedContext(
  { contextTexts = [], contextFiles = [] }: Overrides,
  readText: ReadText,
  reader: TextReader,
  report: Report,
): Promise<readonly Template[]> {
  const templates: Template[] = [];
  const add = (text: string, file: string): void => {
    const template = reader.readForeign(text, file);
    if (template && text.trim() !== '') templates.push(template);
  };
  for (const text of contextTexts) add(text, '--context');
  for (const file of contextFiles) {
    const place = { file: '--context-file', line: 1, column: 1 };
    const text = textIn(await readText(file, CONTEXT_FILE_BYTES), { file, place });
    if (typeof text === 'string') add(text, file);
    else report.add([text]);
  }
  return templates;
}
