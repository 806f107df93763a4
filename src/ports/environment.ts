/** Environment variables, read-only. In a manifest, only provider settings may name one. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Whether the run is unattended: `CI` is set, and not empty, `0` or `false`. */
export function runsInCi(environment: Environment): boolean {
  return !['', '0', 'false'].includes((environment['CI'] ?? '').toLowerCase());
}
