/** One flag, for the parser, the help text, completion and the docs. */
export interface Flag {
  readonly alias?: string;
  /** Name of the value in the help text. A flag without one is a switch. */
  readonly value?: string;
  /** All possible values, if they are fixed. */
  readonly choices?: readonly string[];
  /** The value may be left out, and is then empty. A word with a manifest's ending is not taken as the value. */
  readonly isValueOptional?: true;
  readonly repeatable?: true;
  /** `--this=word` turns on this switch and the one named here. */
  readonly withWord?: Readonly<Record<string, string>>;
  /** The switch has a `--no-…` form. */
  readonly negatable?: true;
  /** As the help text shows it. */
  readonly default?: string;
  readonly description: string;
}
