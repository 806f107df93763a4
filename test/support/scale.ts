/** Whether this is `npm run test:deep`, which runs every file that imports this one. */
export const isDeep = process.env['VOLLEY_TEST_DEEP'] === '1';

/** A size or number of runs for `npm test`, and the larger one for `npm run test:deep`. */
export function scaled(quick: number, deep: number): number {
  return isDeep ? deep : quick;
}
