import type { Finding, Place } from '../errors/finding.ts';
import type { PlannedModel, PlannedTotals } from '../forecast/plan-report.ts';
import type { ChangeCounts, TaskChange } from './change.ts';

/** What a manifest would change: `schemas/against.schema.json`. Keys as they are printed. */
export interface AgainstReport {
  readonly v: 1;
  /** The file as the user named it. */
  readonly manifest: string;
  readonly base: ReportedBase;
  readonly counts: ChangeCounts;
  /** New, changed and removed tasks; with `--all` the unchanged ones too. */
  readonly tasks: readonly TaskChange[];
  /** What the difference costs: new and changed tasks, and what these need, without those done already. */
  readonly models: readonly PlannedModel[];
  readonly total: PlannedTotals;
  readonly already_done: number;
  readonly cached?: number;
  readonly prices_as_of: string | null;
  readonly warnings: readonly string[];
  /** What is wrong with the manifest of the base: then every task is new. */
  readonly findings: readonly BaseFinding[];
}

export interface BaseFinding extends Pick<Finding, 'code' | 'message'> {
  readonly hint: string | null;
  readonly place: Pick<Place, 'file' | 'line' | 'column'>;
}

export function baseFinding({ code, message, hint, place }: Finding): BaseFinding {
  const { file, line, column } = place;
  return { code, message, hint: hint ?? null, place: { file, line, column } };
}

export interface ReportedBase {
  /** As the user named it. */
  readonly name: string;
  /** In full; null for a results file. */
  readonly commit: string | null;
}
