import { knownProviders } from './known-providers.ts';
import type { OutputSchema, ProviderSettings, StructuredOutput } from './manifest.ts';
import type { JsonObject } from '../ports/json.ts';
import { providerType } from './build-providers.ts';

type Providers = ReadonlyMap<string, ProviderSettings>;

/**
 * How to send a schema to a provider: as its entry says, otherwise as the built-in providers
 * require. Other servers with Chat Completions or Anthropic's API may silently ignore schemas, so
 * for them the schema goes into the prompt.
 */
export function structuredOutput(provider: string, providers: Providers): StructuredOutput {
  const settings = providers.get(provider);
  const known = knownProviders.get(provider);
  if (settings?.structuredOutput) return settings.structuredOutput;
  if (known?.schemaInPrompt) return 'prompt';
  const type = providerType(provider, providers);
  if (type === 'anthropic') return isAnthropics(settings) ? 'native' : 'prompt';
  if (known || type !== 'openai') return 'native';
  return settings?.api === 'responses' ? 'native' : 'prompt';
}

/**
 * Whether requests go to Anthropic itself. An address from an environment variable is unknown here.
 */
function isAnthropics(settings: ProviderSettings | undefined): boolean {
  if (settings?.baseUrlEnv !== undefined || settings?.cloud) return false;
  const address = settings?.baseUrl;
  return address === undefined || URL.parse(address)?.origin === ANTHROPIC;
}

const ANTHROPIC = 'https://api.anthropic.com';

/** The schema for a provider's structured output; undefined if it goes into the prompt. */
export function sentSchema(
  schema: OutputSchema,
  provider: string,
  providers: Providers,
): JsonObject | undefined {
  if (structuredOutput(provider, providers) === 'prompt') return undefined;
  const type = providerType(provider, providers);
  if (type === undefined || type === 'mock') return schema.json;
  const native = schema.native[type];
  return native.ok ? native.json : undefined;
}
