import type { SimulatedLane } from './scenario.ts';
import type { Call, Watch } from './watch.ts';

const SPAN_MS = {
  rps: 1_000,
  rpm: 60_000,
  rpd: 86_400_000,
  itpm: 60_000,
  otpm: 60_000,
  tpm: 60_000,
} as const;

/** Compares what the servers got with every declared limit of their lane. */
export function checkWindows(lanes: readonly SimulatedLane[], watch: Watch): void {
  for (const { name, limits } of lanes) {
    const calls = watch.calls.filter(({ lane }) => lane === name);
    for (const limit of ['rps', 'rpm', 'rpd', 'itpm'] as const) {
      const declared = limits[limit];
      if (declared === undefined) continue;
      // Half a request per second means one request in two seconds.
      const stretch = Math.max(1, 1 / declared);
      const most = heaviest(calls, {
        spanMs: SPAN_MS[limit] * stretch,
        weigh: limit === 'itpm' ? ({ inputTokens }) => inputTokens : () => 1,
      });
      if (most > declared * stretch + 1e-9) {
        watch.report('windows', `${name} got ${most} within its \`${limit}\` of ${declared}`);
      }
    }
    for (const limit of ['otpm', 'tpm'] as const) {
      const declared = limits[limit];
      if (declared !== undefined) checkKnown(calls, { limit, declared, watch });
    }
  }
}

/** The highest total in any window of `spanMs`, by time of arrival. */
function heaviest(
  calls: readonly Call[],
  { spanMs, weigh }: { readonly spanMs: number; readonly weigh: (call: Call) => number },
): number {
  const arrived = [...calls].sort((one, other) => one.arrivalMs - other.arrivalMs);
  let [first, sum, most] = [0, 0, 0];
  for (const call of arrived) {
    sum += weigh(call);
    for (let oldest = arrived[first]; oldest; oldest = arrived[first]) {
      if (oldest.arrivalMs > call.arrivalMs - spanMs) break;
      sum -= weigh(oldest);
      first += 1;
    }
    most = Math.max(most, sum);
  }
  return most;
}

/**
 * The length of an answer is known only when it has arrived: nothing may be sent while the lengths
 * that are known by then leave no room.
 */
function checkKnown(
  calls: readonly Call[],
  {
    limit,
    declared,
    watch,
  }: { readonly limit: 'otpm' | 'tpm'; readonly declared: number; readonly watch: Watch },
): void {
  for (const call of calls) {
    let known = limit === 'tpm' ? call.inputTokens : 1;
    for (const earlier of calls) {
      if (earlier === call) break;
      if (earlier.atMs <= call.atMs - SPAN_MS[limit]) continue;
      if (earlier.endMs < call.atMs) known += knownOutput(earlier);
      if (limit === 'tpm') known += earlier.inputTokens;
    }
    if (known > declared) {
      watch.report('windows', `${call.lane} sends, though ${known} of its \`${limit}\` are used`);
    }
  }
}

/** The length of an answer without usage is known only as far as its text can be counted. */
function knownOutput({ outcome, outputTokens }: Call): number {
  if (outcome?.kind !== 'answered') return 0;
  const { usage } = outcome.answer;
  return usage.isEstimated === true ? usage.outputTokens : outputTokens;
}
