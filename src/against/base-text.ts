/** `main (3f2a1b9c0d1e)`. */
export function baseText({
  name,
  commit,
}: {
  readonly name: string;
  /** Nothing for a results file. */
  readonly commit: string | null | undefined;
}): string {
  return commit ? `${name} (${commit.slice(0, 12)})` : name;
}
