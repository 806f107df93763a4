import type { AttachmentsTaken, ProviderType } from './manifest.ts';

/** A provider that needs no entry in the manifest. */
export interface KnownProvider {
  readonly type: ProviderType;
  readonly baseUrl: string;
  /** Its documented regional hosts. */
  readonly regions?: readonly string[];
  /** Environment variable with the key; undefined if the server does not need one. */
  readonly apiKeyEnv: string | undefined;
  /** Which of OpenAI's APIs it implements; undefined for other types. */
  readonly api: 'responses' | 'chat' | undefined;
  /** It has no structured output, so a schema goes into the prompt. */
  readonly schemaInPrompt?: true;
  /** What its models accept besides text, if that differs from others of its type. */
  readonly attachments?: AttachmentsTaken;
  readonly loopback?: true;
  readonly startCommand?: string;
}

/** The built-in providers, with their vendors' documented addresses (November 2026). */
export const knownProviders: ReadonlyMap<string, KnownProvider> = new Map(
  Object.entries<KnownProvider>({
    anthropic: {
      type: 'anthropic',
      baseUrl: 'https://api.anthropic.com',
      apiKeyEnv: 'ANTHROPIC_API_KEY',
      api: undefined,
    },
    openai: {
      type: 'openai',
      baseUrl: 'https://api.openai.com/v1',
      apiKeyEnv: 'OPENAI_API_KEY',
      api: 'responses',
      regions: ['us', 'eu', 'ae', 'au', 'in', 'jp'].map((region) => `${region}.api.openai.com`),
    },
    openrouter: {
      ...chat('https://openrouter.ai/api/v1', 'OPENROUTER_API_KEY'),
      attachments: 'all',
      regions: ['eu.openrouter.ai', 'us.openrouter.ai'],
    },
    groq: chat('https://api.groq.com/openai/v1', 'GROQ_API_KEY'),
    mistral: {
      ...chat('https://api.mistral.ai/v1', 'MISTRAL_API_KEY'),
      regions: ['api.eu.mistral.ai', 'api.us.mistral.ai'],
    },
    deepseek: {
      ...chat('https://api.deepseek.com', 'DEEPSEEK_API_KEY'),
      schemaInPrompt: true,
      attachments: 'none',
    },
    xai: {
      ...chat('https://api.x.ai/v1', 'XAI_API_KEY'),
      regions: ['us.api.x.ai', 'us-east-1.api.x.ai', 'eu-west-1.api.x.ai'],
    },
    together: chat('https://api.together.ai/v1', 'TOGETHER_API_KEY'),
    fireworks: chat('https://api.fireworks.ai/inference/v1', 'FIREWORKS_API_KEY'),
    cerebras: { ...chat('https://api.cerebras.ai/v1', 'CEREBRAS_API_KEY'), attachments: 'none' },
    gemini: chat('https://generativelanguage.googleapis.com/v1beta/openai', 'GEMINI_API_KEY'),
    perplexity: chat('https://api.perplexity.ai', 'PERPLEXITY_API_KEY'),
    ollama: local('http://127.0.0.1:11434/v1', 'ollama serve'),
    lmstudio: local('http://127.0.0.1:1234/v1', 'lms server start'),
    vllm: local('http://127.0.0.1:8000/v1', 'vllm serve MODEL'),
    llamacpp: local('http://127.0.0.1:8080/v1', 'llama-server -m MODEL.gguf'),
    mock: { ...local('mock://mock'), type: 'mock', api: undefined },
  }),
);

/** Origins that a provider's key may be sent to by default; none for local servers. */
export function ownOrigins({ baseUrl, regions = [], loopback }: KnownProvider): readonly string[] {
  if (loopback) return [];
  return [new URL(baseUrl).origin, ...regions.map((host) => `https://${host}`)];
}

function chat(baseUrl: string, apiKeyEnv: string): KnownProvider {
  return { type: 'openai', baseUrl, apiKeyEnv, api: 'chat' };
}

function local(baseUrl: string, startCommand?: string): KnownProvider {
  const own = {
    type: 'openai',
    baseUrl,
    apiKeyEnv: undefined,
    api: 'chat',
    loopback: true,
  } as const;
  return { ...own, ...(startCommand !== undefined && { startCommand }) };
}
