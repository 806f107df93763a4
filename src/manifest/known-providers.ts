import type { AttachmentsTaken, ProviderType } from './manifest.ts';

/** A provider that needs no entry in the manifest. */
export interface KnownProvider {
  readonly type: ProviderType;
  /** Official address. Its origin is the only place its key goes unless the caller allows another. */
  readonly baseUrl: string;
  /** Variable that holds the key; undefined when the server takes none. */
  readonly apiKeyEnv: string | undefined;
  /** Which of OpenAI's wires it speaks; undefined for other types. */
  readonly api: 'responses' | 'chat' | undefined;
  /** Has no structured output of its own: a schema goes into the prompt. */
  readonly schemaInPrompt?: true;
  /** What its models take beside text, where that is not what others of its kind take. */
  readonly attachments?: AttachmentsTaken;
  /** Runs on the user's own machine. */
  readonly loopback?: true;
}

/** The ready-made providers by name, with their vendors' documented addresses (November 2026). */
export const knownProviders: ReadonlyMap<string, KnownProvider> = new Map<string, KnownProvider>([
  [
    'anthropic',
    {
      type: 'anthropic',
      baseUrl: 'https://api.anthropic.com',
      apiKeyEnv: 'ANTHROPIC_API_KEY',
      api: undefined,
    },
  ],
  [
    'openai',
    {
      type: 'openai',
      baseUrl: 'https://api.openai.com/v1',
      apiKeyEnv: 'OPENAI_API_KEY',
      api: 'responses',
    },
  ],
  [
    'openrouter',
    { ...chat('https://openrouter.ai/api/v1', 'OPENROUTER_API_KEY'), attachments: 'all' },
  ],
  ['groq', chat('https://api.groq.com/openai/v1', 'GROQ_API_KEY')],
  ['mistral', chat('https://api.mistral.ai/v1', 'MISTRAL_API_KEY')],
  [
    'deepseek',
    {
      ...chat('https://api.deepseek.com', 'DEEPSEEK_API_KEY'),
      schemaInPrompt: true,
      attachments: 'none',
    },
  ],
  ['xai', chat('https://api.x.ai/v1', 'XAI_API_KEY')],
  ['together', chat('https://api.together.ai/v1', 'TOGETHER_API_KEY')],
  ['fireworks', chat('https://api.fireworks.ai/inference/v1', 'FIREWORKS_API_KEY')],
  ['cerebras', { ...chat('https://api.cerebras.ai/v1', 'CEREBRAS_API_KEY'), attachments: 'none' }],
  ['gemini', chat('https://generativelanguage.googleapis.com/v1beta/openai', 'GEMINI_API_KEY')],
  ['perplexity', chat('https://api.perplexity.ai', 'PERPLEXITY_API_KEY')],
  ['ollama', local('http://127.0.0.1:11434/v1')],
  ['lmstudio', local('http://127.0.0.1:1234/v1')],
  ['vllm', local('http://127.0.0.1:8000/v1')],
  ['llamacpp', local('http://127.0.0.1:8080/v1')],
  [
    'mock',
    { type: 'mock', baseUrl: 'mock://mock', apiKeyEnv: undefined, api: undefined, loopback: true },
  ],
]);

/**
 * Why a provider's `api_key_env` may not name this variable: it would hand one party's secret to
 * another. Undefined when it may. `provider` is the name of the entry.
 */
export function forbiddenKeyReason(name: string, provider: string): string | undefined {
  const variable = name.toUpperCase();
  const known = knownProviders.get(provider)?.apiKeyEnv;
  if (variable === known) return undefined;
  for (const [owner, { apiKeyEnv }] of knownProviders) {
    if (variable === apiKeyEnv) return `it holds the key of \`${owner}\``;
  }
  for (const [owner, variables] of FURTHER_KEYS) {
    if (owner !== provider && variables.includes(variable)) return `it holds a key of \`${owner}\``;
  }
  if (CI_TOKENS.has(variable) || CI_PREFIXES.some((prefix) => variable.startsWith(prefix))) {
    return 'it holds a credential of the CI or cloud system';
  }
  return undefined;
}

/** Whether `api_key_env` of the provider `provider` may not name the variable `name`. */
export function isForbiddenKeyVariable(name: string, provider: string): boolean {
  return forbiddenKeyReason(name, provider) !== undefined;
}

function chat(baseUrl: string, apiKeyEnv: string): KnownProvider {
  return { type: 'openai', baseUrl, apiKeyEnv, api: 'chat' };
}

function local(baseUrl: string): KnownProvider {
  return { type: 'openai', baseUrl, apiKeyEnv: undefined, api: 'chat', loopback: true };
}

/** Other variables in which vendors' tools keep credentials. */
const FURTHER_KEYS: ReadonlyArray<readonly [owner: string, variables: readonly string[]]> = [
  ['anthropic', ['ANTHROPIC_AUTH_TOKEN', 'ANTHROPIC_ADMIN_KEY', 'CLAUDE_CODE_OAUTH_TOKEN']],
  ['openai', ['OPENAI_ADMIN_KEY', 'OPENAI_WEBHOOK_SECRET']],
  ['gemini', ['GOOGLE_API_KEY']],
];

const CI_TOKENS: ReadonlySet<string> = new Set([
  'GITHUB_TOKEN',
  'GH_TOKEN',
  'GH_ENTERPRISE_TOKEN',
  'GITHUB_ENTERPRISE_TOKEN',
  'GITHUB_PAT',
  'CI_JOB_TOKEN',
  'CI_JOB_JWT',
  'CI_JOB_JWT_V2',
  'CI_DEPLOY_PASSWORD',
  'CI_REGISTRY_PASSWORD',
  'CI_DEPENDENCY_PROXY_PASSWORD',
  'CI_REPOSITORY_URL',
  'GITLAB_TOKEN',
  'BITBUCKET_TOKEN',
  'BITBUCKET_STEP_OIDC_TOKEN',
  'SYSTEM_ACCESSTOKEN',
  'CIRCLE_OIDC_TOKEN',
  'CIRCLE_OIDC_TOKEN_V2',
  'CIRCLE_TOKEN',
  'BUILDKITE_AGENT_ACCESS_TOKEN',
  'TRAVIS_TOKEN',
  'NPM_TOKEN',
  'NODE_AUTH_TOKEN',
  'YARN_NPM_AUTH_TOKEN',
  'PYPI_TOKEN',
  'TWINE_PASSWORD',
  'CARGO_REGISTRY_TOKEN',
  'GOOGLE_APPLICATION_CREDENTIALS',
  'KUBECONFIG',
  'DOCKER_PASSWORD',
  'DATABASE_URL',
  'VAULT_TOKEN',
  'SSH_PRIVATE_KEY',
]);

/** Prefixes under which runners and clouds put nothing but their own settings. */
const CI_PREFIXES: readonly string[] = ['ACTIONS_', 'RUNNER_', 'AWS_', 'ARM_', 'NPM_CONFIG_'];
