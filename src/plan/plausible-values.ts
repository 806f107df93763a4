import type { Random } from '../ports/random.ts';

/**
 * A typical value for a field with this name. For unfamiliar names, the value says that it is made
 * up.
 */
export function plausibleText(name: string | undefined, random: Random): string {
  if (name === undefined) return 'made up';
  const found = TEXTS.find(([pattern]) => pattern.test(words(name)));
  const samples = found?.[1] ?? [];
  return samples[Math.floor(random() * samples.length)] ?? `made-up ${words(name)}`;
}

/** The typical range and step of numbers with this name, if known. */
export function plausibleRange(
  name: string | undefined,
): { readonly from: number; readonly to: number; readonly step?: number } | undefined {
  return RANGES.find(([pattern]) => name !== undefined && pattern.test(words(name)))?.[1];
}

/** `tags` becomes `tag`, and `categories` becomes `category`. */
export function singular(name: string | undefined): string | undefined {
  return name?.replace(/ies$/iu, 'y').replace(/(?<=[^s])s$/iu, '');
}

/** `customerName` and `customer_name` become `customer name`. */
function words(name: string): string {
  return name
    .replaceAll(/(?<=[a-z])(?=[A-Z])/gu, ' ')
    .replaceAll(/[_-]+/gu, ' ')
    .toLowerCase();
}

const TEXTS: ReadonlyArray<readonly [RegExp, readonly string[]]> = [
  [/e ?mail/u, ['ada@example.com', 'grace@example.com']],
  [/\b(?:url|link|website|homepage)\b/u, ['https://example.com/']],
  [/\bphone\b/u, ['+1 555 0100', '+1 555 0101']],
  [/\b(?:first|given) name\b/u, ['Ada', 'Grace', 'Alan']],
  [/\b(?:last|family) name\b|surname/u, ['Lovelace', 'Hopper', 'Turing']],
  [/\b(?:company|organization|vendor|brand)\b/u, ['Example Inc.', 'Sample Ltd.']],
  [/\b(?:file|path)\b/u, ['src/example.ts', 'docs/example.md']],
  [
    /\b(?:person|customer|author|user|name|owner)\b/u,
    ['Ada Lovelace', 'Grace Hopper', 'Alan Turing'],
  ],
  [/\bcity\b/u, ['Oslo', 'Lima', 'Kyoto']],
  [/\bcountry\b/u, ['Norway', 'Peru', 'Japan']],
  [/\blanguage\b/u, ['English', 'French', 'Japanese']],
  [/\bcurrency\b/u, ['USD', 'EUR']],
  [/\bcolou?r\b/u, ['green', 'blue', 'red']],
  [/\b(?:date|day)\b/u, ['2026-01-31', '2026-02-14']],
  [/\b(?:tag|label|keyword|topic)\b/u, ['sample', 'example', 'made-up']],
  [/\b(?:sentiment|tone|mood)\b/u, ['positive', 'neutral', 'negative']],
  [/\b(?:severity|priority|urgency)\b/u, ['low', 'medium', 'high']],
  [/\b(?:id|code|number|sku)\b/u, ['A-1042', 'B-2077']],
];

const RANGES: ReadonlyArray<readonly [RegExp, { from: number; to: number; step?: number }]> = [
  [/\b(?:confidence|probability|score|share|ratio|likelihood)\b/u, { from: 0, to: 1, step: 0.01 }],
  [/\bpercent(?:age)?\b/u, { from: 0, to: 100 }],
  [/\b(?:rating|stars|severity|priority|urgency)\b/u, { from: 1, to: 5, step: 1 }],
  [/\bage\b/u, { from: 18, to: 90, step: 1 }],
  [/\byear\b/u, { from: 2000, to: 2026, step: 1 }],
  [/\bline\b/u, { from: 1, to: 200, step: 1 }],
  [/\b(?:count|quantity)\b/u, { from: 0, to: 20, step: 1 }],
  [/\b(?:price|cost|amount|total)\b/u, { from: 1, to: 200, step: 0.01 }],
  [/\blat(?:itude)?\b/u, { from: -60, to: 70, step: 0.0001 }],
  [/\b(?:lon|lng|longitude)\b/u, { from: -180, to: 180, step: 0.0001 }],
];
