import type { Finding, Place } from '../errors/finding.ts';
import type { PlanReport } from '../forecast/plan-report.ts';
import type { ChangeCounts, TaskChange } from './change.ts';

/**
 * The printed plan of new and changed tasks and of the tasks that they need:
 * `schemas/against.schema.json`.
 */
export interface AgainstReport extends PlanReport {
  readonly base: ReportedBase;
  readonly counts: ChangeCounts;
  /** New, changed and removed tasks; with `--all`, unchanged ones too. */
  readonly tasks: readonly TaskChange[];
  /** Errors in the base's manifest. If there are any, every task counts as new. */
  readonly findings: readonly BaseFinding[];
}

interface BaseFinding extends Pick<Finding, 'code' | 'message'> {
  readonly hint: string | null;
  readonly place: Pick<Place, 'file' | 'line' | 'column'>;
}

export function baseFinding({ code, message, hint, place }: Finding): BaseFinding {
  const { file, line, column } = place;
  return { code, message, hint: hint ?? null, place: { file, line, column } };
}

interface ReportedBase {
  readonly name: string;
  /** The full hash; null for a results file. */
  readonly commit: string | null;
}

/** `main (3f2a1b9c0d1e)`. */
export function baseText({ name, commit }: { name: string; commit?: string | null | undefined }) {
  return commit ? `${name} (${commit.slice(0, 12)})` : name;
}
