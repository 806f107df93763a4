import { besideModule, boundedThread } from '../ports/system-thread.ts';

/** What is done in a thread of its own where it may take long: see worker.ts. */
export interface Job {
  readonly kind: 'yaml';
  readonly text: string;
}

export const jobThread = boundedThread<Job>(besideModule('worker', import.meta.url));
