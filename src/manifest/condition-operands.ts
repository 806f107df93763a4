/** One step of a condition in postfix order: `a == 1 and b` is a, 1, ==, b, and. */
export type ConditionStep<Operand> =
  | { readonly operator: string }
  | { readonly operand: Operand }
  | { readonly literal: unknown };

export interface ConditionUses<Operand> {
  /** Operands used as truth values: `b` in `a == 1 and b`. */
  readonly tested: readonly Operand[];
  /** Operands compared with `true` or `false`. */
  readonly comparedWithBoolean: readonly Operand[];
}

export function conditionUses<Operand>(
  steps: ReadonlyArray<ConditionStep<Operand>>,
): ConditionUses<Operand> {
  const tested: Operand[] = [];
  const comparedWithBoolean: Operand[] = [];
  const stack: Array<Operand | boolean | undefined> = [];
  const test = (value: Operand | boolean | undefined): void => {
    if (value !== undefined && typeof value !== 'boolean') tested.push(value);
  };
  for (const step of steps) {
    if ('operand' in step) {
      stack.push(step.operand);
    } else if ('literal' in step) {
      stack.push(typeof step.literal === 'boolean' ? step.literal : undefined);
    } else if (step.operator === 'not') {
      test(stack.pop());
      stack.push(undefined);
    } else {
      const pair = [stack.pop(), stack.pop()];
      if (step.operator === 'and' || step.operator === 'or') pair.forEach(test);
      else if (EQUALITY.has(step.operator) && pair.some((each) => typeof each === 'boolean')) {
        for (const each of pair) {
          if (each !== undefined && typeof each !== 'boolean') comparedWithBoolean.push(each);
        }
      }
      stack.push(undefined);
    }
  }
  test(stack.pop());
  return { tested, comparedWithBoolean };
}

const EQUALITY: ReadonlySet<string> = new Set(['==', '!=']);
