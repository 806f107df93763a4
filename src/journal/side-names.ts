/**
 * Whether a run that writes its results to `results` makes, replaces or removes a file named `path`
 * beside them. Both are real names.
 */
export function isSideName(path: string, results: string): boolean {
  return path.startsWith(results) && SIDE_ENDS.test(path.slice(results.length));
}

/** Of the lock, of compaction, and of what is kept aside. */
const SIDE_ENDS = /^\.(?:lock|lock-journal|lock-holder|compact|(?:torn|kept)-\d+)$/;
