import { safeJson } from '../results/serialize.ts';
import { createLog } from './log.ts';
import type { Reporter, ReporterOptions } from './reporter.ts';

/**
 * Writes every event as one line of JSON, with snake-case keys as in records. Memory stays limited
 * even if the reader stops: events are dropped, and `{"type":"events_dropped","count":N}` replaces
 * them once the reader continues. `run_finished` is never dropped.
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
      // Records already have snake-case keys, and the keys inside an output are the model's own.
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
