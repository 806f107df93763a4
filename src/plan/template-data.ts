import type { Manifest, ModelName, TaskTemplate } from '../manifest/manifest.ts';
import { modelText } from '../manifest/task-models.ts';
import type { Template, TemplateData, TemplateVariable } from '../manifest/template.ts';
import { isJsonObject, type JsonValue } from '../ports/json.ts';
import type { NeedsData } from './needs-data.ts';
import type { Task } from './task.ts';
import type { FileProblem, ProjectFiles } from '../ports/files.ts';
import { decodeText, type BadBytes } from '../ports/text-encoding.ts';
import { badText } from '../manifest/read-text.ts';

/** The data for the templates of one task. The caller adds `text` to a glob's row. */
export function templateData(
  manifest: Manifest,
  { id, index, item, matrix }: Pick<Task, 'id' | 'index' | 'item' | 'matrix'>,
  { model, needs }: { readonly model: ModelName; readonly needs?: NeedsData | undefined },
): TemplateData {
  return {
    vars: manifest.vars,
    ...(item === undefined ? {} : { item }),
    ...(matrix === undefined ? {} : { matrix }),
    ...(needs === undefined ? {} : { needs }),
    task: { id, index, model: modelText(model) },
  };
}

/** The variables in a task's texts and in its `expect`. */
export function variablesOf(template: TaskTemplate): readonly TemplateVariable[] {
  const { expect } = template;
  const judging = expect?.kind === 'condition' ? [expect.condition] : [];
  return [...textsOf(template), ...judging].flatMap(({ variables }) => variables);
}

/** The templates of a task, its condition first. */
export function textsOf({
  condition,
  earlier = [],
  prompt,
  system,
  attachments = [],
}: TaskTemplate): readonly Template[] {
  const said = earlier.map(({ content }) => content);
  const names = attachments.map(({ name }) => name);
  return [condition, ...said, prompt, system, ...names].filter((text) => text !== undefined);
}

/** Whether the texts use the content of a glob's file. */
export function readsText(template: TaskTemplate): boolean {
  const { forEach } = template;
  const rows = forEach?.kind === 'needs' ? forEach.root : forEach;
  if (rows?.kind !== 'glob' && rows?.kind !== 'paths') return false;
  // `item` as a whole (`item | json`, `item[vars.column]`) includes the text.
  return variablesOf(template).some(
    ({ path: [root, field] }) => root === 'item' && (field === undefined || field === 'text'),
  );
}

type RowWithText =
  | { readonly ok: true; readonly item: JsonValue | undefined }
  | {
      readonly ok: false;
      readonly path: string;
      readonly problem: FileProblem;
      /** The place in the file; undefined if the problem is the file itself. */
      readonly bad: BadBytes | undefined;
    };

/** A glob's row with the text of its file; any other row unchanged. */
export async function withText(
  item: JsonValue | undefined,
  files: ProjectFiles,
): Promise<RowWithText> {
  const path = isJsonObject(item) ? item['path'] : undefined;
  if (!isJsonObject(item) || typeof path !== 'string') return { ok: true, item };
  const read = await files.read(path);
  if (!read.ok) return { ok: false, path, problem: read.problem, bad: undefined };
  const decoded = decodeText(read.value);
  if (decoded.ok) return { ok: true, item: { ...item, text: decoded.text } };
  const { message } = badText(path, decoded.bad);
  const hint = `save it as UTF-8, or leave it out: add the pattern \`!${path}\``;
  const problem = { code: 'FILE_UNREADABLE', message, hint } as const;
  return { ok: false, path, problem, bad: decoded.bad };
}
