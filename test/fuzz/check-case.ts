import type { Finding } from '../../src/errors/finding.ts';
import type { LoadResult } from '../../src/manifest/load-manifest.ts';
import { load } from '../manifest/support.ts';
import { caseOf, EXAMPLES, type FuzzCase } from './cases.ts';

/** The result of loading a case, with the CPU time and any problems. */
export interface CheckedCase extends FuzzCase {
  readonly ok: boolean;
  /** CPU time of all threads. */
  readonly cpuMs: number;
  readonly problems: readonly string[];
}

/** The CPU time that a manifest may take. */
const MOST_CPU_MS = 2000;

const FILES = {
  ...EXAMPLES,
  'a.md': 'Rules.',
  'prompts/a.md': 'Review {{ item }}.',
  'rows.csv': 'id,name\n1,a\n',
};

/**
 * Loads a case and checks what the loader promises: either a valid manifest, or findings with a
 * code, a place and a hint; in time, and without changing any prototype.
 */
export async function checkCase(number: number): Promise<CheckedCase> {
  const made = caseOf(number);
  const before = prototypes();
  const start = process.cpuUsage();
  let loaded: LoadResult;
  try {
    loaded = await load(made.text, { files: FILES });
  } catch (error) {
    const thrown = error instanceof Error ? error.stack : String(error);
    return { ...made, ok: false, cpuMs: cpuMsSince(start), problems: [`it threw ${thrown}`] };
  }
  const cpuMs = cpuMsSince(start);
  return {
    ...made,
    ok: loaded.ok,
    cpuMs,
    problems: [
      ...(cpuMs > MOST_CPU_MS ? [`it took ${cpuMs} ms`] : []),
      ...(prototypes() === before ? [] : ['a prototype changed']),
      ...(loaded.ok ? wrongManifest(loaded) : wrongRefusal(loaded)),
      ...(loaded.ok ? loaded.warnings : loaded.findings).flatMap((finding) =>
        wrongFinding(finding, made.text),
      ),
    ],
  };
}

function cpuMsSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return Math.round((user + system) / 1000);
}

/** The properties of the prototypes that all values inherit from. */
function prototypes(): string {
  return [Object, Array, Function, String, Number, Map, Promise]
    .map(({ prototype }) => Reflect.ownKeys(prototype).map(String).join())
    .join(';');
}

function wrongManifest({
  manifest,
  warnings,
}: Extract<LoadResult, { ok: true }>): readonly string[] {
  const ids = manifest.tasks.map(({ id }) => id);
  return [
    ...(ids.length === 0 ? ['a manifest without tasks is valid'] : []),
    ...(new Set(ids).size < ids.length ? ['two tasks have the same id'] : []),
    ...ids.filter((id) => !/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(id)).map((id) => `the id ${id}`),
    ...(manifest.tasks.some(({ model }) => !model.provider || !model.model)
      ? ['a task has no model']
      : []),
    ...(warnings.some(({ severity }) => severity === 'error') ? ['it is valid with an error'] : []),
  ];
}

function wrongRefusal({
  findings,
  omittedErrors,
}: Extract<LoadResult, { ok: false }>): readonly string[] {
  return [
    ...(findings.some(({ severity }) => severity === 'error')
      ? []
      : ['it is refused without an error']),
    ...(findings.length > 50 ? [`${findings.length} findings`] : []),
    ...(omittedErrors > 0 && findings.length < 50 ? ['findings are left out for no reason'] : []),
  ];
}

function wrongFinding(finding: Finding, text: string): readonly string[] {
  const { code, message, hint, place } = finding;
  const lines = text.split('\n');
  const isOutside =
    place.file === 'volley.yaml' &&
    (place.line < 1 ||
      place.line > lines.length ||
      place.column < 1 ||
      place.column > (lines[place.line - 1]?.length ?? 0) + 2);
  const isBroken = (words: string): boolean =>
    /\[object Object\]|undefined|NaN/.test(words) && !/object Object|undefined|NaN/i.test(text);
  return [
    ...(/^[A-Z]+(_[A-Z]+)*$/.test(code) ? [] : [`the code ${code}`]),
    ...(message === '' || /\n$|[^.]\.$/.test(message)
      ? [`the message ${JSON.stringify(message)}`]
      : []),
    ...(hint ? [] : [`no hint for ${message}`]),
    ...(isBroken(message) || isBroken(hint ?? '') ? [`the words ${message}; ${hint}`] : []),
    ...(isOutside ? [`the place ${place.line}:${place.column} of ${message}`] : []),
  ];
}
