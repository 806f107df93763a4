/** One flag, as parsing, help, completion and the docs read it. */
export interface Flag {
  readonly alias?: string;
  /** Name of the value in help; a flag without one is a switch. */
  readonly value?: string;
  /** All values, where they are words of ours. */
  readonly choices?: readonly string[];
  /** The value may be left out; it is then empty. A word that ends like a manifest is none. */
  readonly isValueOptional?: true;
  readonly repeatable?: true;
  /** `--this=word` stands for this switch and the one named here. */
  readonly withWord?: Readonly<Record<string, string>>;
  /** A switch that `--no-…` turns off. */
  readonly negatable?: true;
  /** As help shows it. */
  readonly default?: string;
  readonly description: string;
}
