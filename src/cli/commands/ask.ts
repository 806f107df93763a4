import { readFile } from 'node:fs/promises';
import { loadManifest } from '../../run/library.ts';
import { usageError, type Arguments } from '../arguments.ts';
import { watchInput } from '../wait-watch.ts';
import { withOwnFilesLeftOut } from '../own-files.ts';
import { boundsOf, overridesOf } from '../flag-overrides.ts';
import { readStdin, textOf, unreadable } from '../read-input.ts';
import { runVolley } from './run.ts';
import { listFlag, textFlag } from '../flag-values.ts';
import { shellWord } from '../../errors/shell-word.ts';
import { parseJson } from '../../plan/json-error.ts';
import { parsedJson } from '../../ports/json.ts';
import { isObject } from '../../ports/json-shape.ts';
import { baseUrlProblem } from '../../manifest/base-url.ts';
import { knownProviders } from '../../manifest/known-providers.ts';
import { hostRules } from '../../providers/allowed-hosts.ts';
import { permissionsOf } from '../permission-flags.ts';

/** Runs prompts from the command line, stdin or a file, without a manifest. */
export async function ask(args: Arguments): Promise<number> {
  const waits = watchInput(args);
  const source = await waits.during('for the tasks to be read', tasksOf(args));
  if (source.needsModel && textFlag(args, 'model') === undefined) {
    throw usageError(
      '`volley ask` needs a model',
      'add `-m PROVIDER/MODEL`, such as `-m anthropic/claude-haiku-5-5`, or `-m mock/small` to try it',
    );
  }
  const loaded = await waits.during(
    'for the input files to be read',
    loadManifest(source.name, {
      text: withServer(args, source),
      overrides: overridesOf(args),
      bounds: boundsOf(args),
      allowPaths: listFlag(args, 'allow-path'),
      literalPrompts: source.tasks !== undefined,
    }),
  );
  return runVolley(args, withOwnFilesLeftOut(args, loaded));
}

/** The manifest, with the server that `--base-url` names. */
function withServer(args: Arguments, { manifest, tasks }: AskSource): string {
  const providers = serverOf(args);
  if (providers === undefined) return manifest;
  if (tasks) return JSON.stringify({ tasks, providers });
  throw usageError(
    '`--base-url` works only with prompts, not with a manifest',
    'add the server under `providers` in the manifest',
  );
}

interface AskSource {
  readonly name: string;
  /** JSON, which is also YAML: a manifest, a list of tasks, or a task per line. */
  readonly manifest: string;
  /** Their prompts are not templates. Undefined for a manifest, whose prompts are. */
  readonly tasks?: readonly unknown[];
  /** Every task is plain text, so only `--model` can choose the model. */
  readonly needsModel?: boolean;
}

async function tasksOf(args: Arguments): Promise<AskSource> {
  const file = textFlag(args, 'file');
  const readsStdin = file === '-' || args.positionals.includes('-');
  if (file !== undefined && args.positionals.some((word) => word !== '-')) {
    throw usageError(
      'prompts are passed both as arguments and with `--file`',
      'use only one of them',
    );
  }
  if (file !== undefined || readsStdin) {
    const text = readsStdin
      ? await readStdin('tasks, one per line,')
      : await readTaskFile(file ?? '');
    const typed = args.positionals.filter((word) => word !== '-');
    return fromText(text, readsStdin ? '<stdin>' : (file ?? ''), typed);
  }
  if (args.positionals.length === 0) {
    throw usageError(
      '`volley ask` needs a prompt',
      'write `volley ask -m PROVIDER/MODEL "your prompt"`, or `-` to read prompts from stdin',
    );
  }
  return literalTasks('<arguments>', args.positionals);
}

async function readTaskFile(file: string): Promise<string> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (error) {
    throw unreadable(
      file,
      error,
      'pass a file with one task per line, a JSON list, or a manifest as JSON',
    );
  }
  return textOf(`\`${file}\``, bytes);
}

/**
 * A JSON object is a manifest. A JSON list contains tasks, and so do lines with one object each.
 * Anything else is one prompt per line.
 */
