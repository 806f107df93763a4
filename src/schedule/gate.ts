import Bottleneck from 'bottleneck';

/** Lets one piece of work through at a time: the lowest priority number first, then first come. */
export interface Gate {
  /** `priority`: 0 to 9. */
  enter<Value>(priority: number, work: () => Promise<Value>): Promise<Value>;
}

/**
 * Work that goes through in one job of Bottleneck. A job costs 50 µs, a seventh of all that a task
 * costs, so a hundred share it.
 */
const WORK_PER_JOB = 100;

/** The one door to Bottleneck. A job of it holds the gate, and lets through who comes meanwhile. */
export function createGate(): Gate {
  const bottleneck = new Bottleneck({ maxConcurrent: 1 });
  dispatchAtOnce(bottleneck);
  const waiting = createWaitingList();
  let hasJob = false;
  let arrived: (() => void) | undefined;

  function needJob(): void {
    if (hasJob) return arrived?.();
    hasJob = true;
    void bottleneck.schedule(letThrough);
  }

  async function letThrough(): Promise<void> {
    for (let count = 0; count < WORK_PER_JOB; count += 1) {
      const next = waiting.take() ?? (await arrival());
      await next();
    }
    hasJob = false;
    if (!waiting.isEmpty()) needJob();
  }

  /** The next to come. A gate that nobody comes to any more waits for ever, and keeps nothing alive. */
  async function arrival(): Promise<Work> {
    for (;;) {
      await new Promise<void>((resolve) => {
        arrived = resolve;
      });
      const next = waiting.take();
      if (next) return next;
    }
  }

  return {
    enter: (priority, work) =>
      new Promise((resolve, reject) => {
        waiting.add(priority, async () => {
          try {
            resolve(await work());
          } catch (error) {
            // Not this gate's to judge.
            reject(error);
          }
        });
        needJob();
      }),
  };
}

/** Never rejects: whoever brought it is told. */
type Work = () => Promise<void>;

/** In the order in which to let through. */
function createWaitingList() {
  const queues = new Map<number, Work[]>();
  return {
    add(priority: number, work: Work): void {
      const queue = queues.get(priority);
      if (queue) queue.push(work);
      else queues.set(priority, [work]);
    },
    take(): Work | undefined {
      let first: number | undefined;
      for (const [priority, { length }] of queues) {
        if (length > 0 && (first === undefined || priority < first)) first = priority;
      }
      return first === undefined ? undefined : queues.get(first)?.shift();
    },
    isEmpty: () => [...queues.values()].every(({ length }) => length === 0),
  };
}

/**
 * Bottleneck hops through `setTimeout` several times for each job: time that no injected clock sees.
 * It also computes one hop from the wall clock, so that a clock set back an hour would stop a lane
 * for an hour. The hops are replaced on this one instance: its store's `yieldLoop`, and `_run`, which
 * Bottleneck itself replaces on the instance in `stop()`.
 * The cost: private API of 2.19.5, hence the exact version in package.json and the test that fails
 * when the internals differ. Should they differ all the same, jobs take the timers, slow but right.
 */
function dispatchAtOnce(bottleneck: Bottleneck): void {
  if (!hasKnownInternals(bottleneck)) return;
  bottleneck._store.yieldLoop = () => Promise.resolve();
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

interface Internals {
  readonly _store: { yieldLoop: () => Promise<void> };
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
  const store: unknown = Reflect.get(bottleneck, '_store');
  const methods = ['_run', '_clearGlobalState', '_free'];
  return (
    methods.every((name) => typeof Reflect.get(bottleneck, name) === 'function') &&
    typeof Reflect.get(bottleneck, '_scheduled') === 'object' &&
    typeof store === 'object' &&
    store !== null &&
    typeof Reflect.get(store, 'yieldLoop') === 'function'
  );
}
