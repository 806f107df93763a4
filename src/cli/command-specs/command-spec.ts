import type { FlagName } from '../flags.ts';

/** One command, for the parser, the help text, completion and the docs. */
export interface CommandSpec {
  readonly usage: string;
  readonly description: string;
  readonly flags: readonly FlagName[];
  /** Replaces the general description of a flag that means something else for this command. */
  readonly flagTexts?: Readonly<Partial<Record<FlagName, string>>>;
  readonly examples: readonly string[];
  readonly maxArguments: number;
  /** Possible arguments, for completion: fixed words, or files with these endings. */
  readonly argument?: { readonly words: readonly string[] } | { readonly files: readonly string[] };
}

export const MANIFEST_FILES = { files: ['yaml', 'yml', 'json'] } as const;
export const RESULT_FILES = { files: ['jsonl'] } as const;

/** What a manifest may use. */
export const ACCESS = [
  'allow-host',
  'allow-http',
  'allow-path',
  'keys-file',
] as const satisfies readonly FlagName[];

export const LOAD_BOUNDS = ['max-matrix', 'max-work'] as const satisfies readonly FlagName[];

export const MANIFEST_BOUNDS = [
  'max-tasks',
  'max-files',
  ...LOAD_BOUNDS,
  'max-prompt-chars',
] as const satisfies readonly FlagName[];
