import { hash } from 'node:crypto';
import type { Parameters } from '../manifest/manifest.ts';
import { wordSet } from '../manifest/word-set.ts';
import { canonicalJson, type JsonObject } from '../ports/json.ts';
import { weaklyMemoized } from '../ports/memoized.ts';
import type { Attachment } from './attachment.ts';
import { promptsWithSchema, withoutSchema } from './schema-prompt.ts';
import type { PromptRequest } from './task.ts';

/**
 * `v2:sha256:` and 64 hex digits: a hash of everything that affects the answer (model, host,
 * prompts, attachments, schema, parameters and the sample number). Excluded are the API key, the
 * task's id, row and position, cache marks, the service tier, labels, how the provider gets the
 * schema, and line endings. New optional fields do not change the fingerprints of requests without
 * them. Any other change needs a new version, and moves this version to `EARLIER`.
 */
export function requestFingerprint(request: PromptRequest, host: string): string {
  return CURRENT + hashOf({ ...request, prompt: withoutSchema(request) }, host, VERSION_2);
}

/** The fingerprints of the same request in earlier releases, newest first. */
export function earlierFingerprints(request: PromptRequest, host: string): readonly string[] {
  return EARLIER.flatMap((version) =>
    // In 0.1.0, the provider decided whether the prompt described the schema.
    promptsWithSchema(request).map((prompt) => hashOf({ ...request, prompt }, host, version)),
  );
}

export function isCurrentFingerprint(fingerprint: string): boolean {
  return fingerprint.startsWith(CURRENT);
}

const CURRENT = 'v2:';

interface Version {
  readonly text: (text: string) => string;
  readonly parameters: (parameters: Parameters) => string;
}

const VERSION_2: Version = {
  text: (text) => text.replaceAll('\r\n', '\n'),
  parameters: weaklyMemoized((parameters) =>
    parametersJson(parameters, withoutLabels(parameters.params)),
  ),
};

/** The version from 0.1.0, which did not have a prefix, and hashed all text unchanged. */
const VERSION_1: Version = {
  text: (text) => text,
  parameters: weaklyMemoized((all) => parametersJson(all, all.params)),
};

const EARLIER = [VERSION_1];

function hashOf(request: PromptRequest, host: string, version: Version): string {
  const { model, context, system, earlier, prompt, parameters, attachments, schema, sample } =
    request;
  const text = (name: string, value: string | undefined): string | undefined =>
    value === undefined ? undefined : `"${name}":${JSON.stringify(version.text(value))}`;
  // Keep this order. It is part of the hash.
  const fields = [
    attachments && `"attachments":${JSON.stringify(attachments.map(idOf))}`,
    text('context', context),
    `"host":${JSON.stringify(host)}`,
    earlier &&
      `"earlier":${JSON.stringify(earlier.map(({ role, content }) => [role, version.text(content)]))}`,
    `"model":${JSON.stringify(model.model)}`,
    `"parameters":${version.parameters(parameters)}`,
    text('prompt', prompt),
    sample === undefined ? undefined : `"sample":${sample}`,
    schema && `"schema":${schemaJson(schema.json)}`,
    text('system', system),
    '"v":1',
  ];
  const json = `{${fields.filter((each) => each !== undefined).join(',')}}`;
  return `sha256:${hash('sha256', json, 'hex')}`;
}

function idOf({ name, sha256 }: Attachment): readonly string[] {
  return [name, sha256];
}

function parametersJson(
  { maxTokens, temperature, topP, stop, reasoning }: Parameters,
  params: Parameters['params'],
): string {
  return canonicalJson({ maxTokens, temperature, topP, stop, reasoning, params });
}

/** Cached, because the tasks of a template share the schema. */
const schemaJson = weaklyMemoized((schema: JsonObject) => canonicalJson(schema));

/** `params` without those that only affect how a request is stored, labeled or delivered. */
function withoutLabels(params: Parameters['params']): Parameters['params'] {
  if (params === undefined || !Object.keys(params).some((name) => LABELS.has(name))) return params;
  const rest = Object.entries(params).filter(([name]) => !LABELS.has(name));
  return rest.length === 0 ? undefined : Object.fromEntries(rest);
}

const LABELS = wordSet(`
  cache_control metadata prompt_cache_key prompt_cache_options prompt_cache_retention
  safety_identifier service_tier store stream stream_options user
`);
