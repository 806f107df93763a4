const LONGEST_PATH = 1_000;
/** Systems allow 255 bytes. A run appends to this name for the files next to its results. */
const LONGEST_NAME = 230;

/**
 * Why this name, with the suffixes that a run adds, cannot be used for a file; undefined if it can.
 */
export function fileNameProblem(name: string): string | undefined {
  if (/\p{Cc}/u.test(name)) return 'it contains a control character';
  if (name.length > LONGEST_PATH) return `it is longer than ${LONGEST_PATH} characters`;
  const isLong = name.split(/[/\\]/).some((part) => Buffer.byteLength(part) > LONGEST_NAME);
  return isLong ? `a part of it is longer than ${LONGEST_NAME} bytes` : undefined;
}
