import type { Failure } from '../errors/failure.ts';
import type { Place } from '../errors/finding.ts';
import type { Manifest } from '../manifest/manifest.ts';
import type { RenderResult } from '../manifest/template.ts';
import type { ProjectFiles } from '../ports/files.ts';
import type { RenderedTask, Task } from './task.ts';
import { fileText, pathOf, readsText, templateData, withText } from './template-data.ts';

/** Fills in the texts of one task. The file of a glob's row is read now, and only if a text needs it. */
export async function renderTask(
  manifest: Manifest,
  files: ProjectFiles,
  task: Task,
): Promise<RenderedTask> {
  const { template } = task;
  const path = readsText(template) ? pathOf(task.item) : undefined;
  let { item } = task;
  if (path !== undefined) {
    const read = await files.read(path);
    if (!read.ok) return failed(read.problem.message, read.problem.hint);
    item = withText(item, fileText(read.value));
  }
  const data = templateData(manifest, { ...task, item });
  const prompt = template.prompt.render(data);
  if (!prompt.ok) return failedAt(prompt);
  if (prompt.text.trim() === '') {
    return failed('the prompt is empty', 'look at the values that go into it');
  }
  const system = template.system?.render(data);
  if (system && !system.ok) return failedAt(system);
  return {
    ok: true,
    request: {
      model: template.model,
      context: template.useContext ? manifest.context : undefined,
      // Providers refuse an empty one.
      system: system === undefined || system.text.trim() === '' ? undefined : system.text,
      prompt: prompt.text,
      parameters: template.parameters,
    },
  };
}

function failedAt({ message, hint, place }: Extract<RenderResult, { ok: false }>): RenderedTask {
  return failed(`${shown(place)}: ${message}`, hint);
}

function shown({ file, line, column }: Place): string {
  return `${file}:${line}:${column}`;
}

function failed(message: string, hint: string): RenderedTask {
  const failure: Failure = { code: 'TEMPLATE', message, retryable: false, hint };
  return { ok: false, failure };
}
