import { mayFillCache } from '../batch/batch-cache.ts';
import type { BatchingOptions } from '../batch/batch-lane.ts';
import type { BatchLine, BatchProvider, BatchRowLine, OpenChunk } from '../batch/batch-line.ts';
import type { BatchTotals } from '../batch/batch-run.ts';
import { createBatching } from '../batch/open-batching.ts';
import { watchDeadline, type Deadline } from '../batch/cutover.ts';
import type { ProviderSettings } from '../manifest/manifest.ts';
import { asksForBatches, modeOf } from '../manifest/task-mode.ts';
import type { Clock } from '../ports/clock.ts';
import { randomHex, type Random } from '../ports/random.ts';
import type { Provider } from '../providers/provider.ts';
import type { ResolvedProvider } from '../providers/resolve-providers.ts';
import type { WarmUpOptions } from '../prefix/warm-up.ts';
import type { FeedItem } from '../prefix/feed-item.ts';
import type { PreparedLane, PreparedRun } from './prepare-run.ts';
import type { RunMoney } from './run-budget.ts';
import { laneName } from './task-content.ts';

/** Where the steps of batches are saved, and which batches earlier runs left open. */
export interface BatchKeeping {
  readonly open: readonly OpenChunk[];
  readonly isRecorded: (batchId: string, fingerprint: string) => boolean;
  readonly keepLine: (line: BatchLine) => Promise<void>;
  readonly keepRow: (line: BatchRowLine) => Promise<void>;
  /** Whether to leave the batches with their providers once all are submitted. Default false. */
  readonly detaches?: boolean;
  /** Whether to send rows again that may or may not have been received. Default false. */
  readonly resubmits?: boolean;
}

export interface RunBatches {
  /** Puts a lane's tasks into batches; undefined if the lane has no batches. */
  feed(lane: string, tasks: AsyncIterable<FeedItem>): AsyncIterable<FeedItem> | undefined;
  /** Resolves when no call that creates a batch is in flight. */
  close(): Promise<BatchTotals>;
}

/** The batches of a run; undefined if there are none to submit or collect. */
export function batchesOf(
  { plan, lanes }: PreparedRun,
  options: Pick<BatchingOptions, 'drain' | 'abort' | 'settle' | 'leave' | 'emit'> & {
    readonly clock: Clock;
    readonly random: Random;
    readonly money: RunMoney;
    readonly providers: ReadonlyMap<string, Provider>;
    /** How many tasks so far turned out not to be part of this resume. */
    readonly leftAlone: () => number;
    /** The share of the run's tasks that have not ended yet. */
    readonly shareLeft: () => number;
    readonly cachingOf: (lane: PreparedLane) => WarmUpOptions | undefined;
    readonly deadline?: Deadline | undefined;
    readonly batches?: BatchKeeping | undefined;
  },
): RunBatches | undefined {
  const { batches, money, providers, clock, random, drain, abort, settle, leave, emit } = options;
  const { run } = plan.manifest;
  const { batch = DEFAULT_SETTINGS } = run;
  const asks = asksForBatches(plan.manifest);
  if (!batches || (!asks && batches.open.length === 0)) return undefined;
  const cutover =
    options.deadline && watchDeadline(options.deadline, { clock, share: options.shareLeft });
  const batching = createBatching({
    settings: batch,
    cutover: cutover?.signal,
    clock,
    newId: () => randomHex(random),
    detaches: batches.detaches ?? false,
    resubmits: batches.resubmits ?? false,
    openChunks: batches.open,
    isRecorded: batches.isRecorded,
    coversAll: () => plan.selection === undefined && options.leftAlone() === 0,
    keepLine: batches.keepLine,
    keepRow: batches.keepRow,
    settle,
    leave,
    emit,
    worstCase: money.worstCase,
    budget: money.budget,
    maxTaskCostUsd: plan.manifest.budget?.maxTaskCostUsd,
    drain,
    abort,
  });
  return {
    feed(name, tasks) {
      const lane = lanes.find(({ planned }) => laneName(planned) === name);
      const api = lane && providers.get(lane.provider.name)?.batches;
      const isOpen = batches.open.some(({ intended }) => intended.lane === name);
      if (!lane || !api || (!asks && !isOpen)) return undefined;
      const { provider, planned, price, budgetPrice } = lane;
      return batching.feed(
        {
          name,
          model: planned.model,
          host: provider.host,
          api,
          provider: placeOf(provider, plan.manifest.providers.get(provider.name)),
          caching: mayFillCache(run) ? options.cachingOf(lane) : undefined,
          submits: ({ template }) => modeOf(template, run, provider) === 'batch',
          price,
          budgetPrice,
        },
        tasks,
      );
    },
    async close() {
      await batching.close();
      cutover?.dispose();
      return batching.totals();
    },
  };
}

const DEFAULT_SETTINGS = { leftovers: 'realtime', minRows: 10, keepFiles: false } as const;

function placeOf(
  { name, type, baseUrl, keyVariable, api, auth, apiVersion, query }: ResolvedProvider,
  settings: ProviderSettings | undefined,
): BatchProvider {
  if (type === 'mock') return { name, type };
  const { headers, headersEnv } = settings ?? {};
  return {
    name,
    type,
    base_url: baseUrl,
    ...(keyVariable !== undefined && { api_key_env: keyVariable }),
    ...(type === 'openai' && { api }),
    ...(auth !== undefined && { auth }),
    ...(apiVersion !== undefined && { api_version: apiVersion }),
    ...(hasAny(headers) && { headers }),
    ...(hasAny(headersEnv) && { headers_env: headersEnv }),
    ...(hasAny(query) && { query }),
  };
}

function hasAny<Texts extends object>(texts: Texts | undefined): texts is Texts {
  return texts !== undefined && Object.keys(texts).length > 0;
}
