/**
 * Whether a run that writes its results to `results` makes, replaces or removes a file named `path`
 * beside them. Both are real names.
 */
export function isSideName(path: string, results: string): boolean {
  return path.startsWith(results) && SIDE_ENDS.test(path.slice(results.length));
}

/** The companion, the lock, a file that is being rewritten, and copies that were kept; 0.1.0 had some of its own. */
const SIDE_ENDS =
  /^\.(?:volley|volley\.rewrite|lock|lock-journal|lock-holder|rewrite|compact|(?:torn|kept)-\d+)$/;
