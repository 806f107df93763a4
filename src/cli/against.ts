import type { Comparison } from '../against/change.ts';
import type { ShownChange } from '../against/shown-changes.ts';
import type { Finding } from '../errors/finding.ts';
import type { LoadedManifest } from '../run/library.ts';
import type { PreparedRun } from '../run/prepare-run.ts';
import type { Arguments } from './arguments.ts';
import { textFlag } from './flag-values.ts';

export interface Against {
  readonly base: Base;
  readonly comparison: Comparison;
  /** Problems in the base's manifest. If there are any, every task counts as new. */
  readonly findings: readonly Finding[];
  /** What could not be compared. */
  readonly warnings: readonly string[];
  /** With `--show`: the requests of some tasks before and after. */
  readonly shown: readonly ShownChange[];
}

export interface Base {
  readonly name: string;
  /** Undefined when the base is a results file. */
  readonly commit: string | undefined;
}

/** Compares the manifest with the base that `--against` names. Undefined without that flag. */
export async function againstOf(
  args: Arguments,
  loaded: LoadedManifest,
  prepared: PreparedRun,
): Promise<Against | undefined> {
  const name = textFlag(args, 'against');
  if (name === undefined) return undefined;
  const { compareWithBase } = await import('./compare-with-base.ts');
  return compareWithBase(args, { name, loaded, prepared });
}
