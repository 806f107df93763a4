import { resolve } from 'node:path';
import type { Client, Command, Job } from './client.ts';

/** How to start a small program on the official SDK, which gets its job as JSON. */
export interface PeerJob extends Job {
  /** The folder that contains its packages. */
  readonly packages: string | undefined;
}

export function peerCommand(file: string, job: PeerJob): Command {
  return { args: [resolve(import.meta.dirname, file), JSON.stringify(job)] };
}

export const seed: Client = {
  name: '3 workers',
  setting: '3 at once, exponential backoff',
  prepare: (job) => peerCommand('seed-process.ts', { ...job, packages: undefined }),
};

export const pQueue: Client = {
  name: 'p-queue',
  setting: 'given the requests per second (`intervalCap`), 200 at once; backoff or retry-after',
  needs: 'pQueue',
  prepare: (job, { pQueue }) => peerCommand('p-queue-process.ts', { ...job, packages: pQueue }),
};

export const awsAdaptive: Client = {
  name: 'AWS adaptive',
  setting: '`AdaptiveRetryStrategy` of @smithy/util-retry, 200 at once',
  needs: 'awsRetry',
  prepare: (job, { awsRetry }) => peerCommand('aws-process.ts', { ...job, packages: awsRetry }),
};
