import { messageOf } from '../errors/failure.ts';
import type { PromptRequest } from '../plan/task.ts';
import { onAbort } from '../ports/abort.ts';
import type { Clock } from '../ports/clock.ts';
import type { CacheMarks } from '../prefix/cache-marks.ts';
import { withinDeadline } from './attempt-timeout.ts';
import { RETRY } from './should-retry.ts';
import type {
  AttemptFailure,
  AttemptOutcome,
  Continuation,
  Provider,
  Transfer,
} from './provider.ts';

export interface AttemptOptions {
  readonly provider: Provider;
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly continuation: Continuation | undefined;
  readonly marks: CacheMarks | undefined;
  /**
   * Aborting it abandons the request immediately, whatever the provider does. The message of the
   * abort reason is reported.
   */
  readonly cut: AbortSignal;
}

/**
 * A provider enforces its own deadline. If it has still not settled this long after the deadline,
 * the request counts as lost.
 */
const OVERTIME_MS = 1_000;

/**
 * Sends a request once, and settles whatever happens: with the provider's outcome, with `CANCELED`
 * if `cut` aborts, or with `TIMEOUT` if the provider misses its deadline. Rejects only for a bug in
 * the provider.
 */
export async function sendOnce(
  request: PromptRequest,
  options: AttemptOptions,
): Promise<AttemptOutcome> {
  const { provider, clock, timeoutMs, continuation, marks, cut } = options;
  const transfer: Transfer = { stage: cut.aborted ? 'connecting' : 'sent' };
  let { stage } = transfer;
  const bounded = await withinDeadline(
    (signal) => {
      // Whatever the provider does later with an abandoned request does not count.
      onAbort(signal, () => (stage = transfer.stage));
      return provider.send(request, {
        timeoutMs,
        signal,
        transfer,
        ...(continuation && { continuation }),
        ...(marks && { marks }),
      });
    },
    { clock, timeoutMs: timeoutMs + OVERTIME_MS, signal: cut, catchUpMs: OVERTIME_MS },
  );
  if (bounded.kind === 'done') return bounded.value;
  // A request that was sent may still be answered, and charged, after everyone has stopped
  // listening.
  const abandoned = { ...RETRY, possiblyPaid: stage !== 'connecting' };
  const failure: AttemptFailure =
    bounded.kind === 'timeout'
      ? { code: 'TIMEOUT', message: `no answer within ${timeoutMs / 1_000} s`, ...abandoned }
      : { code: 'CANCELED', message: messageOf(cut.reason), ...abandoned };
  return { kind: 'failed', failure };
}
