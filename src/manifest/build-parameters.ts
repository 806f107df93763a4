import { insteadOfParam } from './forbidden-params.ts';
import {
  EFFORTS,
  type ModelName,
  type Parameters,
  type ProviderSettings,
  type CacheSetting,
  type TaskTemplate,
} from './manifest.ts';
import { providerType } from './build-providers.ts';
import { weaklyMemoized } from '../ports/memoized.ts';
import { shown } from './recognize-secrets.ts';
import { plainMap } from './source-node.ts';
import { offeredLifetimes } from './cache-lifetimes.ts';
import { knownProviders } from './known-providers.ts';
import { modelText } from './task-models.ts';
import type { Written } from './written-value.ts';

interface ParameterInput {
  /** Finds the task's own value of a key, or the value in `defaults`. */
  readonly find: (key: string) => Written;
  /** All models that the task may use. */
  readonly models: readonly ModelName[];
  readonly providers: ReadonlyMap<string, ProviderSettings>;
  readonly maxTokens: number | undefined;
}

export function buildParameters(input: ParameterInput): Parameters {
  const { find } = input;
  refuseSampling(input);
  const maxTokens = input.maxTokens ?? readMaxTokens(find('max_tokens'));
  const { number: temperature } = find('temperature');
  const { number: topP } = find('top_p');
  const { strings: stop } = find('stop');
  const reasoning = find('reasoning').choice(EFFORTS);
  const params = readParams(find('params'));
  return {
    ...(maxTokens !== undefined && { maxTokens }),
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { topP }),
    ...(stop && { stop }),
    ...(reasoning && { reasoning }),
    ...(params && { params }),
  };
}

/** Far more tokens than any model can return: a typo, or an attempt to run up a bill. */
const MOST_TOKENS = 10_000_000;
/** The last version of Anthropic's API whose models accept sampling parameters. */
const SAMPLING_API_VERSION = '2023-06-01';

function refuseSampling({ find, models, providers }: ParameterInput): void {
  const refusing = models.find(
    ({ provider }) =>
      providerType(provider, providers) === 'anthropic' &&
      providers.get(provider)?.apiVersion !== SAMPLING_API_VERSION,
  );
  const doubtful = models.find((model) => takesSamplingWithoutReasoning(model, providers));
  const reasons = find('reasoning').string !== 'none';
  for (const key of ['temperature', 'top_p']) {
    const found = find(key);
    if (found.isGiven && refusing) {
      found.keyError({
        code: 'PARAMETER_REFUSED',
        message: `\`${refusing.provider}\` refuses \`${key}\`, whatever its value`,
        hint: `delete it, or set \`api_version: ${SAMPLING_API_VERSION}\` for the provider \`${refusing.provider}\` if the model is an old one`,
      });
    } else if (found.isGiven && doubtful && reasons) {
      found.keyWarning({
        code: 'PARAMETER_REFUSED',
        message: `\`${doubtful.provider}/${doubtful.model}\` rejects \`${key}\` when reasoning is on`,
        hint: 'delete it, or set `reasoning: none` if the model allows it',
      });
    }
  }
}

/**
 * Whether the model is one of OpenAI's reasoning models: o1 and later, GPT-5 and later, according
 * to its documentation, read on 2026-11-26.
 */
function takesSamplingWithoutReasoning(
  { provider, model }: ModelName,
  providers: ReadonlyMap<string, ProviderSettings>,
): boolean {
  const isOwn = provider === 'openai' && providers.get(provider)?.baseUrl === undefined;
  return isOwn && /^(?:o\d|gpt-(?:[5-9]|\d\d))(?!.*chat)/.test(model);
}

function readMaxTokens(written: Written): number | undefined {
  const { count } = written;
  if (count !== undefined && count > MOST_TOKENS) {
    written.error({
      message: `\`max_tokens\` is \`${count}\`, more than any model can answer`,
      hint: 'for example, write `800` or `4k`',
    });
  }
  return count;
}

function readParams(params: Written) {
  for (const each of params.entries) {
    const hint = insteadOfParam(each.key);
    if (hint === undefined) continue;
    const message = `\`params\` must not contain \`${shown(each.key)}\``;
    each.keyError({ code: 'PARAMETER_REFUSED', message, hint });
  }
  return params.node?.kind === 'map' ? sharedMap(params.node) : undefined;
}

/** Cached, because all tasks share the map in `defaults`. */
const sharedMap = weaklyMemoized(plainMap);

/** Reports a lifetime that one of the models does not offer. */
export function readPromptCache(
  written: Written,
  models: readonly ModelName[],
  providers: ReadonlyMap<string, ProviderSettings>,
): TaskTemplate['promptCache'] {
  const setting = written.choice(SETTINGS);
  if (setting === undefined || setting === 'auto') return undefined;
  if (setting === 'off') return setting;
  for (const model of models) {
    const offered = lifetimesOf(model, providers);
    if (offered === undefined || offered.includes(setting)) continue;
    written.error({
      message: `\`${modelText(model)}\` cannot cache a prompt for \`${setting}\``,
      hint:
        offered.length === 0
          ? 'leave `prompt_cache` out: its provider decides what it keeps'
          : `write ${offered.map((each) => `\`${each}\``).join(' or ')}`,
    });
    break;
  }
  return setting;
}

const SETTINGS: readonly CacheSetting[] = ['auto', 'off', '5m', '1h', '30m', '12h'];

/** Undefined if the lifetimes are unknown, or for a mock, which accepts all of them. */
function lifetimesOf(
  { provider, model }: ModelName,
  providers: ReadonlyMap<string, ProviderSettings>,
): readonly string[] | undefined {
  const type = providerType(provider, providers);
  if (type === undefined || type === 'mock') return undefined;
  const api = providers.get(provider)?.api ?? knownProviders.get(provider)?.api;
  return offeredLifetimes({ type, api, host: undefined, provider, model });
}
