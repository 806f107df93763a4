import type { VendorCall } from '../../test/support/cache-vendor.ts';
import type { Model, Workload } from './workload.ts';

/** In US dollars. */
export function billOf(calls: readonly VendorCall[], model: Model): number {
  return sumOf(calls, ({ inputTokens, readTokens, writtenTokens, outputTokens }) => {
    const input = inputTokens + model.write * writtenTokens + model.read * readTokens;
    return (model.input * input + model.output * outputTokens) / 1e6;
  });
}

/**
 * The ideal: each context is written once, and every other task that has it reads it. `calls` come
 * from a run without a cache.
 */
export function idealOf(calls: readonly VendorCall[], model: Model, work: Workload): number {
  const { contexts, tasks, contextTokens } = work;
  const uncached = billOf(calls, { ...model, write: 1, read: 1 });
  if (tasks < 2) return uncached;
  const perContext = model.write + (tasks - 1) * model.read - tasks;
  return uncached + (contexts * contextTokens * perContext * model.input) / 1e6;
}

function sumOf<Each>(all: readonly Each[], of: (each: Each) => number): number {
  return all.reduce((sum, each) => sum + of(each), 0);
}
