import { safeJson } from '../results/serialize.ts';
import { createLog } from './log.ts';
import type { Reporter, ReporterOptions } from './reporter.ts';

/**
 * Every event as one line of JSON, with snake-case keys as in records. If the reader stops, memory
 * stays limited: events are dropped, `{"type":"events_dropped","count":N}` replaces them once it
 * reads again, and `run_finished` always comes.
 */
export function createJsonReporter({ stderr }: Pick<ReporterOptions, 'stderr'>): Reporter {
  const log = createLog(stderr, (count) => `${safeJson({ type: 'events_dropped', count })}\n`);
  return {
    onEvent: (event) =>
      log.print(`${safeJson(snakeKeys(event))}\n`, { mayDrop: event.type !== 'run_finished' }),
    between: (print) => print(),
    close: () => log.flushed(),
  };
}

function snakeKeys(value: object): object {
  if (Array.isArray(value)) return value.map(snakeValue);
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      snakeCase(key),
      // Records already have snake-case keys, and the keys of their output are the model's.
      key === 'record' ? inner : snakeValue(inner),
    ]),
  );
}

function snakeValue(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? snakeKeys(value) : value;
}

function snakeCase(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
