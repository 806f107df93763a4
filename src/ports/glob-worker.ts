/** Runs in its own thread, so that slow patterns can be stopped (see system-project-glob.ts). */
import { parentPort } from 'node:worker_threads';
import { matchFiles, type GlobQuery } from './match-files.ts';

parentPort?.on('message', (query: GlobQuery) => {
  // eslint-disable-next-line unicorn/require-post-message-target-origin -- for browser windows
  void matchFiles(query).then((names) => parentPort?.postMessage(names));
});
