import type { Finding } from '../errors/finding.ts';
import { isLoopback } from '../manifest/base-url.ts';
import type { Manifest } from '../manifest/manifest.ts';
import type { ResolvedProvider } from '../providers/resolve-providers.ts';

/** A warning for each provider on another machine whose `api_key_env` is not set. */
export function keyWarnings(
  manifest: Manifest,
  providers: ReadonlyMap<string, ResolvedProvider>,
): readonly Finding[] {
  return [...providers.values()].flatMap((provider): readonly Finding[] => {
    const words = unsetKeyWarning(provider);
    const place = manifest.providers.get(provider.name)?.place;
    return words && place ? [{ code: 'NO_KEY', severity: 'warning', ...words, place }] : [];
  });
}

/**
 * The warning for a remote provider that gets no key although the manifest names a variable for it.
 */
export function unsetKeyWarning({
  host,
  origin,
  unsetVariable,
  keyHint,
}: ResolvedProvider): { readonly message: string; readonly hint: string } | undefined {
  if (unsetVariable === undefined || isLoopback(new URL(origin).hostname)) return undefined;
  return { message: `no key is sent to \`${host}\``, hint: keyHint ?? '' };
}
