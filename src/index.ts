export {
  loadManifest,
  openShare,
  prepare,
  run,
  type LoadedManifest,
  type LoadOptions,
  type LibraryRunOptions as RunOptions,
  type PrepareOptions,
} from './run/library.ts';
export type { RunShare } from './share/open-share.ts';
export type { PreparedRun } from './run/prepare-run.ts';
export { EXIT, VolleyError, type ExitCode } from './errors/volley-error.ts';
export type { Finding, FindingCode, Place } from './errors/finding.ts';
export type { Failure, FailureCode } from './errors/failure.ts';
export type { Manifest, TaskTemplate } from './manifest/manifest.ts';
export type { Plan, PlannedLane } from './plan/plan.ts';
export type { Task } from './plan/task.ts';
export type { Clock } from './ports/clock.ts';
export type { Environment } from './ports/environment.ts';
export type { JsonValue } from './ports/json.ts';
export type { Random } from './ports/random.ts';
export type { RunEvent } from './results/run-events.ts';
export type { RecordError, RecordUsage, ResultRecord } from './results/record.ts';
export type { Summary } from './results/summary.ts';
