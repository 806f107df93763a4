import Bottleneck from 'bottleneck';

/**
 * The jobs of one lane on Bottleneck, and the only door to it. Bottleneck holds the queue, the
 * priorities, the slots (`maxConcurrent`) and the permits (its reservoir, used as a counter that is
 * only ever fed). It starts a job when there is a slot and a permit: a pause means no permit.
 */
export interface JobQueue {
  /** Settles as the job does. `undefined` if it was dropped and never started. */
  add<Value>(priority: number, job: () => Promise<Value>): Promise<Value | undefined>;
  /** One more job may start. */
  permit(): void;
  /** This many may run at once; Infinity for any number. At least 1: with 0 Bottleneck refuses jobs. */
  setSlots(slots: number): void;
  /** Drops what has not started, now and later. */
  close(): void;
}

export function createJobQueue(slots: number, onError: (error: unknown) => void): JobQueue {
  const bottleneck = new Bottleneck({ reservoir: 0, maxConcurrent: finite(slots) });
  bottleneck.on('error', onError);
  dispatchAtOnce(bottleneck);
  let current = slots;
  return {
    async add(priority, job) {
      let failed: { readonly error: unknown } | undefined;
      try {
        return await bottleneck.schedule({ priority }, async () => {
          try {
            return await job();
          } catch (error) {
            failed = { error };
            throw error;
          }
        });
      } catch (error) {
        // What the job itself threw is passed on; anything else says that it was dropped.
        if (failed || !(error instanceof Bottleneck.BottleneckError)) throw error;
        return undefined;
      }
    },
    permit: () => void bottleneck.incrementReservoir(1),
    setSlots(next) {
      if (next === current) return;
      current = next;
      void bottleneck.updateSettings({ maxConcurrent: finite(next) });
    },
    close: () => void bottleneck.stop({ dropWaitingJobs: true }),
  };
}

function finite(slots: number): number | null {
  return Number.isFinite(slots) ? slots : null;
}

/**
 * Bottleneck hops through `setTimeout` several times per job: 290 µs, which no injected clock sees. It
 * also computes one hop from the wall clock, so that a clock set back an hour would stop a lane for an
 * hour. The hops are replaced on this one instance: its store's `yieldLoop`, and `_run`, which
 * Bottleneck itself replaces on the instance in `stop()`. Events that nobody listens to are skipped.
 * The cost is private API of 2.19.5, hence the exact version in package.json and the test that fails
 * when the internals differ. Should they differ anyway, jobs take the timers: slow, but right.
 */
function dispatchAtOnce(bottleneck: Bottleneck): void {
  if (!hasKnownInternals(bottleneck)) return;
  const { Events: events } = bottleneck;
  const trigger = events.trigger.bind(events);
  events.trigger = (name, ...args) =>
    events.listenerCount(name) > 0 ? trigger(name, ...args) : undefined;
  // They only keep a heartbeat's timer alive, but there is none.
  bottleneck._queues.Events.trigger = () => undefined;
  const drainAll = bottleneck._drainAll.bind(bottleneck);
  // Each job asks four times whether one may begin; a lock and a dozen promises only where one may.
  bottleneck._drainAll = (capacity, total) =>
    bottleneck.queued() > 0 && bottleneck._store.conditionsCheck(1)
      ? drainAll(capacity, total)
      : NOTHING;
  bottleneck._store.yieldLoop = () => NOTHING;
  bottleneck._run = (index, job) => {
    job.doRun();
    bottleneck._scheduled[index] = { job };
    void job.doExecute(
      bottleneck._limiter,
      () => bottleneck._clearGlobalState(index),
      () => bottleneck._run(index, job),
      (options, info) => bottleneck._free(index, job, options, info),
    );
  };
}

const NOTHING = Promise.resolve(null);

interface Internals {
  readonly Events: {
    trigger: (name: string, ...args: readonly unknown[]) => unknown;
    listenerCount(name: string): number;
  };
  readonly _queues: { readonly Events: { trigger: (name: string) => unknown } };
  readonly _store: {
    yieldLoop: () => Promise<unknown>;
    readonly conditionsCheck: (weight: number) => boolean;
  };
  _drainAll: (capacity: number | null, total?: number) => Promise<number | null>;
  readonly queued: () => number;
  readonly _scheduled: Record<string, { readonly job: Job }>;
  readonly _limiter: unknown;
  _run: (index: string, job: Job) => void;
  readonly _clearGlobalState: (index: string) => boolean;
  readonly _free: (index: string, job: Job, options: unknown, info: unknown) => Promise<void>;
}

interface Job {
  doRun(): void;
  doExecute(
    limiter: unknown,
    clear: () => boolean,
    run: () => void,
    free: (options: unknown, info: unknown) => Promise<void>,
  ): Promise<void>;
}

/** Whether this is the Bottleneck that was read when the above was written. */
export function hasKnownInternals(bottleneck: object): bottleneck is Internals {
  return KNOWN.split(' ').every((path) => {
    let part: unknown = bottleneck;
    for (const name of path.split('.')) part = part instanceof Object && Reflect.get(part, name);
    return part instanceof Object;
  });
}

const KNOWN =
  '_run _drainAll _clearGlobalState _free _scheduled _queues.Events _store.yieldLoop ' +
  '_store.conditionsCheck Events.trigger Events.listenerCount';
