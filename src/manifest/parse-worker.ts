/** Runs in a thread of its own, so that a hostile text can be stopped (see parse-in-worker.ts). */
import { parentPort, workerData } from 'node:worker_threads';
import { parseYaml } from './parse-yaml.ts';

// eslint-disable-next-line unicorn/require-post-message-target-origin -- that is for windows
if (typeof workerData === 'string') parentPort?.postMessage(parseYaml(workerData));
