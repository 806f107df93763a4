/** A size or number of runs for `npm test`, and the larger one for `npm run test:deep`, which runs the files that use this too. */
export function scaled(quick: number, deep: number): number {
  return process.env['VOLLEY_TEST_DEEP'] === '1' ? deep : quick;
}
