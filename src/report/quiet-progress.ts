import type { Summary } from '../results/summary.ts';
import { problemBlock } from './closing-summary.ts';
import { createFailureLog } from './failure-log.ts';
import { createLog } from './log.ts';
import type { Reporter, ReporterOptions } from './reporter.ts';
import { createStyle } from './style.ts';

/** Prints only problems, at the end. */
export function createQuietReporter(options: Pick<ReporterOptions, 'stderr' | 'color'>): Reporter {
  const log = createLog(options.stderr);
  const failures = createFailureLog();
  let summary: Summary | undefined;
  return {
    onEvent(event) {
      failures.apply(event);
      if (event.type === 'run_finished') summary = event.summary;
    },
    between: (print) => print(),
    async close() {
      if (summary)
        log.print(problemBlock(summary, { failures, style: createStyle(options.color) }));
      summary = undefined;
      await log.flushed();
    },
  };
}
