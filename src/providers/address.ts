import { baseUrlProblem } from '../manifest/base-url.ts';
import { cloudAddress } from '../manifest/cloud.ts';
import { knownProviders } from '../manifest/known-providers.ts';
import type { ProviderSettings, ProviderType } from '../manifest/manifest.ts';
import type { Environment } from '../ports/environment.ts';

/** Where a provider is, as its settings and the environment say. Whether it may be called is not judged here. */
export type Address =
  | {
      readonly ok: true;
      readonly url: URL;
      /** The variable that the address came from; undefined where the manifest or Volley names it. */
      readonly variable: string | undefined;
    }
  | {
      readonly ok: false;
      readonly code: 'MISSING_KEY' | 'BAD_URL';
      readonly message: string;
      readonly hint: string;
    };

/**
 * The address of a provider that is reached over HTTP. Only ready-made ones have one of their own.
 * The value of a variable is never repeated: it may be somebody's secret.
 */
export function addressOf(provider: {
  readonly name: string;
  readonly type: ProviderType;
  readonly settings: ProviderSettings | undefined;
  readonly environment: Environment;
}): Address {
  const { name, type, settings, environment } = provider;
  const variable = settings?.baseUrlEnv;
  const value = variable === undefined ? '' : (environment[variable] ?? '');
  if (variable !== undefined && value !== '') {
    if (baseUrlProblem(value) === undefined) return { ok: true, url: new URL(value), variable };
    return {
      ok: false,
      code: 'BAD_URL',
      message: `the variable \`${variable}\` is not the URL of a server`,
      hint: 'set it to a URL such as `https://llm.example.com/v1`, without user name, query, fragment or `/chat/completions`',
    };
  }
  const known = knownProviders.get(name);
  const text =
    settings?.baseUrl ??
    (settings?.cloud
      ? cloudAddress(settings.cloud, type)
      : known?.type === type
        ? known.baseUrl
        : undefined);
  if (text === undefined) {
    return {
      ok: false,
      code: 'MISSING_KEY',
      ...(variable === undefined
        ? {
            message: `the provider \`${name}\` has no \`base_url\``,
            hint: 'add the address of its API, such as `base_url: http://127.0.0.1:11434/v1`',
          }
        : {
            message: `the provider \`${name}\` has no address: \`${variable}\` is not set`,
            hint: `set it: export ${variable}=https://…, or add a \`base_url\``,
          }),
    };
  }
  const problem = baseUrlProblem(text);
  if (problem === undefined) return { ok: true, url: new URL(text), variable: undefined };
  const { message, hint } = problem;
  return { ok: false, code: 'BAD_URL', message: `\`base_url\` of \`${name}\`: ${message}`, hint };
}

/** OpenAI's own API, regional hosts included. */
export function isOpenaiHost(host: string): boolean {
  return host === 'api.openai.com' || host.endsWith('.api.openai.com');
}
