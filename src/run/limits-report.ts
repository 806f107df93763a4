import { modelsOf } from '../manifest/task-models.ts';
import { declaredLimits } from '../manifest/declared-limits.ts';
import type { Limits, Manifest, ModelName } from '../manifest/manifest.ts';
import {
  documentedLimits,
  documentedTiers,
  type DocumentedTier,
} from '../providers/documented-limits.ts';

/** What is known of the limits of each model: `schemas/limits.schema.json`. */
export interface LimitsReport {
  readonly v: 1;
  readonly manifest: string | null;
  /** Requests at once over all models; null without a manifest. */
  readonly max_concurrent: number | null;
  readonly lanes: readonly LaneLimits[];
  /** The documentation of the lanes' providers; of all of them without a manifest. */
  readonly documented: readonly ProviderDocumentation[];
}

export interface LaneLimits {
  /** `provider/model`. */
  readonly lane: string;
  readonly declared: Limits | null;
  /** Of the lowest tier; null: unknown. */
  readonly documented: { readonly tier: string; readonly limits: Limits } | null;
}

export interface ProviderDocumentation {
  readonly provider: string;
  readonly source: string;
  readonly via: string | null;
  readonly as_of: string | null;
  readonly note: string | null;
  readonly tiers: readonly DocumentedTier[];
}

export function limitsReport(manifest: Manifest | undefined): LimitsReport {
  const lanes = manifest ? lanesOf(manifest) : [];
  const providers = new Set(lanes.map(({ provider }) => provider));
  return {
    v: 1,
    manifest: manifest?.file ?? null,
    max_concurrent: manifest?.run.maxConcurrent ?? null,
    lanes: lanes.map((lane) => ({
      lane: `${lane.provider}/${lane.model}`,
      declared: manifest ? declaredOf(manifest, lane) : null,
      documented: documentedOf(lane),
    })),
    documented: documentation((provider) => manifest === undefined || providers.has(provider)),
  };
}

/** The models of the tasks, in their order. */
function lanesOf(manifest: Manifest): readonly ModelName[] {
  const lanes = new Map<string, ModelName>();
  for (const model of manifest.tasks.flatMap(modelsOf))
    lanes.set(`${model.provider}/${model.model}`, model);
  return [...lanes.values()];
}

function declaredOf(manifest: Manifest, lane: ModelName): Limits | null {
  const limits = declaredLimits(manifest, lane);
  return Object.keys(limits).length === 0 ? null : limits;
}

function documentedOf({ provider, model }: ModelName): LaneLimits['documented'] {
  const [lowest] = documentedTiers(provider, model);
  return lowest ? { tier: lowest.tier, limits: lowest.limits } : null;
}

function documentation(isWanted: (provider: string) => boolean): readonly ProviderDocumentation[] {
  return [...documentedLimits]
    .filter(([provider]) => isWanted(provider))
    .map(([provider, { source, via = null, asOf = null, note = null, tiers }]) => ({
      provider,
      source,
      via,
      as_of: asOf,
      note,
      tiers,
    }));
}
