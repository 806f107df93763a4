import type { Cloud } from '../manifest/cloud.ts';
import { present } from './dialect.ts';
import type { JsonObject } from '../ports/json-shape.ts';

export interface ClaudeRequest {
  readonly path: string;
  readonly body: JsonObject;
}

/**
 * A request to Claude in the form that a cloud requires: the model in the path, the version in the
 * body.
 */
export function claudeRequest(
  { name, region, project }: Cloud,
  { model, stream, ...rest }: JsonObject,
): ClaudeRequest {
  const segment = encodeURIComponent(String(model));
  if (name === 'bedrock') {
    return {
      path: `/model/${segment}/invoke`,
      body: { anthropic_version: 'bedrock-2023-05-31', ...rest },
    };
  }
  const method = stream === true ? 'streamRawPredict' : 'rawPredict';
  const place = `projects/${encodeURIComponent(project ?? '')}/locations/${region}`;
  return {
    path: `/v1/${place}/publishers/anthropic/models/${segment}:${method}`,
    body: present({ anthropic_version: 'vertex-2023-10-16', ...rest, stream }),
  };
}
