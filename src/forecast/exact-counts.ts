import { createRedactor } from '../errors/redact.ts';
import type { Limits } from '../manifest/manifest.ts';
import { requestFingerprint } from '../plan/fingerprint.ts';
import type { PromptRequest, Task } from '../plan/task.ts';
import type { Clock } from '../ports/clock.ts';
import type { Random } from '../ports/random.ts';
import { createTokenCounter } from '../providers/registry.ts';
import type { Wire } from '../providers/own-fetch.ts';
import type { FedTask } from '../schedule/feed-item.ts';
import type { LaneConfig } from '../schedule/context.ts';
import { runSchedule } from '../schedule/schedule.ts';
import type { PreparedLane, PreparedRun } from '../run/prepare.ts';

/** Counts that were asked for before, by the fingerprint of the request. */
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

/** What providers say that requests weigh. */
export interface ExactCounts {
  /** Input tokens; undefined where nobody counted. */
  of(request: PromptRequest): number | undefined;
  /** Requests that were asked about just now. */
  readonly asked: number;
  /** What could not be counted although the provider counts, and why the first of it could not. */
  readonly failed: { readonly requests: number; readonly message: string } | undefined;
}

/**
 * Asks the providers' free endpoints what tasks weigh, through the limiter, as a run would send them.
 * What was asked before comes from the cache. Providers that do not count are left out.
 */
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

  /** Those that are not known yet. Without its schema, for a count is not an answer that could fit it. */
  async function* unknown({ planned }: PreparedLane): AsyncGenerator<FedTask, void, void> {
    for (const task of tasks) {
      const { model, needs } = task.template;
      // What builds on the results of others has no text yet.
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
      const { planned, limits } = lane;
      return {
        name: `${planned.provider}/${planned.model}`,
        provider,
        limits: requestLimits(limits),
        tasks: unknown(lane),
      };
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
function requestLimits({ rpm, rps, rpd, concurrency }: Limits): Limits {
  return {
    ...(rpm === undefined ? {} : { rpm }),
    ...(rps === undefined ? {} : { rps }),
    ...(rpd === undefined ? {} : { rpd }),
    ...(concurrency === undefined ? {} : { concurrency }),
  };
}
