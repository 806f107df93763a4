import type { ProviderSettings, ProviderType } from './manifest.ts';
import type { Written } from './written-value.ts';

/** A vendor whose servers accept the credentials of the machine or job, not only a key. */
export type CloudName = (typeof CLOUDS)[number];
export const CLOUDS = ['azure', 'bedrock', 'vertex'] as const;

export interface Cloud {
  readonly name: CloudName;
  readonly region: string | undefined;
  /** Google's project; undefined for other clouds. */
  readonly project: string | undefined;
}

/** Names of the clouds' credentials in `--allow-host HOST=…`. */
export const CLOUD_CREDENTIALS = { azure: 'azure', bedrock: 'aws', vertex: 'gcp' } as const;
export type CloudCredential = (typeof CLOUD_CREDENTIALS)[CloudName];

/**
 * The cloud's credentials that an entry's requests need. Undefined if the entry specifies a key or
 * needs none.
 */
export function cloudCredential(
  settings: Pick<ProviderSettings, 'cloud' | 'apiKeyEnv' | 'auth'> | undefined,
): CloudCredential | undefined {
  if (!settings?.cloud || settings.apiKeyEnv !== undefined || settings.auth === 'none') {
    return undefined;
  }
  return CLOUD_CREDENTIALS[settings.cloud.name];
}

/**
 * The cloud of an entry and the wire format of its servers: OpenAI's for Azure; Anthropic's for the
 * others unless `api` is set. Undefined for other types.
 */
export function buildCloud(
  entry: Written,
): { readonly cloud: Cloud; readonly wire: ProviderType } | undefined {
  const type = entry.get('type');
  const name = type.choice(CLOUDS);
  const isOpenai = name === 'azure' || entry.get('api').isGiven;
  const refuse = (key: string, message: string, hint: string): void => {
    const found = entry.get(key);
    if (found.node?.kind === 'scalar') found.keyError({ message, hint });
  };
  const unused = (key: string, where: string): void =>
    refuse(key, `\`${key}\` has no effect here`, `it belongs to ${where}: delete it`);
  if (name !== 'bedrock' && name !== 'vertex') {
    unused('region', '`type: bedrock` or `type: vertex`');
  }
  if (name !== 'vertex') unused('project', '`type: vertex`');
  if (name === undefined) return undefined;
  const lacks = (key: string, example: string): void => {
    if (entry.get(key).isGiven) return;
    type.keyError({
      code: 'MISSING_KEY',
      message: `\`type: ${name}\` needs a \`${key}\``,
      hint: `for example, add \`${key}: ${example}\``,
    });
  };
  if (name === 'bedrock' || (name === 'vertex' && !isOpenai)) {
    lacks('region', name === 'bedrock' ? 'us-east-1' : 'global');
    if (name === 'vertex') lacks('project', 'my-project');
  } else if (!entry.get('base_url_env').isGiven) {
    lacks('base_url', BASE_URLS[name]);
  }
  if (name !== 'azure') {
    const vendor = name === 'bedrock' ? 'Bedrock' : 'Vertex';
    const message = `${vendor} has no batch API that Volley supports`;
    refuse('batch', message, 'delete `batch`');
  } else if (!entry.get('api_key_env').isGiven) {
    const message = 'batches on Azure need a key, because a later command may collect them';
    refuse('batch', message, 'add `api_key_env`, or delete `batch`');
  }
  if (name === 'bedrock' && !isOpenai && entry.get('stream').string === 'always') {
    refuse('stream', 'answers from Claude on Bedrock are not streamed', 'delete `stream`');
  }
  const [region, project] = [entry.get('region').string, entry.get('project').string];
  return { cloud: { name, region, project }, wire: isOpenai ? 'openai' : 'anthropic' };
}

const BASE_URLS = {
  azure: 'https://NAME.openai.azure.com/openai/v1',
  vertex:
    'https://aiplatform.googleapis.com/v1/projects/my-project/locations/global/endpoints/openapi',
};

/** The address of a cloud's servers if the region determines it. */
export function cloudAddress({ name, region }: Cloud, type: ProviderType): string | undefined {
  if (region === undefined) return undefined;
  if (name === 'bedrock') {
    return type === 'openai'
      ? `https://bedrock-mantle.${region}.api.aws/openai/v1`
      : `https://bedrock-runtime.${region}.amazonaws.com`;
  }
  if (name !== 'vertex' || type === 'openai') return undefined;
  if (region === 'global') return 'https://aiplatform.googleapis.com';
  return region === 'us' || region === 'eu'
    ? `https://aiplatform.${region}.rep.googleapis.com`
    : `https://${region}-aiplatform.googleapis.com`;
}
