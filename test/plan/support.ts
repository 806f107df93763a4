import { parseTemplate } from '../../src/manifest/parse-template.ts';
import type { Manifest, RowSource, TaskTemplate } from '../../src/manifest/manifest.ts';
import type { Template } from '../../src/manifest/template.ts';
import type { FileProblem, ProjectFiles } from '../../src/ports/files.ts';
import { planTasks } from '../../src/plan/plan-tasks.ts';
import type { Plan } from '../../src/plan/plan.ts';

const PLACE = { file: 'm.yaml', line: 9, column: 5 };

/** A template whose places are columns on line 1 of `prompt.md`. */
export function template(text: string, file = 'prompt.md'): Template {
  const parsed = parseTemplate(text, {
    file,
    placeAt(offset) {
      const before = text.slice(0, offset).split('\n');
      return { file, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
    },
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.findings));
  return parsed.template;
}

export type TaskGiven = Partial<Omit<TaskTemplate, 'prompt' | 'system'>> & {
  readonly prompt?: string;
  readonly system?: string;
};

export function manifestOf(tasks: readonly TaskGiven[], given: Partial<Manifest> = {}): Manifest {
  return {
    file: 'm.yaml',
    name: undefined,
    vars: {},
    context: undefined,
    providers: new Map(),
    run: { maxConcurrent: 64, failFast: false, timeoutMs: undefined },
    output: undefined,
    ...given,
    tasks: tasks.map((task, index) => ({
      id: `task-${index + 1}`,
      place: PLACE,
      model: { provider: 'mock', model: 'small' },
      useContext: true,
      parameters: {},
      timeoutMs: 1000,
      maxRetries: 3,
      tags: [],
      forEach: undefined,
      matrix: undefined,
      ...task,
      prompt: template(task.prompt ?? 'Hello'),
      system: task.system === undefined ? undefined : template(task.system, 'system.md'),
    })),
  };
}

export function rowsFile(file: string, key?: string): RowSource {
  const ending = file.slice(file.lastIndexOf('.') + 1);
  const format = ending === 'txt' ? 'lines' : ending;
  if (!isFormat(format)) throw new Error(`no format for ${file}`);
  return { kind: 'file', file, format, key, place: PLACE };
}

function isFormat(word: string): word is 'csv' | 'jsonl' | 'json' | 'yaml' | 'lines' {
  return ['csv', 'jsonl', 'json', 'yaml', 'lines'].includes(word);
}

export function rowsList(items: readonly unknown[], key?: string): RowSource {
  return { kind: 'list', items: JSON.parse(JSON.stringify(items)), key, place: PLACE };
}

export function rowsGlob(pattern: string): RowSource {
  return { kind: 'glob', patterns: [pattern], key: undefined, place: PLACE };
}

function missing(name: string): { readonly ok: false; readonly problem: FileProblem } {
  const message = `there is no file \`${name}\``;
  return { ok: false, problem: { code: 'FILE_NOT_FOUND', message, hint: 'look' } };
}

/**
 * Files in memory, streamed a few bytes at a time. A glob matches every file that starts with its
 * fixed part.
 */
export function memoryFiles(texts: Readonly<Record<string, string | Uint8Array>>): ProjectFiles {
  const bytesOf = (name: string): Uint8Array | undefined => {
    const text = Object.hasOwn(texts, name) ? texts[name] : undefined;
    return typeof text === 'string' ? Buffer.from(text) : text;
  };
  return {
    async read(name, { maxBytes = 10 * 1024 * 1024 } = {}) {
      const bytes = bytesOf(name);
      if (!bytes) return missing(name);
      if (bytes.byteLength <= maxBytes) return { ok: true, value: bytes };
      const message = `\`${name}\` is larger than ${maxBytes} bytes`;
      return { ok: false, problem: { code: 'FILE_TOO_LARGE', message, hint: 'split it' } };
    },
    async stream(name) {
      const bytes = bytesOf(name);
      return bytes ? { ok: true, value: pieces(bytes, 7) } : missing(name);
    },
    async glob(patterns) {
      const start = patterns[0]?.replace(/\*.*$/s, '') ?? '';
      return {
        ok: true,
        value: Object.keys(texts)
          .filter((name) => name.startsWith(start) && name !== start)
          .sort(),
      };
    },
    credentialsLeftOut: () => [],
  };
}

export async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += size) yield bytes.subarray(at, at + size);
}

export async function planned(manifest: Manifest, files = memoryFiles({})): Promise<Plan> {
  const result = await planTasks(manifest, files);
  if (!result.ok) throw new Error(JSON.stringify(result.findings, null, 1));
  return result.plan;
}

/** `file:line:column CODE message (hint)` of every finding. */
export async function findingsOf(manifest: Manifest, files = memoryFiles({})): Promise<string[]> {
  const result = await planTasks(manifest, files);
  if (result.ok) return [];
  return result.findings.map(({ code, message, hint, place }) => {
    const end = hint === undefined ? '' : ` (${hint})`;
    return `${place.file}:${place.line}:${place.column} ${code} ${message}${end}`;
  });
}

export async function idsOf(plan: Pick<Plan, 'tasks'>): Promise<string[]> {
  const ids: string[] = [];
  for await (const { id } of plan.tasks()) ids.push(id);
  return ids;
}
