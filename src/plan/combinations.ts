import type { MatrixCombination, TaskTemplate } from '../manifest/manifest.ts';
import { matrixKey } from './task-id.ts';

/** One combination of a matrix with its part of the id. Without a matrix there is one without either. */
export interface Combination {
  readonly matrix: MatrixCombination | undefined;
  readonly key: string | undefined;
}

export function combinationsOf({ matrix }: TaskTemplate): readonly Combination[] {
  if (!matrix) return [{ matrix: undefined, key: undefined }];
  return matrix.map((combination) => ({ matrix: combination, key: matrixKey(combination) }));
}
