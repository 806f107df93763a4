import { seededRandom, type Random } from '../../src/ports/random.ts';

/**
 * Randomness with readable methods. The same seed and name give the same results, whatever other
 * dice do.
 */
export interface Dice {
  readonly random: Random;
  /** True with this probability. */
  chance(probability: number): boolean;
  /** A whole number in [low, high]. */
  between(low: number, high: number): number;
  pick<Value>(values: readonly [Value, ...Value[]]): Value;
  shuffled<Value>(values: readonly Value[]): Value[];
}

export function createDice(seed: number, name: string): Dice {
  const random = seededRandom(mixed(seed, name));
  const between = (low: number, high: number): number =>
    low + Math.floor(random() * (high - low + 1));
  return {
    random,
    chance: (probability) => random() < probability,
    between,
    pick: (values) => values[between(0, values.length - 1)] ?? values[0],
    shuffled(values) {
      const order = values.map((value) => ({ value, at: random() }));
      return order.sort((one, other) => one.at - other.at).map(({ value }) => value);
    },
  };
}

/** FNV-1a, because dice with adjacent seeds must have nothing in common. */
function mixed(seed: number, name: string): number {
  let hash = 0x811c9dc5;
  for (const character of `${seed} ${name}`) {
    hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
  }
  return hash >>> 0;
}
