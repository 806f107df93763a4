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
 * are its events, a dozen promises a job for nobody, and its two locks, which are right but take two
 * generators and nine promises each. A job then costs 16 µs instead of 240.
 * The cost: private API of 2.19.5, hence the exact version in package.json and the test that fails
 * when the internals differ. Should they differ all the same, jobs take the timers, slow but right.
 */
function dispatchAtOnce(bottleneck: Bottleneck): void {
  if (!hasKnownInternals(bottleneck)) return;
  bottleneck._store.yieldLoop = () => Promise.resolve();
  bottleneck.Events.trigger = () => undefined;
  bottleneck._queues.Events.trigger = () => undefined;
  bottleneck._submitLock.schedule = oneAtATime();
  bottleneck._registerLock.schedule = oneAtATime();
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

type Step = (...given: unknown[]) => Promise<unknown>;

/** Runs steps one after the other, in the order of the calls. */
function oneAtATime(): (step: Step, ...given: unknown[]) => Promise<unknown> {
  let last: Promise<unknown> = Promise.resolve();
  return (step, ...given) => {
    const done = last.then(() => step(...given));
    last = done.catch(() => undefined);
    return done;
  };
}

interface Internals {
  readonly _store: { yieldLoop: () => Promise<void> };
  readonly Events: { trigger: () => undefined };
  readonly _queues: { readonly Events: { trigger: () => undefined } };
  readonly _submitLock: { schedule: ReturnType<typeof oneAtATime> };
  readonly _registerLock: { schedule: ReturnType<typeof oneAtATime> };
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
  const part = (name: string, of: unknown = bottleneck): unknown =>
    typeof of === 'object' && of !== null ? Reflect.get(of, name) : undefined;
  const methods = ['_run', '_clearGlobalState', '_free'];
  return (
    methods.every((name) => typeof Reflect.get(bottleneck, name) === 'function') &&
    typeof Reflect.get(bottleneck, '_scheduled') === 'object' &&
    hasMethod(part('_store'), 'yieldLoop') &&
    hasMethod(part('Events'), 'trigger') &&
    hasMethod(part('Events', part('_queues')), 'trigger') &&
    hasMethod(part('_submitLock'), 'schedule') &&
    hasMethod(part('_registerLock'), 'schedule')
  );
}

function hasMethod(value: unknown, name: string): boolean {
  return (
    typeof value === 'object' && value !== null && typeof Reflect.get(value, name) === 'function'
  );
}
