import type { MatrixCombination, TaskTemplate } from '../manifest/manifest.ts';
import { modelText, variantsOf } from '../manifest/task-models.ts';
import { matrixKey } from './task-id.ts';

/**
 * One combination of a matrix with its part of the id. `models` is the last axis. Without any axis there
 * is one combination without either.
 */
export interface Combination {
  /** The entry as it asks the model of this combination. */
  readonly template: TaskTemplate;
  readonly matrix: MatrixCombination | undefined;
  readonly key: string | undefined;
}

export function combinationsOf(entry: TaskTemplate): readonly Combination[] {
  const own: ReadonlyArray<MatrixCombination | undefined> = entry.matrix ?? [undefined];
  return own.flatMap((combination) =>
    variantsOf(entry).map((template): Combination => {
      const matrix = entry.models
        ? { ...combination, model: modelText(template.model) }
        : combination;
      return { template, matrix, key: matrix && matrixKey(matrix) };
    }),
  );
}
