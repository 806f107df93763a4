import Bottleneck from 'bottleneck';

/** Lets one piece of work through at a time: the lowest priority number first, then first come. */
export interface Gate {
  /** `priority`: 0 to 9. */
  enter<Value>(priority: number, work: () => Promise<Value>): Promise<Value>;
}

/** The one door to Bottleneck. */
export function createGate(): Gate {
  const bottleneck = new Bottleneck({ maxConcurrent: 1 });
  dispatchAtOnce(bottleneck);
  return { enter: (priority, work) => bottleneck.schedule({ priority }, work) };
}

/**
 * Bottleneck hops through `setTimeout` several times for each job: about 400 jobs a second, and time
 * that no injected clock sees. It also computes one hop from the wall clock, so that a clock set
 * back an hour would stop a lane for an hour. The hops are replaced on this one instance: its
 * store's `yieldLoop`, and `_run`, which Bottleneck itself replaces on the instance in `stop()`. So
 * are its events, a dozen promises a job for nobody. A lane then carries about 9,500 tasks a second
 * at 80 µs each, all of Volley's scheduling included.
 * The cost: private API of 2.19.5, hence the exact version in package.json and the test that fails
 * when the internals differ. Should they differ all the same, jobs take the timers, slow but right.
 */
function dispatchAtOnce(bottleneck: Bottleneck): void {
  if (!hasKnownInternals(bottleneck)) return;
  bottleneck._store.yieldLoop = () => Promise.resolve();
  bottleneck.Events.trigger = () => undefined;
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
  readonly Events: { trigger: () => undefined };
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
  const events: unknown = Reflect.get(bottleneck, 'Events');
  const methods = ['_run', '_clearGlobalState', '_free'];
  return (
    methods.every((name) => typeof Reflect.get(bottleneck, name) === 'function') &&
    typeof Reflect.get(bottleneck, '_scheduled') === 'object' &&
    hasMethod(store, 'yieldLoop') &&
    hasMethod(events, 'trigger')
  );
}

function hasMethod(value: unknown, name: string): boolean {
  return (
    typeof value === 'object' && value !== null && typeof Reflect.get(value, name) === 'function'
  );
}
