import { factorOf } from '../manifest/price-rates.ts';
import { batchService } from '../money/bill.ts';
import { requestFingerprint } from '../plan/fingerprint.ts';
import type { FedTask } from '../prefix/feed-item.ts';
import type { BatchingOptions, BatchLane } from './batch-lane.ts';
import { customIdOf } from './batch-line.ts';
import type { BatchRow } from './chunk.ts';
import type { LaneContext } from './batch-context.ts';

/** A task as a row of a batch; undefined if it does not fit into any batch. */
export function rowOfTask(
  item: FedTask,
  lane: BatchLane,
  { worstCase, cache }: Pick<BatchingOptions, 'worstCase'> & Pick<LaneContext, 'cache'>,
): BatchRow | undefined {
  const { rendered } = item;
  if (!rendered.ok) return undefined;
  const { request, fingerprint = requestFingerprint(request, lane.host) } = rendered;
  const customId = customIdOf(fingerprint);
  const text = lane.api.rowOf(customId, request);
  if (!text.ok || text.text.length > lane.api.most.bytes) return undefined;
  const prefix = cache?.prefixOf(request, item.task.template);
  const price = lane.budgetPrice ?? lane.price;
  const worst = worstCase(request, { price, retries: 0, longCache: prefix !== undefined });
  const worstUsd = worst && worst.attemptUsd * batchFactor(lane);
  return { item, customId, fingerprint, text: text.text, prefix, worstUsd, rounds: 0 };
}

/** The most that rows can cost, in US dollars; undefined if there is no upper bound. */
export function worstUsdOf(rows: readonly BatchRow[]): number | undefined {
  let sum = 0;
  for (const { worstUsd } of rows) {
    if (worstUsd === null) return undefined;
    sum += worstUsd;
  }
  return sum;
}

/** The cost of a batch relative to single requests. */
function batchFactor({ price, budgetPrice = price }: BatchLane): number {
  return budgetPrice ? (factorOf(budgetPrice, batchService(budgetPrice)) ?? 1) : 1;
}
