import { createHash } from 'node:crypto';
import type { JsonValue } from '../ports/json.ts';
import type { PromptRequest } from './task.ts';

/**
 * `sha256:` and 64 hex digits over everything that shapes the answer: model, host, texts and
 * parameters. No key, id, place or name of a provider counts, nor the order of keys, nor absent
 * against undefined.
 */
export function requestFingerprint(request: PromptRequest, host: string): string {
  const { model, context, system, prompt, parameters } = request;
  const { maxTokens, temperature, topP, stop, reasoning, params } = parameters;
  const shape = {
    v: 1,
    host,
    model: model.model,
    context,
    system,
    prompt,
    parameters: { maxTokens, temperature, topP, stop, reasoning, params },
  };
  return `sha256:${createHash('sha256').update(canonicalJson(shape)).digest('hex')}`;
}

type Shape = JsonValue | undefined | readonly Shape[] | { readonly [key: string]: Shape };

/** JSON with keys sorted by code unit and undefined ones left out. */
function canonicalJson(value: Shape): string {
  if (value === undefined) return 'null';
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((each: Shape) => canonicalJson(each)).join(',')}]`;
  const entries = Object.entries(value)
    .filter(([, each]) => each !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, each]) => `${JSON.stringify(key)}:${canonicalJson(each)}`);
  return `{${entries.join(',')}}`;
}
