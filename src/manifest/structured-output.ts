import { knownProviders } from './known-providers.ts';
import type { OutputSchema, ProviderSettings, StructuredOutput } from './manifest.ts';
import type { JsonObject } from '../ports/json.ts';
import { providerType } from './build-providers.ts';

type Providers = ReadonlyMap<string, ProviderSettings>;

/**
 * How a provider gets a schema: as its entry says, else as is known of it. Another server that
 * speaks Chat Completions or Anthropic's API may know nothing of schemas, and some ignore what they do
 * not know: there the prompt says it.
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

/** Whether requests go to Anthropic itself. What a variable may name is not known here. */
function isAnthropics(settings: ProviderSettings | undefined): boolean {
  if (settings?.baseUrlEnv !== undefined || settings?.cloud) return false;
  const address = settings?.baseUrl;
  return address === undefined || URL.parse(address)?.origin === ANTHROPIC;
}

const ANTHROPIC = 'https://api.anthropic.com';

/** What a provider's structured output is sent; undefined where the prompt says it. */
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
