import { offeredLifetimes } from './cache-lifetimes.ts';
import { providerType } from './build-providers.ts';
import { knownProviders } from './known-providers.ts';
import type { CacheSetting, ModelName, ProviderSettings, TaskTemplate } from './manifest.ts';
import { modelText } from './task-models.ts';
import { stringOf, type ReadContext } from './read-values.ts';
import type { MapEntry } from './source-node.ts';

/** `prompt_cache`. A lifetime that one of the models does not offer is reported. */
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
  const text = found && stringOf(found.value);
  const setting = SETTINGS.find((each) => each === text);
  if (!found || setting === undefined || setting === 'auto') return undefined;
  if (setting === 'off') return setting;
  for (const model of models) {
    const offered = lifetimesOf(model, providers);
    if (offered === undefined || offered.includes(setting)) continue;
    report.error(source.place(found.value), {
      code: 'BAD_VALUE',
      message: `\`${modelText(model)}\` cannot keep a prompt for \`${setting}\``,
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

/** Undefined: not known, or a mock, which keeps everything. */
function lifetimesOf(
  { provider, model }: ModelName,
  providers: ReadonlyMap<string, ProviderSettings>,
): readonly string[] | undefined {
  const type = providerType(provider, providers);
  if (type === undefined || type === 'mock') return undefined;
  const api = providers.get(provider)?.api ?? knownProviders.get(provider)?.api;
  return offeredLifetimes({ type, api, host: undefined, provider, model });
}
