import { Worker } from 'node:worker_threads';
import { WORK_BOUNDS } from '../errors/input-limits.ts';
import { threadCpuMs } from './system-time-slice.ts';

/**
 * A thread for work that may never end: it is stopped if a job takes too much CPU time, and
 * restarted for the next job.
 */
export interface BoundedThread<Job> {
  /** Runs one job after another. `signal` abandons the job. Rejects only for bugs. */
  run<Value>(job: Job, options: JobOptions): Promise<JobOutcome<Value>>;
}

export interface JobOptions {
  /** CPU time. */
  readonly cpuMs: number;
  /**
   * Keeps the thread, with everything that this job loaded, for the next job. Otherwise the thread
   * is stopped and its memory is freed.
   */
  readonly keepThread?: boolean;
  readonly signal?: AbortSignal | undefined;
}

export type JobOutcome<Value> =
  | { readonly ok: true; readonly value: Value; readonly tookMs: number }
  | {
      readonly ok: false;
      readonly why: 'time' | 'memory' | 'abandoned';
      readonly tookMs: number;
    };

/** `entry` is a module that answers each message with one message. */
export function boundedThread<Job>(
  entry: URL,
  { memoryMb = WORK_BOUNDS.threadMemoryMb }: { readonly memoryMb?: number } = {},
): BoundedThread<Job> {
  let idle: Worker | undefined;

  function start(): Worker {
    const resourceLimits = { maxOldGenerationSizeMb: memoryMb };
    return new Worker(entry, { env: {}, execArgv: [], resourceLimits });
  }

  function runNow<Value>(
    job: Job,
    { cpuMs, keepThread, signal }: JobOptions,
  ): Promise<JobOutcome<Value>> {
    return new Promise((resolve, reject) => {
      const startedMs = otherThreadsCpuMs();
      const worker = idle ?? start();
      idle = undefined;
      worker.ref();
      const timer = setInterval(() => {
        if (otherThreadsCpuMs() - startedMs > cpuMs) end('time');
      }, LOOK_EVERY_MS);
      const tookMs = (): number => otherThreadsCpuMs() - startedMs;
      const onAbort = (): void => end('abandoned');
      const onMessage = (value: Value): void => {
        letGo();
        worker.unref();
        if (keepThread) idle = worker;
        else void worker.terminate();
        resolve({ ok: true, value, tookMs: tookMs() });
      };
      const onError = (error: Error & { code?: unknown }): void => {
        if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') return end('memory');
        letGo();
        reject(error);
      };
      const onExit = (): void => end('memory');
      signal?.addEventListener('abort', onAbort, { once: true });
      worker.on('message', onMessage);
      worker.on('error', onError);
      worker.on('exit', onExit);
      // eslint-disable-next-line unicorn/require-post-message-target-origin -- for browser windows
      worker.postMessage(job);
      if (signal?.aborted) end('abandoned');

      function letGo(): void {
        clearInterval(timer);
        signal?.removeEventListener('abort', onAbort);
        worker.off('message', onMessage);
        worker.off('error', onError);
        worker.off('exit', onExit);
      }
      function end(why: 'time' | 'memory' | 'abandoned'): void {
        letGo();
        // Ignores errors while the thread stops.
        worker.on('error', () => undefined);
        void worker.terminate();
        resolve({ ok: false, why, tookMs: tookMs() });
      }
    });
  }

  return {
    run(job, options) {
      const outcome = lastInLine.then(() => runNow<never>(job, options));
      lastInLine = outcome.catch(() => undefined);
      return outcome;
    },
  };
}

const LOOK_EVERY_MS = 20;

/**
 * Jobs run one at a time, because a thread's CPU time is known only while no other thread is
 * working.
 */
let lastInLine: Promise<unknown> = Promise.resolve();

/** CPU time of all threads but this one; before Node 23.9, including this one. */
function otherThreadsCpuMs(): number {
  const { user, system } = process.cpuUsage();
  const own = 'threadCpuUsage' in process ? threadCpuMs() : 0;
  return (user + system) / 1000 - own;
}

/** The URL of a module next to the calling one. Source that is not built keeps its extension. */
export function besideModule(name: string, from: string): URL {
  return new URL(`./${name}${from.endsWith('.ts') ? '.ts' : '.js'}`, from);
}
