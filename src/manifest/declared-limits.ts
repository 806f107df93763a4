import type { Limits, Manifest, ModelName } from './manifest.ts';

/** What the manifest declares for a model: its own limits over its provider's. */
export function declaredLimits(manifest: Manifest, { provider, model }: ModelName): Limits {
  const settings = manifest.providers.get(provider);
  return { ...settings?.limits, ...settings?.models.get(model)?.limits };
}
