import type { RunEvent } from '../results/events.ts';
import type { AttemptMade } from '../schedule/events.ts';

/** Reports a run to a collector while it lasts. Nothing here waits or fails, but for `close`. */
export interface Telemetry {
  attempted(attempt: AttemptMade): void;
  apply(event: RunEvent): void;
  /** Sends what is left, within a bounded time. Gives what to tell the user; undefined when all was sent. */
  close(signal: AbortSignal): Promise<string | undefined>;
}
