import type { RunEvent } from '../results/run-events.ts';
import type { AttemptMade } from '../outcome/task-outcome.ts';

/** Reports a run to a collector while it runs. Only `close` waits, and nothing throws. */
export interface Telemetry {
  attempted(attempt: AttemptMade): void;
  apply(event: RunEvent): void;
  /** Sends what is left, within a bounded time. Returns what to tell the user, if anything. */
  close(signal: AbortSignal): Promise<string | undefined>;
}
