/**
 * A process that takes the lock on a file, for the tests of the lock: `lock-child.ts FILE [hold]`.
 * Prints `ready`, waits for a line on stdin, requests the lock, and prints the outcome as JSON. If
 * it got the lock, it waits for another line, then frees the lock and ends.
 */
import { once } from 'node:events';
import { systemDisk } from '../../src/ports/system-disk.ts';

const [, , path = ''] = process.argv;
process.stdout.write('ready\n');
await once(process.stdin, 'data');
const startedMs = performance.now();
const outcome = await systemDisk.lock(path);
const tookMs = performance.now() - startedMs;
const holder = outcome.ok ? undefined : outcome.holder;
process.stdout.write(`${JSON.stringify({ ok: outcome.ok, holder, tookMs })}\n`);
if (outcome.ok) {
  await once(process.stdin, 'data');
  await outcome.release();
}
process.stdin.destroy();
