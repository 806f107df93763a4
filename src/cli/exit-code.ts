import { EXIT } from '../errors/volley-error.ts';
import { wentWell, type Summary } from '../results/summary.ts';

/** The exit code of a run that came to its end. Signals have their own (128 + number). */
export function exitCodeOf(summary: Summary): number {
  if (summary.stopped_by === 'provider') return EXIT.provider;
  if (summary.stopped_by === 'budget') return EXIT.budget;
  return wentWell(summary) ? EXIT.ok : EXIT.tasksFailed;
}
