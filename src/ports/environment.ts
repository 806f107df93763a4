/** Environment variables, read-only. Only provider settings may name one. */
export type Environment = Readonly<Record<string, string | undefined>>;