function fromText(text: string, name: string, before: readonly string[]): AskSource {
  const trimmed = text.replace(/^\uFEFF/, '').trim();
  const whole = parsedList(trimmed);
  if (isObject(whole) && 'tasks' in whole && before.length === 0) {
    return { name, manifest: text };
  }
  const lines = trimmed.split(/\r?\n/).filter((line) => line.trim() !== '');
  const list = Array.isArray(whole) ? whole : tasksIn(isObject(whole) ? [trimmed] : lines);
  if (list !== undefined) {
    const tasks = literalTasks(name, [...before, ...list]);
    if (before.length > 0) return tasks;
    // Findings quote the user's text.
    return { ...tasks, manifest: text };
  }
  if (lines.length + before.length === 0) {
    throw usageError(`there is no task in ${name}`, 'write one prompt per line, or a JSON list');
  }
  refuseMistakenPrompts(text.replace(/^\uFEFF/, ''), name);
  return literalTasks(name, [...before, ...lines]);
}

/** Refuses a manifest, and JSON with a mistake: their lines would be sent, and paid for. */
function refuseMistakenPrompts(text: string, name: string): void {
  if (/\.ya?ml$/i.test(name)) {
    throw usageError(
      `\`--file\` reads prompts or JSON, and \`${name}\` is YAML`,
      `run it with \`volley run ${shellWord(name)}\``,
    );
  }
  const lines = text.split('\n');
  const isLineByLine = isObject(parsedList(lines.find((line) => line.trim() !== '') ?? ''));
  if (!isLineByLine && !/\.json$/i.test(name) && !JSON_START.test(text)) return;
  const at = lines.findIndex((line) => line.trim() !== '' && !isObject(parsedList(line)));
  const parsed = parseJson(isLineByLine ? (lines[at] ?? '') : text);
  const end = parsed.ok ? 0 : parsed.offset;
  const line = isLineByLine ? at + 1 : text.slice(0, end).split('\n').length;
  throw usageError(
    `${name === '<stdin>' ? 'stdin' : `\`${name}\``} is not valid JSON in line ${line}`,
    isLineByLine
      ? 'write one JSON object per line, or only prompts'
      : 'correct it, or write one prompt per line',
  );
}

/** How a list or an object starts, unlike prompts such as `[draft] Hello` and `{{ name }}`. */
const JSON_START = /^\s*(?:\[\s*(?:["{[\]]|$)|\{\s*(?:["}]|$))/;

/**
 * The object on each line. Undefined if any line is something else: the lines may then be prompts.
 */
function tasksIn(lines: readonly string[]): readonly unknown[] | undefined {
  const tasks = lines.map(parsedList);
  return tasks.length > 0 && tasks.every(isObject) ? tasks : undefined;
}

/** Undefined if it is not a JSON list or object. */
function parsedList(text: string): unknown {
  return /^\s*[{[]/.test(text) ? parsedJson(text) : undefined;
}

function literalTasks(name: string, tasks: readonly unknown[]): AskSource {
  const needsModel = tasks.every((task) => typeof task === 'string');
  return { name, manifest: JSON.stringify(tasks), tasks, needsModel };
}

/**
 * The `providers` section for `--model` and `--base-url`, with the key that the caller bound to
 * that host. Undefined without `--base-url`. Throws a `VolleyError` (exit 2).
 */
function serverOf(args: Arguments): object | undefined {
  const text = textFlag(args, 'base-url');
  if (text === undefined) return undefined;
  const problem = baseUrlProblem(text);
  if (problem) throw usageError(`--base-url: ${problem.message}`, problem.hint ?? '');
  const [, name] = /^([^/]+)\/./.exec(textFlag(args, 'model') ?? '') ?? [];
  if (name === undefined) {
    throw usageError(
      '`--base-url` needs a model, such as `-m gateway/gpt-6.1-sol`',
      'add `-m NAME/MODEL`: choose any name, or `anthropic` if the server speaks the Anthropic API',
    );
  }
  const type = knownProviders.get(name)?.type ?? 'openai';
  if (type === 'mock') {
    throw usageError(
      '`mock` does not have a server',
      'leave out `--base-url`, or choose another model',
    );
  }
  const url = new URL(text);
  const [key, ...more] = hostRules(permissionsOf(args)).variablesFor(url);
  if (more.length > 0) {
    throw usageError(
      `several keys are bound to \`${url.host}\``,
      `keep one \`--allow-host ${url.host}=…\``,
    );
  }
  return { [name]: { type, base_url: text, ...(key !== undefined && { api_key_env: key }) } };
}
