import { sleep } from '../../src/ports/clock.ts';
import { systemClock } from '../../src/ports/system-clock.ts';

/** Waits for something that another process does later. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(systemClock, 10);
}
