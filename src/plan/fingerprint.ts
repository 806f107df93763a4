import { hash } from 'node:crypto';
import type { Parameters } from '../manifest/manifest.ts';
import type { JsonValue } from '../ports/json.ts';
import type { Attachment } from './attachment.ts';
import type { PromptRequest } from './task.ts';

/**
 * `sha256:` and 64 hex digits over everything that shapes the answer: model, host, texts and
 * parameters. No key, id, place or name of a provider counts, nor the order of keys, nor absent
 * against undefined.
 */
export function requestFingerprint(request: PromptRequest, host: string): string {
  const { model, context, system, prompt, parameters, attachments, schema, sample } = request;
  const fields = [
    attachments && `"attachments":${JSON.stringify(attachments.map(idOf))}`,
    field('context', context),
    field('host', host),
    field('model', model.model),
    `"parameters":${writtenOnce(parameters, shapeOf)}`,
    field('prompt', prompt),
    sample === undefined ? undefined : `"sample":${sample}`,
    // Whether the prompt says it is seen in the prompt.
    schema && `"schema":${writtenOnce(schema.json, (json) => json)}`,
    field('system', system),
    '"v":1',
  ];
  const json = `{${fields.filter((each) => each !== undefined).join(',')}}`;
  return `sha256:${hash('sha256', json, 'hex')}`;
}

function idOf({ name, sha256 }: Attachment): readonly string[] {
  return [name, sha256];
}

function field(name: string, text: string | undefined): string | undefined {
  return text === undefined ? undefined : `"${name}":${JSON.stringify(text)}`;
}

function shapeOf({ maxTokens, temperature, topP, stop, reasoning, params }: Parameters): Shape {
  return { maxTokens, temperature, topP, stop, reasoning, params };
}

/** Tasks of one template share their parameters and their schema. */
function writtenOnce<Part extends object>(part: Part, shape: (part: Part) => Shape): string {
  const known = WRITTEN.get(part);
  if (known !== undefined) return known;
  const json = canonicalJson(shape(part));
  WRITTEN.set(part, json);
  return json;
}

const WRITTEN = new WeakMap<object, string>();

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
