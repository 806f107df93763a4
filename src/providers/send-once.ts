import { messageOf } from '../errors/failure.ts';
import type { PromptRequest } from '../plan/task.ts';
import { afterReading, type Clock } from '../ports/clock.ts';
import type { CacheMarks } from '../prefix/marks.ts';
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
   * Aborting it abandons the request at once, whatever the provider does. The message of the abort
   * reason is reported.
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
export function sendOnce(request: PromptRequest, options: AttemptOptions): Promise<AttemptOutcome> {
  const { provider, clock, timeoutMs, continuation, marks, cut } = options;
  if (cut.aborted) {
    const failure = abandoned('CANCELED', messageOf(cut.reason), { stage: 'connecting' });
    return Promise.resolve({ kind: 'failed', failure });
  }
  const abandon = new AbortController();
  const transfer: Transfer = { stage: 'sent' };
  return new Promise<AttemptOutcome>((resolve, reject) => {
    const lose = (): void =>
      give(abandoned('TIMEOUT', `no answer within ${timeoutMs / 1_000} s`, transfer));
    const cancelTimer = afterReading(clock, timeoutMs + OVERTIME_MS, lose, OVERTIME_MS);
    cut.addEventListener('abort', onCut, { once: true });
    function onCut(): void {
      give(abandoned('CANCELED', messageOf(cut.reason), transfer));
    }
    function finish(): void {
      cancelTimer();
      cut.removeEventListener('abort', onCut);
    }
    function give(failure: AttemptFailure): void {
      finish();
      resolve({ kind: 'failed', failure });
      abandon.abort(cut.aborted ? cut.reason : new Error(failure.message));
    }
    void start().then(resolve, reject).finally(finish);
  });

  /** An async function, so that an error thrown before the first wait becomes a rejection too. */
  async function start(): Promise<AttemptOutcome> {
    return provider.send(request, {
      timeoutMs,
      signal: abandon.signal,
      transfer,
      ...(continuation === undefined ? {} : { continuation }),
      ...(marks && { marks }),
    });
  }
}

/** A request that was sent may be answered, and paid, after everyone has stopped listening. */
function abandoned(
  code: 'TIMEOUT' | 'CANCELED',
  message: string,
  { stage }: Transfer,
): AttemptFailure {
  const possiblyPaid = stage !== 'connecting';
  return { code, message, retryable: true, reach: 'task', possiblyPaid };
}
