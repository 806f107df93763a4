/** Turns data/vendors.yaml into src/generated/vendor-facts.ts. Part of `npm run generate`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

/** Addresses by short name. */
type Sources = Readonly<Record<string, string>>;
/** The words for each meaning, separated by spaces, by the name of their source. */
type Words = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Regular expressions by the name of their source, and the statuses for which they count. */
type Texts = Readonly<Record<string, string>> & { readonly under?: readonly number[] };

interface Facts {
  readonly error_sources: Sources;
  readonly error_words: Words;
  readonly broad_error_words: Words;
  readonly error_texts: Readonly<Record<string, readonly Texts[]>>;
  readonly finish_sources: Sources;
  readonly finish_reasons: Words;
  readonly usage_sources: Sources;
  readonly usage_fields: Words;
  readonly usage_fields_apart: Words;
  readonly limits: Readonly<Record<string, Documentation>>;
}

interface Documentation {
  readonly source: string;
  readonly via?: string;
  readonly as_of?: string;
  readonly note?: string;
  readonly tiers?: ReadonlyArray<{
    readonly tier: string;
    readonly models: readonly string[];
    readonly concurrency?: number;
  }>;
}

/** The text of the generated module. Throws for a source without an address, and for a word with two meanings. */
export function vendorFacts(): string {
  const facts: Facts = parse(readFileSync(inRepo('data/vendors.yaml'), 'utf8'));
  const { error_sources: errors, finish_sources: ends, usage_sources: usage } = facts;
  const exported = {
    errorWords: meanings(facts.error_words, errors),
    broadErrorWords: meanings(facts.broad_error_words, errors),
    errorTexts: Object.entries(facts.error_texts).flatMap(([means, groups]) =>
      groups.flatMap(({ under, ...bySource }) =>
        Object.entries(bySource).map(([source, says]) => {
          checkSource(source, errors);
          return { means, says, ...(under && { under }) };
        }),
      ),
    ),
    finishReasons: meanings(facts.finish_reasons, ends),
    usageFields: meanings(facts.usage_fields, usage),
    usageFieldsApart: meanings(facts.usage_fields_apart, usage),
    documentedLimits: Object.fromEntries(
      Object.entries(facts.limits).map(([name, each]) => [name, documentation(each)]),
    ),
  };
  const parts = Object.entries(exported).map(
    ([name, value]) => `export const ${name} = ${JSON.stringify(value, null, 2)} as const;\n`,
  );
  return `// Written by scripts/embed-vendor-facts.ts from data/vendors.yaml. Do not edit.\n${parts.join('\n')}`;
}

/** The meaning of each word. */
function meanings(words: Words, sources: Sources): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const [means, bySource] of Object.entries(words)) {
    for (const [source, list] of Object.entries(bySource)) {
      checkSource(source, sources);
      for (const word of list.split(' ')) {
        if (Object.hasOwn(found, word)) throw new Error(`\`${word}\` has two meanings`);
        found[word] = means;
      }
    }
  }
  return found;
}

function checkSource(name: string, sources: Sources): void {
  if (sources[name]?.startsWith('https://') !== true) throw new Error(`\`${name}\` has no address`);
}

function documentation({ as_of: asOf, tiers = [], ...rest }: Documentation): object {
  return {
    ...rest,
    ...(asOf !== undefined && { asOf }),
    tiers: tiers.map(({ tier, models, concurrency: most, ...limits }) => ({
      tier,
      models,
      limits: {
        ...limits,
        ...(most !== undefined && { concurrency: { start: most, max: most } }),
      },
    })),
  };
}

function inRepo(path: string): string {
  return fileURLToPath(new URL(`../${path}`, import.meta.url));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(inRepo('src/generated/vendor-facts.ts'), vendorFacts());
}
