/**
 * A process that appends records until the disk fails or it is killed: `append-child.ts FILE MODE`.
 * Prints the id of each record once it is durable; on failure, the error and the ids of unsaved
 * records.
 */
import { writeSync } from 'node:fs';
import type { JournalMode } from '../../src/journal/open-results.ts';
import { openJournal } from '../../src/journal/journal.ts';
import { systemClock } from '../../src/ports/system-clock.ts';
import { systemDisk } from '../../src/ports/system-disk.ts';
import { planned, succeeded } from './records.ts';

const TASKS = 20_000;
const TOGETHER = 16;

const [, , path = '', mode = 'new'] = process.argv;
const journal = await openJournal(path, {
  mode: modeOf(mode),
  disk: systemDisk,
  clock: systemClock,
});
const plan = Array.from({ length: TASKS }, (_, index) => planned(`t-${index}`, index));
for (const task of plan) journal.expect(task);
const toSend = plan.filter((task) => journal.decide(task).kind === 'run')[Symbol.iterator]();
writeSync(1, 'sending\n');
let failure: unknown;
await Promise.all(Array.from({ length: TOGETHER }, () => worker()));
const end = await journal.close({ covered: failure === undefined ? 'whole' : 'part' });
writeSync(1, `${JSON.stringify({ failure: String(failure), unsaved: end.unsaved.length })}\n`);

/** Shares the iterator with the other workers, as lanes share a plan. */
async function worker(): Promise<void> {
  for (const task of toSend) {
    if (failure) return;
    writeSync(1, `paid ${task.id}\n`);
    try {
      await journal.append({ ...succeeded(task.id, task.index), output: 'x'.repeat(2000) });
      writeSync(1, `durable ${task.id}\n`);
    } catch (error) {
      failure ??= error;
    }
  }
}

function modeOf(text: string): JournalMode {
  if (text === 'new' || text === 'resume') return text;
  throw new Error(`unknown mode ${text}`);
}
