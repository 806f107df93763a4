import { MAX_AT_ONCE, MAX_TOKENS } from '../../bench/clients/client.ts';
import { logNormal } from '../../bench/random.ts';
import { planOf, type Scenario } from '../../bench/scenarios.ts';
import { weightOf } from '../../bench/server/answers.ts';
import { createCeiling, type Verdict } from '../../bench/server/ceiling.ts';
import { announcement } from '../../bench/server/headers.ts';
import { createMeter, moments } from '../../bench/server/meter.ts';
import type { ServerPlan, ServerReport } from '../../bench/server/server-plan.ts';
import { promptOf } from '../../bench/work.ts';
import type { Random } from '../../src/ports/random.ts';
import { roughRequestTokens } from '../../src/plan/estimate-input-tokens.ts';
import { drive, type DriveOptions } from './drive.ts';
import { EPOCH_MS, type Reply, type VirtualServer, type Weights } from './virtual-server.ts';

/**
 * Runs a scenario of `npm run bench` under the virtual clock, with the same server and the same
 * work.
 */
export function benchRun(
  scenario: Scenario,
  options: Pick<DriveOptions, 'seed' | 'jitterMs' | 'onSend'>,
): ServerReport {
  const plan = planOf(scenario, { seconds: 20, seed: options.seed });
  const server = openServer(plan);
  drive({
    ...options,
    server: server.open,
    durationMs: plan.windowMs,
    maxConcurrent: MAX_AT_ONCE,
    maxTokens: MAX_TOKENS,
    drawWeights,
  });
  return server.report();
}

const REQUEST = {
  model: { provider: 'bench', model: 'bench' },
  context: undefined,
  system: undefined,
  parameters: {},
} as const;

export function drawWeights(random: Random): Weights & { readonly estimatedInput: number } {
  const prompt = promptOf(Math.floor(1_000 * random()), random);
  const { inputTokens, outputTokens } = weightOf({ prompt, maxTokens: MAX_TOKENS });
  const estimatedInput = roughRequestTokens({ ...REQUEST, prompt });
  return { input: inputTokens, output: outputTokens, estimatedInput };
}

/** Does what `bench/server/serve-process.ts` does over HTTP. */
export function openServer(plan: ServerPlan): {
  readonly open: (random: Random) => VirtualServer;
  readonly report: () => ServerReport;
} {
  const ceiling = createCeiling(plan);
  const meter = createMeter(plan, ceiling);
  const marks = [...moments(plan)];
  const admitted: number[] = [];
  const refused: number[] = [];

  function markUntil(nowMs: number): void {
    while (marks[0] !== undefined && marks[0] <= nowMs) meter.mark(marks.shift() ?? 0);
  }

  function headersAt(nowMs: number): Record<string, string> {
    if (!plan.announces) return {};
    const epochMs = EPOCH_MS + nowMs;
    const date = new Date(epochMs).toUTCString();
    return { ...announcement(ceiling, { wire: plan.wire, nowMs, epochMs }), date };
  }

  function refusal(verdict: Exclude<Verdict, { kind: 'admitted' }>, nowMs: number): Reply {
    const isDown = verdict.kind === 'down';
    const waitMs = isDown ? undefined : verdict.waitMs;
    return {
      kind: 'refused',
      status: isDown ? 529 : 429,
      retryAfterMs:
        plan.retryAfter && waitMs !== undefined
          ? 1_000 * Math.max(1, Math.ceil(waitMs / 1_000))
          : undefined,
      headers: isDown ? {} : headersAt(nowMs),
    };
  }

  const open = (random: Random): VirtualServer => ({
    admitted,
    refused,
    arrive(nowMs, { input, output }) {
      markUntil(nowMs);
      const verdict = ceiling.admit({ inputTokens: input, outputTokens: output }, nowMs);
      const isAdmitted = verdict.kind === 'admitted';
      meter.count(isAdmitted ? 'accepted' : 'refused', nowMs);
      (isAdmitted ? admitted : refused).push(nowMs);
      if (!isAdmitted) return refusal(verdict, nowMs);
      const { medianMs: median, sigma } = plan.latency;
      const latencyMs = logNormal(random, { median, sigma });
      return { kind: 'admitted', latencyMs, headers: () => headersAt(nowMs + latencyMs) };
    },
    finish(nowMs, { input, output }) {
      markUntil(nowMs);
      ceiling.release({ inputTokens: input, outputTokens: output }, nowMs);
    },
  });
  const report = (): ServerReport => {
    markUntil(plan.windowMs);
    return meter.report();
  };
  return { open, report };
}
