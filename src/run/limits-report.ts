import { modelsOf } from '../manifest/task-models.ts';
import { declaredLimits } from '../manifest/declared-limits.ts';
import type { Limits, Manifest, ModelName } from '../manifest/manifest.ts';
import {
  documentedLimits,
  documentedTiers,
  type DocumentedTier,
} from '../providers/documented-limits.ts';
import type { ResolvedProvider } from '../providers/resolve-providers.ts';
import type { FoundLimits, Learned } from '../outcome/learned-limits.ts';
import { expiryMs, type LearnedLane } from './learned-file.ts';
import type { LearnedLimits } from './learned-store.ts';
import { laneName } from './task-content.ts';

/** What is known about each model's limits: `schemas/limits.schema.json`. */
export interface LimitsReport {
  readonly v: 1;
  readonly manifest: string | null;
  /** Concurrency across all models; null without a manifest. */
  readonly max_concurrent: number | null;
  /**
   * The models of the manifest's tasks; without a manifest, the given model or those that runs
   * learned about.
   */
  readonly lanes: readonly LaneLimits[];
  /** The file where runs save what they learn; null if they do not save it. */
  readonly learned_file: string | null;
  /** The documentation of the lanes' providers; without a manifest, that of all providers. */
  readonly documented: readonly ProviderDocumentation[];
}

export interface LaneLimits {
  /** `provider/model`. */
  readonly lane: string;
  readonly declared: Limits | null;
  /** Limits of the lowest tier; null if unknown. */
  readonly documented: { readonly tier: string; readonly limits: Limits } | null;
  /** From earlier runs with the same key; null if there is nothing recent. */
  readonly learned: LearnedReport | null;
  /** Why learned limits exist but are not shown, such as a missing key; null if they are shown. */
  readonly learned_withheld: string | null;
}

export interface LearnedReport extends Pick<Learned, 'announced'> {
  readonly found: Pick<FoundLimits, 'concurrency' | 'rpm'> & {
    readonly cache_rest_ms?: number;
    readonly batch_cancel_ms?: number;
  };
  /** In ISO 8601, like `expires_at`. */
  readonly learned_at: string;
  readonly expires_at: string;
}

export interface ProviderDocumentation {
  readonly provider: string;
  readonly source: string;
  readonly via: string | null;
  readonly as_of: string | null;
  readonly note: string | null;
  readonly tiers: readonly DocumentedTier[];
}

export interface ReportParts {
  readonly manifest: Manifest | undefined;
  /** The only model to report if there is no manifest; default: all models that are known. */
  readonly model?: ModelName | undefined;
  /** Providers whose host and key are known. */
  readonly providers: ReadonlyMap<string, ResolvedProvider>;
  /** What is wrong with the other providers, by name. */
  readonly problems: ReadonlyMap<string, string>;
  readonly learned: LearnedLimits | undefined;
}

export function limitsReport(parts: ReportParts): LimitsReport {
  const { manifest, model, providers, learned } = parts;
  const lanes = manifest
    ? lanesOf(manifest).map((lane) => ({
        ...laneOf(lane, learnedOf(lane), manifest),
        learned_withheld: withheldReason(lane, { ...parts, manifest }),
      }))
    : knownLanes(learned?.lanes ?? [], model);
  const models = manifest ? manifest.tasks.flatMap(modelsOf) : model && [model];
  const names = models && new Set(models.map(({ provider }) => provider));
  return {
    v: 1,
    manifest: manifest?.file ?? null,
    max_concurrent: manifest?.run.maxConcurrent ?? null,
    learned_file: learned?.file ?? null,
    lanes,
    documented: documentation((provider) => names === undefined || names.has(provider)),
  };

  function learnedOf({ provider, model }: ModelName): LearnedLane | undefined {
    const resolved = providers.get(provider);
    return resolved && learned?.of({ provider: resolved, model });
  }
}

/** Learned limits belong to a host and a key; without these, it is unclear which limits apply. */
function withheldReason(
  { provider, model }: ModelName,
  { providers, problems, learned }: ReportParts & { readonly manifest: Manifest },
): string | null {
  const resolved = providers.get(provider);
  const isKept = learned?.lanes.some(
    (lane) =>
      lane.provider === provider &&
      lane.model === model &&
      (!resolved || lane.host === resolved.host),
  );
  if (isKept !== true) return null;
  if (!resolved) return problems.get(provider) ?? null;
  const { unsetVariable } = resolved;
  const isShown = learned?.of({ provider: resolved, model }) !== undefined;
  return !isShown && unsetVariable !== undefined
    ? `no key for \`${provider}\`: \`${unsetVariable}\` is not set`
    : null;
}

/** The models of the tasks, in order. */
function lanesOf(manifest: Manifest): readonly ModelName[] {
  const lanes = new Map<string, ModelName>();
  for (const model of manifest.tasks.flatMap(modelsOf)) lanes.set(laneName(model), model);
  return [...lanes.values()];
}

/** What earlier runs learned about each model, or only about `model`, which is always reported. */
function knownLanes(
  learned: readonly LearnedLane[],
  model: ModelName | undefined,
): readonly LaneLimits[] {
  const newest = newestLanes(learned);
  if (!model) return newest.map((lane) => laneOf(lane, lane));
  return [
    laneOf(
      model,
      newest.find((lane) => laneName(lane) === laneName(model)),
    ),
  ];
}

/** The newest lane of each model, for any key. */
function newestLanes(lanes: readonly LearnedLane[]): readonly LearnedLane[] {
  const newest = new Map<string, LearnedLane>();
  for (const lane of lanes.toReversed()) newest.set(laneName(lane), lane);
  return [...newest.values()].toReversed();
}

function laneOf(
  lane: ModelName,
  learned: LearnedLane | undefined,
  manifest?: Manifest,
): LaneLimits {
  return {
    lane: laneName(lane),
    declared: manifest ? declaredOf(manifest, lane) : null,
    documented: documentedOf(lane),
    learned: learned ? learnedReport(learned) : null,
    learned_withheld: null,
  };
}

function learnedReport(lane: LearnedLane): LearnedReport {
  const { cacheRestMs, batchCancelMs, ...found } = lane.found;
  return {
    announced: lane.announced,
    found: {
      ...found,
      ...(cacheRestMs !== undefined && { cache_rest_ms: cacheRestMs }),
      ...(batchCancelMs !== undefined && { batch_cancel_ms: batchCancelMs }),
    },
    learned_at: new Date(lane.learnedAtMs).toISOString(),
    expires_at: new Date(expiryMs(lane)).toISOString(),
  };
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
