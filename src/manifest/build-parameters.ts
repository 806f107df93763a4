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
import {
  choiceOf,
  countOf,
  numberOf,
  stringOf,
  sharedPlainMap,
  stringsOf,
  type ReadContext,
} from './read-values.ts';
import { shown } from './secrets.ts';
import type { MapEntry, SourceNode } from './source-node.ts';
import { offeredLifetimes } from './cache-lifetimes.ts';
import { knownProviders } from './known-providers.ts';
import { modelText } from './task-models.ts';

interface ParameterInput {
  /** Finds the task's own value of a key, or the value in `defaults`. */
  readonly find: (key: string) => MapEntry | undefined;
  /** All models that the task may use. */
  readonly models: readonly ModelName[];
  readonly providers: ReadonlyMap<string, ProviderSettings>;
  readonly maxTokens: number | undefined;
}

export function buildParameters(input: ParameterInput, context: ReadContext): Parameters {
  const { find, maxTokens: overriding } = input;
  refuseSampling(input, context);
  const maxTokens = overriding ?? readMaxTokens(find('max_tokens')?.value, context);
  const temperature = numberOf(find('temperature')?.value);
  const topP = numberOf(find('top_p')?.value);
  const stop = stringsOf(find('stop')?.value);
  const reasoning = choiceOf(find('reasoning')?.value, EFFORTS);
  const params = readParams(find('params')?.value, context);
  return {
    ...(maxTokens === undefined ? {} : { maxTokens }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { topP }),
    ...(stop === undefined ? {} : { stop }),
    ...(reasoning === undefined ? {} : { reasoning }),
    ...(params === undefined ? {} : { params }),
  };
}

/** Far more tokens than any model can return: a typo, or an attempt to run up a bill. */
const MOST_TOKENS = 10_000_000;
/** The last version of Anthropic's API whose models accept sampling parameters. */
const SAMPLING_API_VERSION = '2023-06-01';

function refuseSampling(
  { find, models, providers }: ParameterInput,
  { source, report }: ReadContext,
): void {
  const refusing = models.find(
    ({ provider }) =>
      providerType(provider, providers) === 'anthropic' &&
      providers.get(provider)?.apiVersion !== SAMPLING_API_VERSION,
  );
  const doubtful = models.find((model) => takesSamplingWithoutReasoning(model, providers));
  const reasons = stringOf(find('reasoning')?.value) !== 'none';
  for (const key of ['temperature', 'top_p']) {
    const found = find(key);
    if (found && refusing) {
      report.error(source.keyPlace(found), {
        code: 'PARAMETER_REFUSED',
        message: `\`${refusing.provider}\` refuses \`${key}\`, whatever its value`,
        hint: `delete it, or set \`api_version: ${SAMPLING_API_VERSION}\` for the provider \`${refusing.provider}\` if the model is an old one`,
      });
    } else if (found && doubtful && reasons) {
      report.warning(source.keyPlace(found), {
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

function readMaxTokens(node: SourceNode | undefined, context: ReadContext): number | undefined {
  const count = countOf(node, context);
  if (node && count !== undefined && count > MOST_TOKENS) {
    context.report.error(context.source.place(node), {
      code: 'BAD_VALUE',
      message: `\`max_tokens\` is \`${count}\`, more than any model can answer`,
      hint: 'for example, write `800` or `4k`',
    });
  }
  return count;
}

function readParams(node: SourceNode | undefined, { source, report }: ReadContext) {
  if (node?.kind !== 'map') return undefined;
  for (const found of node.entries) {
    const hint = insteadOfParam(found.key);
    if (hint === undefined) continue;
    report.error(source.keyPlace(found), {
      code: 'PARAMETER_REFUSED',
      message: `\`params\` must not contain \`${shown(found.key)}\``,
      hint,
    });
  }
  return sharedPlainMap(node);
}

/** Reports a lifetime that one of the models does not offer. */
export function readPromptCache(
  found: MapEntry | undefined,
  models: readonly ModelName[],
  {
    source,
    report,
    providers,
  }: ReadContext & {
    readonly providers: ReadonlyMap<string, ProviderSettings>;
  },
): TaskTemplate['promptCache'] {
  const setting = choiceOf(found?.value, SETTINGS);
  if (!found || setting === undefined || setting === 'auto') return undefined;
  if (setting === 'off') return setting;
  for (const model of models) {
    const offered = lifetimesOf(model, providers);
    if (offered === undefined || offered.includes(setting)) continue;
    report.error(source.place(found.value), {
      code: 'BAD_VALUE',
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
