import { errorCount } from '../../errors/finding.ts';
import { VolleyError } from '../../errors/volley-error.ts';
import { declaredLimits } from '../../manifest/declared-limits.ts';
import type { ModelName } from '../../manifest/manifest.ts';
import { modelsOf } from '../../manifest/task-models.ts';
import { printableLine } from '../../errors/escape-invisible.ts';
import { missingPackages } from '../../providers/cloud-signing.ts';
import { CREDENTIAL_NAMES } from '../../providers/credentials.ts';
import type { HostPermissions } from '../../providers/allowed-hosts.ts';
import {
  resolveProviders,
  usableProviders,
  type ResolvedProvider,
} from '../../providers/resolve-providers.ts';
import { counted } from '../../report/format-numbers.ts';
import { checkRows } from '../../run/check-rows.ts';
import type { LearnedLimits } from '../../run/learned-store.ts';
import type { LoadedManifest } from '../../run/library.ts';
import { unsetKeyWarning } from '../../run/key-warnings.ts';
import { misspelling, retirementWords } from '../../run/model-warnings.ts';
import { priceFinder } from '../../run/run-prices.ts';
import { checksIn, type Check } from './check.ts';

const check = checksIn('manifest');

export interface ManifestChecks {
  readonly checks: readonly Check[];
  /** Providers with a known host and key. */
  readonly providers: readonly ResolvedProvider[];
  readonly models: readonly ModelName[];
}

/** Checks that a manifest is valid and that everything it needs is there. Sends nothing. */
export async function manifestChecks(
  file: string,
  options: {
    readonly load: () => Promise<LoadedManifest>;
    readonly permissions: HostPermissions;
    readonly learned: LearnedLimits | undefined;
    readonly epochMs: number;
  },
): Promise<ManifestChecks> {
  const { permissions, learned, epochMs } = options;
  const name = printableLine(file);
  let loaded: LoadedManifest;
  try {
    loaded = await options.load();
  } catch (error) {
    if (!(error instanceof VolleyError) || error.findings.length === 0) throw error;
    return {
      checks: [invalid(name, error.findings, error.omittedErrors)],
      providers: [],
      models: [],
    };
  }
  const { manifest } = loaded;
  const rows = await checkRows(loaded, { epochMs });
  const whole =
    errorCount(rows.findings) > 0
      ? invalid(name, rows.findings)
      : check(name, 'ok', `valid, ${counted(rows.tasks ?? 0, 'task')}`);
  const resolution = resolveProviders(manifest, permissions);
  const providers = [...usableProviders(manifest, permissions).values()];
  const problems = [
    ...(resolution.ok ? [] : resolution.problems),
    ...(await missingPackages(providers)),
  ];
  const models = distinct(manifest.tasks.flatMap(modelsOf));
  const priceOf = priceFinder(manifest);
  return {
    providers,
    models,
    checks: [
      whole,
      ...problems.map(({ provider, message, hint }) => check(provider, 'missing', message, hint)),
      ...providers.map(accessCheck),
      ...models.map((model) => {
        const lane = `${model.provider}/${model.model}`;
        const end = retirementWords(lane, epochMs);
        if (end) return check(lane, 'warning', end.message, end.hint);
        const provider = providers.find((each) => each.name === model.provider);
        const limits = limitWords({
          isDeclared: Object.keys(declaredLimits(manifest, model)).length > 0,
          isLearned:
            provider !== undefined && learned?.of({ provider, model: model.model }) !== undefined,
        });
        if (priceOf(model)) return check(lane, 'ok', `price known, ${limits}`);
        const slip = misspelling(model);
        if (slip) return check(lane, 'warning', slip.message, slip.hint);
        return manifest.budget
          ? check(
              lane,
              'missing',
              'no price is known, but a budget needs one',
              'add it under `prices:` in the manifest, or in a file for `--prices`',
            )
          : check(lane, 'absent', `no price is known, so its cost is unknown, ${limits}`);
      }),
    ],
  };
}

function invalid(name: string, findings: Parameters<typeof errorCount>[0], omitted = 0): Check {
  const errors = counted(errorCount(findings) + omitted, 'error');
  return check(name, 'missing', `not valid: ${errors}`, `run \`volley validate ${name}\``);
}

function accessCheck(provider: ResolvedProvider): Check {
  const warning = unsetKeyWarning(provider);
  if (warning) return check(provider.name, 'warning', warning.message, warning.hint);
  return check(provider.name, 'ok', accessWords(provider));
}

function accessWords(provider: ResolvedProvider): string {
  const { type, host, cloud, keyVariable, withheldVariable } = provider;
  if (type === 'mock') return 'a mock: no network, no key';
  if (cloud?.credential)
    return `${host} with your ${CREDENTIAL_NAMES[cloud.credential]} credentials`;
  if (keyVariable !== undefined) return `${host} with the key in \`${keyVariable}\``;
  return withheldVariable === undefined
    ? `${host} without a key`
    : `${host} without a key: \`${withheldVariable}\` is not sent there`;
}

function limitWords({
  isDeclared,
  isLearned,
}: {
  readonly isDeclared: boolean;
  readonly isLearned: boolean;
}): string {
  if (isDeclared) return 'limits declared';
  return isLearned ? 'limits known from earlier runs' : 'limits found during the run';
}

function distinct(models: readonly ModelName[]): readonly ModelName[] {
  return [...new Map(models.map((each) => [`${each.provider}/${each.model}`, each])).values()];
}
