import type { Failure } from '../errors/failure.ts';
import type { Place } from '../errors/finding.ts';
import type { Manifest, ModelName, TaskTemplate } from '../manifest/manifest.ts';
import type { RenderResult } from '../manifest/template.ts';
import type { ProjectFiles } from '../ports/files.ts';
import { isBlank } from '../errors/invisible.ts';
import { readsText, templateData, withText } from './template-data.ts';
import { checkIf } from './if-condition.ts';
import type { NeedsData } from './needs-data.ts';
import type { Message, RenderedTask, Task } from './task.ts';
import type { AttachmentReader } from './read-attachments.ts';
import { headLength } from './prompt-head.ts';
import { requestSchema, withSchema } from './schema-prompt.ts';

export interface RenderContext {
  readonly manifest: Manifest;
  readonly files: ProjectFiles;
  readonly attachments: AttachmentReader;
}

interface RenderOptions {
  readonly needs?: NeedsData | undefined;
  /** Whether `needs` are only placeholders. Conditions that use them then count as true. */
  readonly isEstimate?: boolean;
  /** The model to ask; default: the task's first. */
  readonly model?: ModelName | undefined;
}

/**
 * Renders the templates of one task. Reads the file of a row from a glob only if a template uses
 * its text.
 */
export async function renderTask(
  { manifest, files, attachments }: RenderContext,
  task: Task,
  { needs, isEstimate = false, model = task.template.model }: RenderOptions = {},
): Promise<RenderedTask> {
  const { template } = task;
  manifest.work?.addTask();
  const row = readsText(template)
    ? await withText(task.item, files)
    : { ok: true as const, ...task };
  if (!row.ok) return failed(row.problem.message, row.problem.hint);
  const data = templateData(manifest, { ...task, item: row.item }, { model, needs });
  const condition = await checkIf(template, data, { isEstimate });
  if (condition?.kind === 'error') return failedAt(condition.error);
  if (condition) return { ok: false, failure: condition.failure };
  const prompt = await template.prompt.render(data);
  if (!prompt.ok) return failedAt(prompt);
  if (isBlank(prompt.text)) {
    return failed('the prompt is empty', 'check the values that are inserted');
  }
  const earlier: Message[] = [];
  for (const { role, content } of template.earlier ?? []) {
    const said = await content.render(data);
    if (!said.ok) return failedAt(said);
    if (isBlank(said.text)) {
      return failed('a message is empty', 'check the values that are inserted');
    }
    earlier.push({ role, content: said.text });
  }
  const system = await template.system?.render(data);
  if (system && !system.ok) return failedAt(system);
  const sources = template.attachments;
  const attached = sources && (await attachments.read(sources, data, model));
  if (attached && !attached.ok) return failed(attached.problem.message, attached.problem.hint);
  const growsTo = grownMaxTokens(manifest, template, model);
  const schema = requestSchema(manifest, template, model);
  const asked = schema ? withSchema(prompt.text, schema) : prompt.text;
  const head = headLength(template.prompt, { text: prompt.text, prompt: asked });
  return {
    ok: true,
    request: {
      model,
      context: template.useContext ? manifest.context : undefined,
      // Providers refuse an empty system prompt.
      system: system === undefined || isBlank(system.text) ? undefined : system.text,
      ...(earlier.length > 0 && { earlier }),
      prompt: asked,
      ...(head !== undefined && { headLength: head }),
      parameters: template.parameters,
      ...(attached && attached.attachments.length > 0 && { attachments: attached.attachments }),
      ...(schema && { schema }),
      ...(growsTo !== undefined && { growsTo }),
      // The first sample equals the request without `repeat`, so its answer can be reused.
      ...(task.sample !== undefined && task.sample > 1 && { sample: task.sample }),
    },
  };
}

/** Twice the task's `max_tokens`, up to the model's limit; undefined if that is not more. */
function grownMaxTokens(
  { providers }: Manifest,
  { parameters: { maxTokens }, onTruncated }: TaskTemplate,
  model: ModelName,
): number | undefined {
  if (onTruncated !== 'grow' || maxTokens === undefined) return undefined;
  const most = providers.get(model.provider)?.models.get(model.model)?.maxTokens ?? Infinity;
  const grown = Math.min(2 * maxTokens, most);
  return grown > maxTokens ? grown : undefined;
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
