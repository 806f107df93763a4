import { batchBillOf, type Bill, type LanePrices } from '../money/bill.ts';
import { costOf } from '../money/cost.ts';
import { askedOf } from '../plan/task.ts';
import { checkedAnswer } from '../providers/check-answer-schema.ts';
import type { AttemptOutcome, Usage } from '../providers/provider.ts';
import { usageOf } from '../providers/usage.ts';
import type { TaskOutcome } from '../outcome/task-outcome.ts';
import type { BatchRow } from './chunk.ts';

/** The outcome of a row, judged like the answer to a single request. */
export type JudgedRow =
  /** The row was neither processed nor charged, so it is sent again. */
  | { readonly kind: 'again' }
  | { readonly kind: 'ended'; readonly outcome: TaskOutcome; readonly bill: Bill | undefined };

export async function judgedRow(
  { item, fingerprint }: BatchRow,
  row: AttemptOutcome,
  options: {
    readonly batchId: string;
    readonly prices: LanePrices;
    readonly sinceEpochMs: number;
    readonly nowEpochMs: number;
    readonly cut: AbortSignal;
  },
): Promise<JudgedRow> {
  const { task, rendered } = item;
  const outcome = await checkedAnswer(row, task.template.schema, options.cut);
  const usage = usageOf(outcome);
  const failure = outcome.kind === 'failed' ? outcome.failure : undefined;
  if (failure?.retryable && !usage && !failure.possiblyPaid) return { kind: 'again' };
  const bill = usage && batchBillOf(usage, options.prices);
  const { sinceEpochMs: startedAtEpochMs, nowEpochMs } = options;
  const durationMs = Math.max(0, Math.round(nowEpochMs - startedAtEpochMs));
  return {
    kind: 'ended',
    bill,
    outcome: {
      task,
      model: task.template.model,
      tried: [],
      result: resultOf(outcome),
      fingerprint,
      prompt: rendered.ok ? askedOf(rendered.request) : undefined,
      attempts: 1,
      possiblyPaidAttempts: 0,
      usage,
      costUsd: usage ? (bill?.costUsd ?? null) : options.prices.price === undefined ? null : 0,
      cacheSavedUsd: usage ? (bill?.cacheSavedUsd ?? null) : 0,
      possiblyPaidUsd: 0,
      batchId: options.batchId,
      queuedMs: 0,
      durationMs,
      startedAtEpochMs: Math.round(startedAtEpochMs),
      finishedAtEpochMs: Math.round(startedAtEpochMs) + durationMs,
      waitedMs: {},
    },
  };
}

function resultOf(outcome: AttemptOutcome): TaskOutcome['result'] {
  if (outcome.kind === 'answered') return { status: 'succeeded', answer: outcome.answer };
  if (outcome.kind === 'failed') return { status: 'failed', failure: outcome.failure };
  return {
    status: 'failed',
    failure: {
      code: 'BAD_RESPONSE',
      message: 'the model paused its turn, which a batch cannot continue',
      retryable: false,
      hint: 'send this task in realtime',
    },
  };
}

/** US dollars that a row saved compared with a single request; null if a price is unknown. */
export function savedUsd(
  usage: Usage | undefined,
  bill: Bill | undefined,
  prices: LanePrices,
): number | null {
  if (!usage) return 0;
  const usual = costOf(usage, prices.price);
  return usual === null || !bill || bill.costUsd === null ? null : usual - bill.costUsd;
}
