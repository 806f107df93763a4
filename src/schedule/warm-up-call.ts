import { billOf } from '../money/bill.ts';
import type { Spent } from '../money/budget-ledger.ts';
import { NOTHING_SPENT, reserveForCall } from '../money/reserve-budget.ts';
import { expectedLoad } from '../pace/tokens-per-limit.ts';
import { roughRequestTokens } from '../plan/estimate-input-tokens.ts';
import type { PromptRequest } from '../plan/task.ts';
import type { Pass } from '../prefix/cache-role.ts';
import { sendOnce } from '../providers/send-once.ts';
import { usageOf } from '../providers/usage.ts';
import type { LaneWorker, RunContext } from './run-context.ts';

/**
 * Makes the provider's own warm-up call for the prefixes of a pass: it writes them and returns no
 * answer. The limits and the budget count it like any request. If it does not work, the first task
 * writes the prefixes. Rejects only for a bug.
 */
export async function warmUpCall(
  request: PromptRequest,
  pass: Pass,
  { lane, context }: { readonly lane: LaneWorker; readonly context: RunContext },
): Promise<void> {
  const { prefixes, limiter, pace, config } = lane;
  const { clock, budget } = context.options;
  const holder: { pass: Pass | undefined } = { pass };
  const money = await reserveForCall(pass.shared, lane, context.options);
  if (money === 'refused') {
    prefixes?.refusesCalls();
    return prefixes?.left(holder);
  }
  const prompt = { inputTokens: roughRequestTokens(request), pass };
  const load = () => ({ ...expectedLoad(request, prompt, pace.state), outputTokens: 0 });
  const call = await limiter.schedule({ priority: 'new', load }, async (permit): Promise<Spent> => {
    const startedMs = clock.now();
    const outcome = await sendOnce(request, {
      provider: config.provider,
      clock,
      timeoutMs: pass.shared.template.timeoutMs,
      continuation: undefined,
      marks: pass.marks && { ...pass.marks, isOnlyWritten: true },
      cut: context.stops.cut,
    });
    lane.slotUse.inFlightMs += clock.now() - startedMs;
    const usage = usageOf(outcome);
    // A call without an answer is not a failure: its usage says what it did.
    const failure = outcome.kind === 'failed' && !usage ? outcome.failure : undefined;
    const bill = usage && billOf(usage, request.parameters, config);
    const possiblyPaid = failure?.possiblyPaid === true || bill?.budgetUsd === null;
    permit.answered({ failure, usage, announced: outcome.announced ?? [] });
    if (failure) prefixes?.refusesCalls();
    prefixes?.answered(holder, usage);
    if (usage || possiblyPaid) {
      const costUsd = usage ? (bill?.costUsd ?? null) : 0;
      await context.settleWarmUp({
        lane: config.name,
        usage,
        costUsd,
        // Without a cache, this call would not have been made.
        cacheSavedUsd: costUsd && -costUsd,
        possiblyPaidUsd: possiblyPaid ? (money?.attemptUsd ?? null) : 0,
      });
    }
    return { usd: bill?.budgetUsd ?? 0, possiblyPaidAttempts: possiblyPaid ? 1 : 0 };
  });
  prefixes?.left(holder);
  if (money) budget?.settle(money, call.kind === 'done' ? call.value : NOTHING_SPENT);
}
