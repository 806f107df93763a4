import { setFlagsFromString } from 'node:v8';

/**
 * From now on, garbage is collected when the heap has grown by half of what is in use. By default V8 lets it grow
 * several times as far, more the longer a run lasts: see decision 19. Only for our own process: in a library, the heap
 * belongs to the caller.
 */
export function keepHeapTight(): void {
  setFlagsFromString('--heap-growing-percent=50');
}
