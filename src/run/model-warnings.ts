import type { Finding } from '../errors/finding.ts';
import { suggest } from '../errors/suggest.ts';
import { knownProviders } from '../manifest/known-providers.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { modelsOf } from '../manifest/task-models.ts';
import { shippedPrices } from '../money/shipped-prices.ts';
import { priceFinder } from './run-prices.ts';

/**
 * A warning for each model of a ready-made provider that nobody knows, and whose name is nearly that of
 * one that is known. Another number in it is another version, which may be newer than this Volley.
 */
export function modelWarnings(manifest: Manifest): readonly Finding[] {
  const priceOf = priceFinder(manifest);
  const warnings = new Map<string, Finding>();
  for (const template of manifest.tasks) {
    for (const model of modelsOf(template)) {
      const name = `${model.provider}/${model.model}`;
      if (warnings.has(name) || !knownProviders.has(model.provider) || priceOf(model)) continue;
      const near = suggest(name, knownModels(model.provider, digitsOf(name)));
      if (near === undefined) continue;
      warnings.set(name, {
        code: 'UNKNOWN_MODEL',
        severity: 'warning',
        message: `\`${name}\` is not a model that Volley knows`,
        hint: `did you mean \`${near}\`?`,
        place: template.place,
      });
    }
  }
  return [...warnings.values()];
}

function knownModels(provider: string, digits: string): readonly string[] {
  return [...shippedPrices().keys()].filter(
    (name) => name.startsWith(`${provider}/`) && digitsOf(name) === digits,
  );
}

function digitsOf(name: string): string {
  return name.replaceAll(/\D/g, '');
}
