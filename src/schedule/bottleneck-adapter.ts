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
  let jobs = 0;
  return {
    /** Settles as the job does. `undefined` if it was dropped and never started. */
    async add<Value>(priority: number, job: () => Promise<Value>): Promise<Value | undefined> {
      let begun = false;
      try {
        jobs += 1;
        return await bottleneck.schedule({ priority, id: `${jobs}` }, () => {
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
 * Bottleneck goes through timers and two locks for each job, so that its store may be in Redis.
 * That takes 290 µs, and an injected clock does not see the timers. One of them is computed from
 * the wall clock, so a clock set back by an hour would stop a lane for an hour. This replaces these
 * steps on this one instance, as Bottleneck itself does in `stop()`, and skips events that nobody
 * listens to. It depends on the private API of 2.19.5, hence the exact version in package.json and
 * the test that fails if the internals differ. If they differ anyway, jobs go the long way, slow
 * but correct.
 */
function dispatchAtOnce(bottleneck: Bottleneck): void {
  if (!hasKnownInternals(bottleneck)) return;
  const { Events: events, _queues: queues, _store: store } = bottleneck;
  const trigger = events.trigger.bind(events);
  events.trigger = (name, ...args) =>
    events.listenerCount(name) > 0 ? trigger(name, ...args) : undefined;
  // Events only keep a heartbeat's timer alive, and there is no heartbeat.
  queues.Events.trigger = () => undefined;
  store.yieldLoop = () => NOTHING;
  bottleneck._receive = (job) => {
    job.doReceive();
    job.doQueue(false, false);
    queues.push(job);
    return bottleneck._drainAll();
  };
  const canStart = (): boolean => bottleneck.queued() > 0 && store.conditionsCheck(1);
  bottleneck._drainAll = async () => {
    while (canStart()) {
      // As many steps as Bottleneck takes: what has just ended is saved before more is sent.
      for (let steps = 0; steps < 3; steps += 1) await NOTHING;
      if (!canStart()) return;
      const job = queues.getFirst().shift();
      store._running += 1;
      store.storeOptions.reservoir -= 1;
      bottleneck._run(job.options.id, job);
    }
  };
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
  readonly _queues: {
    readonly Events: { trigger: (name: string) => unknown };
    push(job: Job): void;
    getFirst(): { shift(): Job };
  };
  readonly _store: {
    yieldLoop: () => Promise<unknown>;
    _running: number;
    readonly storeOptions: { reservoir: number };
    readonly conditionsCheck: (weight: number) => boolean;
  };
  _receive: (job: Job) => Promise<unknown>;
  _drainAll: () => Promise<unknown>;
  readonly queued: () => number;
  readonly _scheduled: Record<string, { readonly job: Job }>;
  readonly _limiter: unknown;
  _run: (index: string, job: Job) => void;
  readonly _clearGlobalState: (index: string) => boolean;
  readonly _free: (index: string, job: Job, options: unknown, info: unknown) => Promise<void>;
}

interface Job {
  readonly options: { readonly id: string };
  doReceive(): void;
  doQueue(reachedHighWater: boolean, isBlocked: boolean): void;
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
  '_run _receive _drainAll _clearGlobalState _free _scheduled _queues.Events _queues.push ' +
  '_queues.getFirst _store.yieldLoop _store.conditionsCheck _store.storeOptions Events.trigger ' +
  'Events.listenerCount';
