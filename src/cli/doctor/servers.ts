import { suggest } from '../../errors/suggest.ts';
import type { ModelName } from '../../manifest/manifest.ts';
import type { Clock } from '../../ports/clock.ts';
import { askForModels } from '../../providers/create-provider.ts';
import type { ModelList } from '../../providers/model-list.ts';
import type { ResolvedProvider } from '../../providers/resolve-providers.ts';
import type { Wire } from '../../providers/transport.ts';
import { counted } from '../../report/format-numbers.ts';
import { checksIn, type Check } from './check.ts';

const TIMEOUT_MS = 15_000;
const check = checksIn('servers');

/** Asks each provider for its models, in one free request that also tests the host and the key. */
export async function serverChecks(
  providers: readonly ResolvedProvider[],
  options: {
    readonly models: readonly ModelName[];
    readonly wire: Wire;
    readonly clock: Clock;
    readonly areNeeded: boolean;
  },
): Promise<readonly Check[]> {
  const { models, wire, clock, areNeeded } = options;
  const asked = await Promise.all(
    providers.map(async (provider) => {
      const list = await askForModels(provider, { wire, clock, timeoutMs: TIMEOUT_MS });
      const wanted = models.filter((model) => model.provider === provider.name);
      return list === undefined ? [] : checksOf(provider, list, { wanted, areNeeded });
    }),
  );
  return asked.flat();
}

function checksOf(
  { name, host, keyVariable }: ResolvedProvider,
  list: ModelList,
  { wanted, areNeeded }: { readonly wanted: readonly ModelName[]; readonly areNeeded: boolean },
): readonly Check[] {
  const bad = areNeeded ? 'missing' : 'warning';
  if (!list.ok) {
    const { message, hint } = list.failure;
    return [check(name, bad, message, hint)];
  }
  const { models, tookMs } = list;
  const taken = keyVariable === undefined ? 'answers' : `accepts the key in \`${keyVariable}\``;
  const count = models === undefined ? 'lists no models' : counted(models.length, 'model');
  return [
    check(name, 'ok', `${host} ${taken}: ${count}, ${Math.round(tookMs)} ms`),
    ...(models === undefined ? [] : wanted.map((model) => modelCheck(model, models, bad))),
  ];
}

function modelCheck(
  { provider, model }: ModelName,
  listed: NonNullable<Extract<ModelList, { readonly ok: true }>['models']>,
  bad: Check['status'],
): Check {
  const name = `${provider}/${model}`;
  const found = listed.find(({ id }) => id === model);
  if (found === undefined) {
    const near = suggest(
      model,
      listed.map(({ id }) => id),
    );
    return check(
      name,
      bad,
      'not among the models that this key can use',
      near === undefined
        ? 'check its name, and the permissions of the account'
        : `did you mean \`${provider}/${near}\`?`,
    );
  }
  return found.retiresOn === undefined
    ? check(name, 'ok', 'available')
    : check(
        name,
        'warning',
        `available until ${found.retiresOn}`,
        'choose a newer model before then',
      );
}
