import { createHash } from 'node:crypto';
import type { PromptRequest } from '../plan/task.ts';
import type { JsonValue } from '../ports/json.ts';

/**
 * `sha256:…` over everything that shapes the answer: model, host, texts and parameters. No key, id or
 * place, and not the order in which parameters were written.
 */
export function fingerprintOf(request: PromptRequest, host: string): string {
  const { model, context, system, prompt, parameters } = request;
  const shape: JsonValue = [
    1,
    host,
    model.provider,
    model.model,
    context ?? null,
    system ?? null,
    prompt,
    inKeyOrder(toJson(parameters)),
  ];
  return `sha256:${createHash('sha256').update(JSON.stringify(shape)).digest('hex')}`;
}

function toJson(parameters: PromptRequest['parameters']): JsonValue {
  const entries: [string, JsonValue][] = [];
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) entries.push([name, value]);
  }
  return Object.fromEntries(entries);
}

function inKeyOrder(value: JsonValue): JsonValue {
  if (value === null || typeof value !== 'object') return value;
  if (isList(value)) return value.map(inKeyOrder);
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, inKeyOrder(value[key] ?? null)]),
  );
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
