/**
 * p-queue as its readme suggests: a maximum number of starts per interval and of requests at once,
 * with retries inside the job.
 */
import { pathToFileURL } from 'node:url';
import { MAX_AT_ONCE } from './client.ts';
import { openSdkJob, withBackoff } from './sdk-job.ts';

interface PQueue {
  add(work: () => Promise<void>): Promise<void>;
  onSizeLessThan(limit: number): Promise<void>;
  onIdle(): Promise<void>;
}

interface Module {
  readonly default: new (options: {
    readonly concurrency: number;
    readonly interval?: number;
    readonly intervalCap?: number;
  }) => PQueue;
}

const { job, rows, call, record } = openSdkJob();
const entry = pathToFileURL(`${job.packages}/node_modules/p-queue/dist/index.js`).href;
const { default: Queue }: Module = await import(entry);
const { requestsPerSecond = Infinity } = job;
/**
 * The starts of a tenth of a second: if those of a whole second came at once, more would be
 * refused.
 */
const intervalCap = Math.max(1, Math.floor(requestsPerSecond / 10));
const queue = new Queue({
  concurrency: MAX_AT_ONCE,
  ...(intervalCap < Infinity && {
    intervalCap,
    interval: (1_000 * intervalCap) / requestsPerSecond,
  }),
});

for await (const row of rows()) {
  await queue.onSizeLessThan(1_000);
  void queue
    .add(async () => record(row, await withBackoff(() => call(row), { maxRetries: 10 })))
    .catch(() => undefined);
}
await queue.onIdle();
