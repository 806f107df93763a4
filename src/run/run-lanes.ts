import { createRedactor, type Redactor } from '../errors/redact.ts';
import { modeOf } from '../manifest/task-mode.ts';
import { isNothing, type Learned } from '../outcome/learned-limits.ts';
import type { Wire } from '../providers/transport.ts';
import type { Provider } from '../providers/provider.ts';
import { createProvider } from '../providers/create-provider.ts';
import { tokenCounting } from '../providers/what-limits-count.ts';
import type { LaneConfig } from '../schedule/run-context.ts';
import type { LaneName } from '../outcome/schedule-events.ts';
import type { SharedLaneIdentity } from '../share/key-hash.ts';
import type { RunShare } from '../share/open-share.ts';
import type { LearnedFor } from './learned-store.ts';
import type { PreparedLane, PreparedRun } from './prepare-run.ts';
import type { Learning, RunOptions } from './run-options.ts';
import { laneName } from './task-content.ts';
import type { TaskFlow } from './task-flow.ts';

/** The same redactor serves all providers, because a server may echo another provider's key. */
export function redactorOf({ lanes }: PreparedRun, wire: Wire): Redactor {
  return createRedactor([
    ...lanes.flatMap(({ provider }) => provider.secrets ?? provider.key ?? []),
    ...(wire.secrets ?? []),
  ]);
}

export function providersOf(
  prepared: PreparedRun,
  { wire, clock, makeProvider = createProvider }: RunOptions,
  redact: Redactor,
): ReadonlyMap<string, Provider> {
  const providers = new Map<string, Provider>();
  for (const { provider } of prepared.lanes) {
    if (providers.has(provider.name)) continue;
    providers.set(provider.name, makeProvider(provider, { wire, clock, redact }));
  }
  return providers;
}

export function lanesOf(
  prepared: PreparedRun,
  providers: ReadonlyMap<string, Provider>,
  {
    feed,
    flow,
    cachingOf,
    learning,
    share,
  }: {
    readonly feed: (lane: LaneName) => ReturnType<TaskFlow['feed']>;
    readonly flow: TaskFlow;
    readonly cachingOf: (lane: PreparedLane) => LaneConfig['caching'];
    readonly learning: Learning | undefined;
    readonly share: RunShare | undefined;
  },
): LaneConfig[] {
  return prepared.lanes.map((lane) => {
    const { planned, provider, limits, price, budgetPrice } = lane;
    const made = providers.get(provider.name);
    if (!made) throw new Error(`provider ${provider.name} was not created`);
    const name = laneName(planned);
    const caching = cachingOf(lane);
    const learned = learning?.of(learnedFor(lane));
    return {
      name,
      provider: made,
      limits,
      price,
      budgetPrice,
      ...tokenCounting(provider.type, provider.host),
      hasFallbacks: planned.hasFallbacks,
      asksFlex: ({ template }) => modeOf(template, prepared.plan.manifest.run, provider) === 'flex',
      caching: caching && { ...caching, restMs: learned?.found.cacheRestMs ?? 0 },
      learned,
      ...(share && isShared(lane) && { share: share.lane(sharedIdentity(lane)) }),
      tasks: feed(name),
      onEnd: () => flow.laneEnded(name),
    };
  });
}

/** Mock providers do not share their limits. */
function isShared({ provider }: PreparedLane): boolean {
  return provider.type !== 'mock';
}

function sharedIdentity({ planned, provider, limits }: PreparedLane): SharedLaneIdentity {
  return { key: provider.key, origin: provider.origin, model: planned.model, limits };
}

/** The lanes whose learned limits are worth saving. A mock has no limits to learn. */
export function learnedLanes(
  { lanes }: PreparedRun,
  learned: ReadonlyMap<LaneName, Learned>,
  batchCancelMs: ReadonlyMap<LaneName, number> = new Map(),
): ReadonlyArray<LearnedFor & { readonly learned: Learned }> {
  return lanes.flatMap((lane) => {
    const name = laneName(lane.planned);
    const { announced = {}, found = {} } = learned.get(name) ?? {};
    const cancelMs = batchCancelMs.get(name);
    const all = { announced, found: { ...found, ...(cancelMs && { batchCancelMs: cancelMs }) } };
    return isNothing(all) || lane.provider.type === 'mock'
      ? []
      : { ...learnedFor(lane), learned: all };
  });
}

function learnedFor({ planned, provider }: PreparedLane): LearnedFor {
  return { provider, model: planned.model };
}
