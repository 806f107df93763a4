import type { Manifest, ModelName, TaskTemplate } from '../manifest/manifest.ts';
import { sentSchema } from '../manifest/structured-output.ts';
import type { JsonObject } from '../ports/json.ts';
import type { PromptRequest, RequestSchema } from './task.ts';

/** The schema in the form that the task's provider needs. */
export function requestSchema(
  { providers }: Manifest,
  { schema }: TaskTemplate,
  { provider }: ModelName,
): RequestSchema | undefined {
  return schema && { json: schema.json, native: sentSchema(schema, provider, providers) };
}

/** Appends the schema to the prompt, unless it is sent as structured output. */
export function withSchema(prompt: string, { json, native }: RequestSchema): string {
  return native === undefined ? prompt + instruction(json) : prompt;
}

/** The user's prompt, without what `withSchema` may have added. */
export function withoutSchema({ prompt, schema }: PromptRequest): string {
  if (!schema) return prompt;
  const added = instruction(schema.json);
  return prompt.endsWith(added) ? prompt.slice(0, -added.length) : prompt;
}

/** For tasks with a schema: both prompts that `withSchema` can return. */
export function promptsWithSchema(request: PromptRequest): readonly string[] {
  const prompt = withoutSchema(request);
  return request.schema ? [prompt, prompt + instruction(request.schema.json)] : [prompt];
}

function instruction(schema: JsonObject): string {
  return `\n\nAnswer with nothing but JSON that is valid against this JSON Schema:\n${JSON.stringify(schema)}`;
}

/**
 * The request to send after an answer that did not match the schema. Its prompt ends with the
 * errors.
 */
export function withCorrection(request: PromptRequest, problem: string): PromptRequest {
  return {
    ...request,
    prompt: `${request.prompt}\n\nAn earlier answer to this did not match the JSON Schema: ${problem}. Answer with nothing but JSON that matches it.`,
  };
}
