import { baseUrlProblem } from '../manifest/base-url.ts';
import { cloudAddress } from '../manifest/cloud.ts';
import { knownProviders } from '../manifest/known-providers.ts';
import type { ProviderSettings, ProviderType } from '../manifest/manifest.ts';
import type { Environment } from '../ports/environment.ts';

/**
 * A provider's address, from its settings and the environment. Whether it may be called is decided
 * elsewhere.
 */
export type Address =
  | {
      readonly ok: true;
      readonly url: URL;
      /** The variable that the address comes from, if any. */
      readonly variable: string | undefined;
    }
  | {
      readonly ok: false;
      readonly code: 'MISSING_KEY' | 'BAD_URL';
      readonly message: string;
      readonly hint: string;
    };

/**
 * The address of an HTTP provider. Only built-in ones have a default. The value of a variable is
 * never repeated in a message: it may be a secret.
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

/** Whether this is one of OpenAI's own hosts, including regional ones. */
export function isOpenaiHost(host: string): boolean {
  return host === 'api.openai.com' || host.endsWith('.api.openai.com');
}
