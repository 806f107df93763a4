import { parentPort, workerData } from 'node:worker_threads';
import { simulateMany, type SeedRange } from './simulate-many.ts';

/** One thread of `npm run sim`. */
const range: SeedRange = workerData;
// eslint-disable-next-line unicorn/require-post-message-target-origin -- that is for windows
parentPort?.postMessage(await simulateMany(range));
