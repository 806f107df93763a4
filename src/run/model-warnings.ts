import type { Finding } from '../errors/finding.ts';
import { suggest } from '../errors/suggest.ts';
import { knownProviders } from '../manifest/known-providers.ts';
import type { Manifest, ModelName } from '../manifest/manifest.ts';
import { retirementOf } from '../manifest/retired-models.ts';
import { modelsOf } from '../manifest/task-models.ts';
import { shippedPrices } from '../money/price-age.ts';
import { priceFinder } from './run-prices.ts';

type Words = Pick<Finding, 'code' | 'message' | 'hint'>;

/**
 * Warns about each model of a built-in provider that is or will be retired, or whose name looks
 * misspelled.
 */
export function modelWarnings(
  manifest: Manifest,
  { epochMs }: { readonly epochMs: number },
): readonly Finding[] {
  const priceOf = priceFinder(manifest);
  const warnings = new Map<string, Finding>();
  for (const template of manifest.tasks) {
    for (const model of modelsOf(template)) {
      const name = `${model.provider}/${model.model}`;
      if (warnings.has(name) || !knownProviders.has(model.provider)) continue;
      const end = retirementWords(name, epochMs);
      const words = end
        ? { ...end, code: 'RETIRED_MODEL' as const, message: `\`${name}\` ${end.message}` }
        : priceOf(model)
          ? undefined
          : misspelling(model);
      if (words === undefined) continue;
      const place = template.modelPlace ?? template.place;
      warnings.set(name, { ...words, severity: 'warning', place });
    }
  }
  return [...warnings.values()];
}

/** When a model is retired: `was retired on 2026-10-23`. */
export function retirementWords(
  name: string,
  epochMs: number,
): { readonly message: string; readonly hint: string } | undefined {
  const retirement = retirementOf(name);
  if (retirement === undefined) return undefined;
  const { on, replacement } = retirement;
  const isOver = epochMs >= Date.parse(`${on}T00:00:00Z`);
  return {
    message: `${isOver ? 'was retired' : 'will be retired'} on ${on}`,
    hint:
      replacement === undefined
        ? 'choose a newer model; `volley doctor --online` lists what your key can use'
        : `use \`${replacement}\`, which its vendor recommends`,
  };
}

/**
 * The warning for a model without a price. A name with other digits is another version, which may
 * be newer than this release of Volley.
 */
export function misspelling({ provider, model }: ModelName): Words | undefined {
  const name = `${provider}/${model}`;
  const digits = digitsOf(name);
  const known = [...shippedPrices().keys()].filter(
    (each) => each.startsWith(`${provider}/`) && digitsOf(each) === digits,
  );
  const near = suggest(name, known);
  if (near === undefined) return undefined;
  return {
    code: 'UNKNOWN_MODEL',
    message: `\`${name}\` is not a model that Volley knows`,
    hint: `did you mean \`${near}\`?`,
  };
}

function digitsOf(name: string): string {
  return name.replaceAll(/\D/g, '');
}
