import type { Limits, Manifest, ModelName } from './manifest.ts';

/** `tokens` counts input and output together. */
export type LimitKind = 'requests' | 'tokens' | 'input_tokens' | 'output_tokens';

export type LimitName = 'rps' | 'rpm' | 'rpd' | 'tpm' | 'itpm' | 'otpm';

/** Every limit that a manifest can declare: what it counts, and in which time span. */
export const LIMITS: Readonly<
  Record<LimitName, { readonly kind: LimitKind; readonly spanMs: number }>
> = {
  rps: { kind: 'requests', spanMs: 1_000 },
  rpm: { kind: 'requests', spanMs: 60_000 },
  rpd: { kind: 'requests', spanMs: 86_400_000 },
  tpm: { kind: 'tokens', spanMs: 60_000 },
  itpm: { kind: 'input_tokens', spanMs: 60_000 },
  otpm: { kind: 'output_tokens', spanMs: 60_000 },
};

export const LIMIT_NAMES: readonly LimitName[] = ['rps', 'rpm', 'rpd', 'tpm', 'itpm', 'otpm'];

/** The per-minute limit of each kind. Waits for `rps` or `rpd` are reported under the same name. */
export const PER_MINUTE = {
  requests: 'rpm',
  tokens: 'tpm',
  input_tokens: 'itpm',
  output_tokens: 'otpm',
} as const;

/** A model's own limits override those of its provider. */
export function declaredLimits(manifest: Manifest, { provider, model }: ModelName): Limits {
  const settings = manifest.providers.get(provider);
  return { ...settings?.limits, ...settings?.models.get(model)?.limits };
}
