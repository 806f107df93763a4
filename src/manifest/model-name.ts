import { oddCharacter, plainName } from '../errors/invisible.ts';
import { suggest } from '../errors/suggest.ts';
import { CLOUDS } from './cloud.ts';
import { knownProviders } from './known-providers.ts';
import type { ModelName } from './manifest.ts';
import type { FindingWords } from './collect-findings.ts';
import { shown } from './recognize-secrets.ts';
import { wordMap } from './word-set.ts';

/** Reads `provider/model`. The provider must be declared or built in; any model is accepted. */
export function parseModelName(text: string, declared: ReadonlySet<string>): ParsedModelName {
  const slash = text.indexOf('/');
  const provider = text.slice(0, Math.max(0, slash));
  const model = text.slice(slash + 1);
  const odd = oddCharacter(text);
  if (odd !== undefined) {
    const message = `the model \`${shown(plainName(text))}\` is written with ${odd}`;
    return refused(message, 'write it with plain characters');
  }
  if (slash < 1 || model === '' || /\s/.test(text)) return malformed(text, declared);
  if (model.includes(',')) {
    const models = text.split(',').map((each) => shown(each.trim()));
    return refused(
      `\`${shown(text)}\` is more than one model`,
      `write a list: \`models: [${models.join(', ')}]\` asks each of them for every row`,
    );
  }
  if (declared.has(provider) || knownProviders.has(provider)) {
    return { ok: true, value: { provider, model } };
  }
  const alias = ALIASES.get(provider.toLowerCase());
  const cloud = CLOUDS.find((name) => name === (alias ?? provider));
  if (cloud) {
    const rename = alias ? `write \`${cloud}/${shown(model)}\`, and ` : '';
    const hint = `${rename}add it: ${CLOUD_ENTRIES[cloud]}`;
    return refused(`the provider \`${cloud}\` has no entry`, hint, 'UNKNOWN_PROVIDER');
  }
  const readyMade = [...knownProviders.keys()];
  const near = alias ?? suggest(provider, [...declared, ...readyMade]);
  return refused(
    `unknown provider \`${shown(provider)}\``,
    near === undefined
      ? `add it under \`providers\` with its \`type\` and \`base_url\` (with \`volley ask\`: \`--base-url URL\`), or use a ready-made one: ${readyMade.join(', ')}`
      : `did you mean \`${near}/${shown(model)}\`?`,
    'UNKNOWN_PROVIDER',
  );
}

type ParsedModelName =
  | { readonly ok: true; readonly value: ModelName }
  | ({ readonly ok: false } & FindingWords);

function refused(
  message: string,
  hint: string,
  code: 'BAD_VALUE' | 'UNKNOWN_PROVIDER' = 'BAD_VALUE',
): ParsedModelName {
  return { ok: false, code, message, hint };
}

/** What other tools call the providers. */
const ALIASES = wordMap({
  anthropic: 'claude',
  openai: 'gpt chatgpt',
  gemini: 'google',
  xai: 'x-ai grok',
  mistral: 'mistralai',
  together: 'together_ai',
  fireworks: 'fireworks_ai',
  lmstudio: 'lm_studio',
  bedrock: 'aws amazon',
  vertex: 'gcp vertex_ai vertexai',
  azure: 'azure_openai microsoft',
});

const CLOUD_ENTRIES = {
  azure:
    '`providers: { azure: { type: azure, base_url: https://NAME.openai.azure.com/openai/v1 } }`',
  bedrock: '`providers: { bedrock: { type: bedrock, region: us-east-1 } }`',
  vertex: '`providers: { vertex: { type: vertex, region: global, project: my-project } }`',
} as const;

function malformed(text: string, declared: ReadonlySet<string>): ParsedModelName {
  const isKnown = (name: string): boolean => declared.has(name) || knownProviders.has(name);
  const bare = text.trim();
  const [vendor = '', rest = ''] = bare.split(/:(.*)/s);
  // Other tools write `provider:model`.
  if (rest !== '' && isKnown(vendor)) {
    const message = `\`${shown(bare)}\` is not a model: a slash separates the provider and the model`;
    return refused(message, `write \`${vendor}/${shown(rest)}\``);
  }
  if (bare === '' || /[\s/]/.test(bare)) {
    const hint = 'write `provider/model`, for example `anthropic/claude-haiku-5-5`';
    return refused(`\`${shown(text)}\` is not a model`, hint);
  }
  const provider = vendorOf(bare) ?? [...declared][0];
  return refused(
    `\`${shown(bare)}\` does not name a provider`,
    isKnown(bare)
      ? `write \`${bare}/…\` with a model name`
      : provider === undefined
        ? `write \`PROVIDER/${shown(bare)}\`, such as \`openrouter/${shown(bare)}\``
        : `write \`${provider}/${shown(bare)}\``,
  );
}

/** The most likely vendor of a bare model name. */
function vendorOf(model: string): string | undefined {
  return VENDORS.find(([pattern]) => pattern.test(model))?.[1];
}

const VENDORS: ReadonlyArray<readonly [RegExp, string]> = [
  [/^claude/i, 'anthropic'],
  [/^(gpt|chatgpt|o\d)/i, 'openai'],
  [/^gemini/i, 'gemini'],
  [/^(mistral|codestral|ministral)/i, 'mistral'],
  [/^deepseek/i, 'deepseek'],
  [/^grok/i, 'xai'],
];
