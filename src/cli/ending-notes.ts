import type { Budget } from '../manifest/manifest.ts';
import { formatUsd } from '../money/format-usd.ts';
import { counted } from '../report/format.ts';
import type { Summary } from '../results/summary.ts';

/** What is worth a line on stderr when a run has ended. */
export function endingNotes(
  summary: Summary,
  {
    budget,
    spentBeforeUsd,
    results,
    onlyFailed,
  }: {
    readonly budget: Budget | undefined;
    /** By earlier runs of the same results file. */
    readonly spentBeforeUsd: number;
    /** The results file, and what all runs into it cost; undefined where no run can continue. */
    readonly results: { readonly file: string; readonly spentUsd: number } | undefined;
    /** With `--retry-failed`. */
    readonly onlyFailed: boolean;
  },
): readonly string[] {
  const { left_out: leftOut = 0, stopped_by: stoppedBy } = summary;
  const limitUsd = budget?.maxCostUsd;
  return [
    ...(results && spentBeforeUsd > 0
      ? [`all runs into \`${results.file}\` cost ${formatUsd(results.spentUsd)}`]
      : []),
    ...(onlyFailed && leftOut > 0
      ? [
          `${counted(leftOut, 'task')} ${leftOut === 1 ? 'was' : 'were'} left out: \`--retry-failed\` sends only what failed before, \`--resume\` sends all that is not done`,
        ]
      : []),
    ...(stoppedBy === 'budget' && limitUsd !== undefined
      ? [
          `${formatUsd(spentBeforeUsd + spentUsd(summary))} of the budget of ${formatUsd(limitUsd)} is spent, and the next request may cost more than is left: raise \`--max-cost-usd\``,
        ]
      : []),
  ];
}

/** Attempts that are possibly paid count, as the budget counts them. */
function spentUsd({ cost_usd: cost, possibly_paid_usd: possiblyPaid = 0 }: Summary): number {
  return (cost ?? 0) + possiblyPaid;
}
