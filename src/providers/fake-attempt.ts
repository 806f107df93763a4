import { sleep, type Clock } from '../ports/clock.ts';
import type { Random } from '../ports/random.ts';
import { withinDeadline } from './attempt-timeout.ts';
import { httpFailure } from './http-failures.ts';
import type { FailureContext } from './failure-context.ts';
import { canceledFailure, timeoutFailure } from './network-failures.ts';
import type { AttemptOutcome, SendOptions } from './provider.ts';

/** An attempt of the mock or of a rehearsal, which waits but sends nothing. */
export interface FakeAttempt extends Pick<SendOptions, 'timeoutMs' | 'signal'> {
  readonly clock: Clock;
  readonly context: FailureContext;
  readonly madeUpBy: 'mock' | 'rehearsal';
  readonly latencyMs: number;
  /** The status to fail with; a failure takes a tenth of the time. */
  readonly status: number | undefined;
  readonly retryAfterMs: () => number | undefined;
  readonly answer: () => AttemptOutcome;
}

export async function fakeAttempt(attempt: FakeAttempt): Promise<AttemptOutcome> {
  const { clock, context, latencyMs, status, timeoutMs, signal } = attempt;
  const work = async (abandon: AbortSignal): Promise<AttemptOutcome> => {
    await sleep(clock, status === undefined ? latencyMs : latencyMs / 10, abandon);
    return status === undefined
      ? attempt.answer()
      : fakeRefusal({ ...attempt, status, retryAfterMs: attempt.retryAfterMs() });
  };
  const bounded = await withinDeadline(work, { clock, timeoutMs, signal });
  if (bounded.kind === 'done') return bounded.value;
  const failure =
    bounded.kind === 'timeout'
      ? timeoutFailure(timeoutMs, context)
      : canceledFailure({ sent: true });
  return { kind: 'failed', failure };
}

export function fakeRefusal({
  status,
  retryAfterMs,
  context,
  madeUpBy,
}: Pick<FakeAttempt, 'context' | 'madeUpBy'> & {
  readonly status: number;
  readonly retryAfterMs: number | undefined;
}): AttemptOutcome {
  const headers: Record<string, string> =
    retryAfterMs === undefined ? {} : { 'retry-after-ms': String(Math.ceil(retryAfterMs)) };
  const body = { error: { message: `made up by the ${madeUpBy}` } };
  return { kind: 'failed', failure: httpFailure({ status, headers, body, text: '' }, context) };
}

export function fakeContext(
  names: Pick<FailureContext, 'provider' | 'model' | 'host'>,
  clock: Clock,
): FailureContext {
  const epochMs = clock.epochMs();
  return { ...names, keyVariable: undefined, epochMs, clean: unchanged, redact: unchanged };
}

function unchanged(text: string): string {
  return text;
}

/** The status that an attempt fails with, if any. */
export function drawnStatus(
  errors: ReadonlyArray<{ readonly status: number; readonly rate: number }>,
  random: Random,
): number | undefined {
  let draw = random();
  return errors.find(({ rate }) => (draw -= rate) < 0)?.status;
}

export function between(
  { min, max }: { readonly min: number; readonly max: number },
  random: Random,
): number {
  return min + random() * Math.max(0, max - min);
}
