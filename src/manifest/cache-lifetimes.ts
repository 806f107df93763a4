import type { CacheLifetime, ProviderType } from './manifest.ts';

export interface CachedModel {
  readonly type: ProviderType;
  readonly api: 'responses' | 'chat' | undefined;
  readonly host: string | undefined;
  readonly provider: string;
  readonly model: string;
}

/** The kind of cache marks that a model's requests may carry (November 2026). Undefined: none. */
export function markingOf(cached: CachedModel): 'anthropic' | 'openai' | undefined {
  if (cached.type === 'anthropic' || isClaudeOnOpenrouter(cached)) return 'anthropic';
  return cached.type === 'openai' && takesBreakpoints(cached.model) ? 'openai' : undefined;
}

/** The lifetimes that a task may set, the provider's default first. */
export function offeredLifetimes(cached: CachedModel): readonly CacheLifetime[] {
  const marking = markingOf(cached);
  if (marking === undefined) return [];
  if (marking === 'anthropic') return ['5m', '1h'];
  return cached.api === 'responses' ? ['30m', '12h'] : ['30m'];
}

/** `gpt-5.6` and later accept `prompt_cache_options` and `prompt_cache_breakpoint`. */
export function takesBreakpoints(model: string): boolean {
  const [, major = '0', minor = '0'] = /^gpt-(\d+)(?:\.(\d+))?(?![\d.])/.exec(model) ?? [];
  return Number(major) > 5 || (Number(major) === 5 && Number(minor) >= 6);
}

/**
 * OpenRouter accepts Anthropic's marks for Anthropic's models, in the content parts of Chat
 * Completions messages.
 */
function isClaudeOnOpenrouter({ host, provider, model }: CachedModel): boolean {
  const isThere = provider === 'openrouter' || /(?:^|\.)openrouter\.ai$/.test(host ?? '');
  return isThere && model.startsWith('anthropic/');
}
