import type { Random } from '../../src/ports/random.ts';

/** A whole number from 0 to `bound` - 1. */
export function below(bound: number, random: Random): number {
  return Math.floor(random() * bound);
}

export function pick<Value>(values: readonly Value[], random: Random): Value {
  const value = values[below(values.length, random)];
  if (value === undefined) throw new Error('there is nothing to pick from');
  return value;
}
