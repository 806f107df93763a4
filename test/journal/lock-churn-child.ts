/**
 * A process that takes and frees the lock on a file again and again, for the tests of the lock:
 * `lock-churn-child.ts FILE ROUNDS`. Prints how often it saw that two processes held the lock at
 * once.
 */
import { closeSync, openSync, rmSync } from 'node:fs';
import { systemDisk } from '../../src/ports/system-disk.ts';

const [, , path = '', rounds = '0'] = process.argv;
let overlaps = 0;
for (let round = 0; round < Number(rounds);) {
  const outcome = await systemDisk.lock(path);
  if (!outcome.ok) continue;
  round += 1;
  try {
    closeSync(openSync(`${path}.inside`, 'wx'));
  } catch {
    overlaps += 1;
  }
  await new Promise((resolve) => setTimeout(resolve, 2));
  rmSync(`${path}.inside`, { force: true });
  await outcome.release();
}
process.stdout.write(`${overlaps}\n`);
