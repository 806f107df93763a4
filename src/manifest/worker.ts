/** Runs in a thread of its own, so that work on what strangers wrote can be ended (see jobs.ts). */
import { parentPort } from 'node:worker_threads';
import type { Job } from './jobs.ts';

parentPort?.on('message', (job: Job) => {
  void done(job).then((value) => {
    // eslint-disable-next-line unicorn/require-post-message-target-origin -- that is for windows
    parentPort?.postMessage(value);
  });
});

/** Each job loads only what it needs. */
async function done(job: Job): Promise<unknown> {
  switch (job.kind) {
    case 'yaml':
      return (await import('./parse-yaml.ts')).parseYaml(job.text);
  }
}
