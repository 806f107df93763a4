import { EXIT } from '../errors/volley-error.ts';
import type { Summary } from '../results/summary.ts';

/** The exit code of a run that came to its end. Signals have their own (128 + number). */
export function exitCodeOf(summary: Summary): number {
  if (summary.stopped_by === 'provider') return EXIT.provider;
  if (summary.stopped_by === 'budget') return EXIT.budget;
  return summary.succeeded === summary.tasks ? EXIT.ok : EXIT.tasksFailed;
}
