/** Bounds on what a manifest may cost. Each has a finding of its own. */
export const YAML_LIMITS = {
  /** UTF-8 bytes of the text. */
  bytes: 1024 * 1024,
  /** Levels of lists and maps inside each other. */
  depth: 64,
  /** Values, counted after aliases are filled in. */
  nodes: 100_000,
  /** Aliases (`*name`), merges (`<<: *name`) included. */
  aliases: 10_000,
  /**
   * Milliseconds of the processor that parsing may take: a machine that is busy otherwise changes
   * nothing. With all that comes after it, reading takes less than 2 s.
   */
  cpuMs: 1800,
  /** Megabytes that parsing may use. */
  memoryMb: 512,
} as const;
