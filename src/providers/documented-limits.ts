import { documentedLimits as documented } from '../generated/vendor-facts.ts';
import type { Limits } from '../manifest/manifest.ts';

/** What a provider's documentation says about its limits. For display only. */
export interface DocumentedProvider {
  /** The provider's own page. */
  readonly source: string;
  /** Where the numbers were read, if not on the provider's page. */
  readonly via?: string;
  /** The date of the page, `YYYY-MM-DD`; undefined for an undated copy. */
  readonly asOf?: string;
  /** Why there are no numbers, or what they leave out. */
  readonly note?: string;
  /** From the lowest tier up; empty if unknown. */
  readonly tiers: readonly DocumentedTier[];
}

export interface DocumentedTier {
  readonly tier: string;
  /** Exact ids, or `*` followed by the end of an id; `*` alone means all models. */
  readonly models: readonly string[];
  readonly limits: Limits;
}

/** By provider. Servers announce the real limits with their answers. */
export const documentedLimits = new Map<string, DocumentedProvider>(Object.entries(documented));

/** The documented limits of a model, lowest tier first; empty if unknown. */
export function documentedTiers(provider: string, model: string): readonly DocumentedTier[] {
  const tiers = documentedLimits.get(provider)?.tiers ?? [];
  return tiers.filter(({ models }) => models.some((pattern) => matches(pattern, model)));
}

function matches(pattern: string, model: string): boolean {
  return pattern.startsWith('*') ? model.endsWith(pattern.slice(1)) : pattern === model;
}
