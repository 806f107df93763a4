import { createRedactor } from '../errors/redact.ts';
import type { Limits } from '../manifest/manifest.ts';
import { requestFingerprint } from '../plan/fingerprint.ts';
import type { PromptRequest, Task } from '../plan/task.ts';
import type { Clock } from '../ports/clock.ts';
import type { Random } from '../ports/random.ts';
import { createTokenCounter } from '../providers/create-provider.ts';
import type { Wire } from '../providers/transport.ts';
import type { FedTask } from '../prefix/feed-item.ts';
import type { LaneConfig } from '../schedule/run-context.ts';
import { runSchedule } from '../schedule/schedule.ts';
import type { PreparedLane, PreparedRun } from '../run/prepare-run.ts';

/** Counts from earlier requests, by the fingerprint of the prompt's request. */
export interface CountCache {
  get(fingerprint: string): number | undefined;
  set(fingerprint: string, tokens: number): void;
}

export interface CountOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly wire: Wire;
  readonly cache: CountCache;
}

/** Input tokens as counted by the providers. */
export interface ExactCounts {
  /** Undefined if it was not counted. */
  of(request: PromptRequest): number | undefined;
  /** How many counts were requested from providers this time. */
  readonly asked: number;
  /** Requests that the provider failed to count, and the first error message. */
  readonly failed: { readonly requests: number; readonly message: string } | undefined;
}

/** Counts tokens with the providers' free endpoints. The limits of a run apply. */
export async function countExactly(
  { plan, lanes }: PreparedRun,
  tasks: readonly Task[],
  { clock, random, wire, cache }: CountOptions,
): Promise<ExactCounts> {
  const hosts = new Map(lanes.map(({ provider }) => [provider.name, provider.host]));
  const fingerprintOf = (request: PromptRequest): string =>
    requestFingerprint(request, hosts.get(request.model.provider) ?? '');
  const redact = createRedactor([
    ...lanes.flatMap(({ provider }) => provider.key ?? []),
    ...(wire.secrets ?? []),
  ]);
  const counting = lanes.flatMap((lane) => {
    const provider = createTokenCounter(lane.provider, { wire, clock, redact });
    return provider ? [{ lane, provider }] : [];
  });
  let asked = 0;
  let failed: ExactCounts['failed'];

  /**
   * Tasks without a known count. Their schemas are removed, because a token count does not match
   * them.
   */
  async function* unknown({ planned }: PreparedLane): AsyncGenerator<FedTask, void, void> {
    for (const task of tasks) {
      const { model, needs } = task.template;
      // Tasks that need the results of others have no text yet.
      if (needs) continue;
      if (model.provider !== planned.provider || model.model !== planned.model) continue;
      const rendered = await plan.render(task);
      if (!rendered.ok) continue;
      const fingerprint = fingerprintOf(rendered.request);
      if (cache.get(fingerprint) !== undefined) continue;
      yield {
        task: { ...task, template: { ...task.template, schema: undefined } },
        rendered: { ...rendered, fingerprint },
      };
    }
  }

  const never = new AbortController().signal;
  await runSchedule({
    lanes: counting.map(({ lane, provider }): LaneConfig => {
      const name = `${lane.planned.provider}/${lane.planned.model}`;
      return { name, provider, limits: requestLimits(lane.limits), tasks: unknown(lane) };
    }),
    maxConcurrent: plan.manifest.run.maxConcurrent,
    failFast: false,
    timeoutMs: undefined,
    clock,
    random,
    drain: never,
    abort: never,
    emit: () => undefined,
    settle({ result, fingerprint }) {
      asked += 1;
      if (result.status === 'succeeded' && fingerprint !== undefined) {
        cache.set(fingerprint, result.answer.usage.inputTokens);
      } else if (result.status !== 'succeeded') {
        const { message } = failed ?? result.failure;
        failed = { requests: (failed?.requests ?? 0) + 1, message };
      }
      return Promise.resolve();
    },
  });
  await Promise.all(counting.map(({ provider }) => provider.close()));
  return { of: (request) => cache.get(fingerprintOf(request)), asked, failed };
}

/** Counting uses no tokens. */
function requestLimits({ tpm: _tpm, itpm: _itpm, otpm: _otpm, ...limits }: Limits): Limits {
  return limits;
}
