import { formatUsd } from '../money/format-usd.ts';
import { runsInCi } from '../ports/environment.ts';
import type { PreparedRun } from '../run/prepare.ts';
import { callersPriceFinder } from '../run/run-prices.ts';
import type { Resumption } from '../run/resume.ts';

/**
 * What to say in a CI where no budget holds a run back, before anything is sent: whoever opens a pull
 * request may change what it costs. Nothing where it costs nothing.
 */
export async function unbudgetedNote(
  prepared: PreparedRun,
  resumption: Resumption | undefined,
): Promise<readonly string[]> {
  const { plan } = prepared;
  // Whoever writes the manifest may write its prices as well.
  const priceOf = callersPriceFinder(plan.manifest, { trustsPrices: false });
  const lanes = prepared.lanes.map((lane) => ({ ...lane, price: priceOf(lane.planned) }));
  const isFree = lanes.every(({ price }) => price?.source === 'free');
  if (!runsInCi(process.env) || plan.manifest.budget || isFree) return [];
  const { costBound } = await import('../forecast/cost-bound.ts');
  const { ceilingUsd, retriesUsd } = await costBound({ ...prepared, lanes }, resumption);
  if (ceilingUsd === 0) return [];
  const hint = 'set `budget:` or `--max-cost-usd`';
  if (ceilingUsd === null) {
    return [`no budget is set, and nothing bounds what this run may cost: ${hint}`];
  }
  const more =
    retriesUsd === null || retriesUsd === 0
      ? ''
      : `, and ${formatUsd(retriesUsd)} more if every retry were paid`;
  return [`no budget is set: this run may cost up to ${formatUsd(ceilingUsd)}${more}; ${hint}`];
}
