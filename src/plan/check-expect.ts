import { ANSWER } from '../manifest/build-condition.ts';
import type { Manifest, ModelName } from '../manifest/manifest.ts';
import type { ProjectFiles } from '../ports/files.ts';
import type { JsonValue } from '../ports/json.ts';
import { templateData, withText } from './template-data.ts';
import type { NeedsData } from './needs-data.ts';
import type { Task } from './task.ts';

/** An answer, with the other values that a condition may use. */
export interface JudgedAnswer {
  readonly output: JsonValue;
  readonly model: ModelName;
  readonly needs: NeedsData | undefined;
}

/**
 * Why an answer does not meet the `expect` of its task; undefined if it does, or without `expect`.
 */
export async function unexpectedReason(
  { manifest, files }: { readonly manifest: Manifest; readonly files: ProjectFiles },
  task: Task,
  { output, model, needs }: JudgedAnswer,
): Promise<string | undefined> {
  const { expect } = task.template;
  if (!expect) return undefined;
  if (expect.kind === 'schema') {
    const read = await expect.schema.read(JSON.stringify(output));
    return read.ok ? undefined : read.problem;
  }
  const { condition } = expect;
  const usesRow = condition.variables.some(({ path: [root] }) => root === 'item');
  const row = usesRow ? await withText(task.item, files) : undefined;
  const item = row?.ok ? row.item : task.item;
  const data = templateData(manifest, { ...task, item }, { model, needs });
  const held = await condition.render({ ...data, [ANSWER]: output });
  if (!held.ok) return held.message;
  return held.text === '' ? `\`${condition.text}\` is false` : undefined;
}
