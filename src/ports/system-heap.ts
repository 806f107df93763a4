import { getHeapStatistics, setFlagsFromString } from 'node:v8';

/**
 * From now on, V8 collects garbage whenever the heap has grown by half of what is in use. By
 * default, V8 lets the heap grow several times as far, and farther the longer a run lasts: see
 * decision 19. Only for Volley's own process: in a library, the heap belongs to the caller.
 */
export function keepHeapTight(): void {
  setFlagsFromString('--heap-growing-percent=50');
}

/** How far the heap can grow before Node ends the process. */
export function heapLimitBytes(): number {
  return getHeapStatistics().heap_size_limit;
}
