import { setFlagsFromString } from 'node:v8';

/**
 * From now on garbage is collected once the heap has grown by half of what is in use. Left alone, V8
 * lets it grow to several times that on a machine with memory to spare, the more the longer a run
 * lasts: see decision 19. For a process that is ours: a library leaves the heap to its caller.
 */
export function keepHeapTight(): void {
  setFlagsFromString('--heap-growing-percent=50');
}
