import { defaultOperators, type Context, type Liquid, type Operators } from './liquid-package.ts';
import { LONGEST_SHORT, matches, piecesBetween, type Which } from './long-search.ts';

/**
 * Checks the time before each filter, because the engine checks it only between tags, and a tag may
 * have any number of filters. Filters that search use a search that takes linear time.
 */
export function boundFilters(liquid: Liquid): void {
  for (const [name, filter] of Object.entries(liquid.filters)) {
    if (typeof filter !== 'function') continue;
    const which = SEARCHES.get(name);
    liquid.registerFilter(name, function (value: unknown, ...given: unknown[]) {
      this.context.renderLimit.check(performance.now());
      const [wanted, replacement = ''] = given;
      if (!which || typeof value !== 'string' || !isLong(wanted)) {
        return filter.call(this, value, ...given);
      }
      const { memoryLimit } = this.context;
      memoryLimit.use(value.length);
      const pieces = piecesBetween(value, wanted, which);
      if (name === 'split') return pieces.slice(0, 1 + pieces.findLastIndex((each) => each !== ''));
      const inserted = String(replacement);
      memoryLimit.use(pieces.length * inserted.length);
      return pieces.join(inserted);
    });
  }
}

/** The filters that search, and which matches they replace or remove. */
const SEARCHES: ReadonlyMap<string, Which> = new Map([
  ['split', 'all'],
  ['replace', 'all'],
  ['replace_first', 'first'],
  ['replace_last', 'last'],
  ['remove', 'all'],
  ['remove_first', 'first'],
  ['remove_last', 'last'],
]);

function isLong(wanted: unknown): wanted is string {
  return typeof wanted === 'string' && wanted.length > LONGEST_SHORT;
}

/** The engine's operators, with the same checks: a condition may have any number of them. */
export const OPERATORS: Operators = {
  ...defaultOperators,
  ...Object.fromEntries(['==', '!=', 'contains'].map((name) => [name, boundedOperator(name)])),
};

function boundedOperator(name: string) {
  const operator = defaultOperators[name];
  return (one: unknown, other: unknown, context: Context) => {
    context.renderLimit.check(performance.now());
    if (name === 'contains' && typeof one === 'string' && isLong(other)) {
      return matches(one, other, 'first').length > 0;
    }
    return operator?.(one, other, context) ?? false;
  };
}

/** Counts what JSON will contain: a list that contains itself many times takes little memory. */
export function chargeJson(value: unknown, memoryLimit: Context['memoryLimit']): void {
  if (typeof value === 'string') return memoryLimit.use(value.length);
  if (typeof value !== 'object' || value === null) return;
  for (const [key, each] of Object.entries(value)) {
    memoryLimit.use(key.length + 1);
    chargeJson(each, memoryLimit);
  }
}
