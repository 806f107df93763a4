import Bottleneck from 'bottleneck';

/**
 * Runs the jobs of one lane on Bottleneck. No other module uses Bottleneck. It holds the queue, the
 * priorities, the slots (`maxConcurrent`) and the permits (its reservoir, used as a counter that is
 * only ever increased). It starts a job when there is a slot and a permit, so a pause means that
 * there is no permit. `slots`: how many jobs may run at once; Infinity for any number. At least 1,
 * because Bottleneck refuses jobs at 0.
 */
export function createJobQueue(slots: number, onError: (error: unknown) => void) {
  const bottleneck = new Bottleneck({ reservoir: 0, maxConcurrent: finite(slots) });
  bottleneck.on('error', onError);
  dispatchAtOnce(bottleneck);
  let current = slots;
  return {
    /** Settles as the job does. `undefined` if it was dropped and never started. */
    async add<Value>(priority: number, job: () => Promise<Value>): Promise<Value | undefined> {
      let begun = false;
      try {
        return await bottleneck.schedule({ priority }, () => {
          begun = true;
          return job();
        });
      } catch (error) {
        // An error before the job has begun means that it was dropped.
        if (begun || !(error instanceof Bottleneck.BottleneckError)) throw error;
        return undefined;
      }
    },
    /** Allows one more job to start. */
    permit: () => void bottleneck.incrementReservoir(1),
    setSlots(next: number): void {
      if (next === current) return;
      current = next;
      void bottleneck.updateSettings({ maxConcurrent: finite(next) });
    },
    /** Drops jobs that have not started, now and later. */
    close: () => void bottleneck.stop({ dropWaitingJobs: true }),
  };
}

function finite(slots: number): number | null {
  return Number.isFinite(slots) ? slots : null;
}

/**
 * Bottleneck goes through `setTimeout` several times per job. That takes 290 µs, and an injected
 * clock does not see it. It also computes one of these delays from the wall clock, so a clock set
 * back by an hour would stop a lane for an hour. This removes the delays on this one instance: from
 * its store's `yieldLoop`, and from `_run`, which Bottleneck itself replaces on the instance in
 * `stop()`. It also skips events that nobody listens to. This depends on the private API of 2.19.5,
 * hence the exact version in package.json and the test that fails if the internals differ. If they
 * differ anyway, jobs use the timers, which is slow but correct.
 */
function dispatchAtOnce(bottleneck: Bottleneck): void {
  if (!hasKnownInternals(bottleneck)) return;
  const { Events: events } = bottleneck;
  const trigger = events.trigger.bind(events);
  events.trigger = (name, ...args) =>
    events.listenerCount(name) > 0 ? trigger(name, ...args) : undefined;
  // Events only keep a heartbeat's timer alive, and there is no heartbeat.
  bottleneck._queues.Events.trigger = () => undefined;
  const drainAll = bottleneck._drainAll.bind(bottleneck);
  // Each job asks four times whether a job may start. A lock and a dozen promises are needed only
  // if one may.
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
      (options: unknown, info: unknown) => bottleneck._free(index, job, options, info),
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
  doExecute(...parts: readonly unknown[]): Promise<void>;
}

/** Whether the internals are those that `dispatchAtOnce` was written for. */
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
