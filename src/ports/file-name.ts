const LONGEST_PATH = 1_000;
/** Systems take 255; the files that a run keeps next to its results have longer names. */
const LONGEST_NAME = 230;

/** Why no system takes a text as the name of a file, or not with the further files of a run; undefined when it may. */
export function fileNameProblem(name: string): string | undefined {
  if (/\p{Cc}/u.test(name)) return 'it holds a control character';
  if (name.length > LONGEST_PATH) return `it is longer than ${LONGEST_PATH} characters`;
  const isLong = name.split(/[/\\]/).some((part) => Buffer.byteLength(part) > LONGEST_NAME);
  return isLong ? `a part of it is longer than ${LONGEST_NAME} bytes` : undefined;
}
