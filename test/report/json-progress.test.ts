import { expect, test } from 'vitest';
import { createJsonReporter } from '../../src/report/json-progress.ts';
import type { RunEvent } from '../../src/results/run-events.ts';
import { attempt, runFinished, runStarted } from './events.ts';

/** A stderr whose reader reads only when asked to. */
function stoppedReader() {
  const waiting: Array<() => void> = [];
  const lines: string[] = [];
  let waitingBytes = 0;
  let isReading = false;
  return {
    lines,
    waitingBytes: () => waitingBytes,
    /** Reads this many of the waiting texts; by default all, including later ones. */
    async read(count?: number): Promise<void> {
      isReading = count === undefined;
      for (const take of waiting.splice(0, count ?? waiting.length)) take();
      await new Promise(setImmediate);
    },
    stderr: {
      write(text: string): Promise<void> {
        waitingBytes += text.length;
        return new Promise((resolve) => {
          const take = (): void => {
            waitingBytes -= text.length;
            lines.push(text);
            resolve();
          };
          if (isReading) take();
          else waiting.push(take);
        });
      },
    },
  };
}

const long = (n: number): RunEvent => attempt(`${n}-${'x'.repeat(10_000)}`, n);
const FINISHED = runFinished({});

function typeOf(line: string | undefined): unknown {
  const value: unknown = JSON.parse(line ?? '');
  return typeof value === 'object' && value !== null && 'type' in value ? value.type : undefined;
}

test('memory stays limited if the reader stops, and it gets one note about dropped events', async () => {
  const reader = stoppedReader();
  const reporter = createJsonReporter(reader);
  reporter.onEvent(runStarted());
  for (let n = 0; n < 3000; n++) reporter.onEvent(long(n));
  expect(reader.waitingBytes()).toBeGreaterThan(8_000_000);
  expect(reader.waitingBytes()).toBeLessThan(8_500_000);
  await reader.read();
  const before = reader.lines.length;
  for (let n = 0; n < 10; n++) reporter.onEvent(long(n));
  reporter.onEvent(FINISHED);
  await reporter.close();
  const gap = { type: 'events_dropped', count: 3001 - before };
  expect(JSON.parse(reader.lines[before] ?? '')).toEqual(gap);
  expect(reader.lines.slice(before).map(typeOf)).toEqual([
    'events_dropped',
    ...Array.from({ length: 10 }, () => 'attempt_started'),
    'run_finished',
  ]);
});

test('a slow reader gets one long gap, not one per event', async () => {
  const reader = stoppedReader();
  const reporter = createJsonReporter(reader);
  for (let n = 0; n < 3000; n++) {
    reporter.onEvent(long(n));
    if (n % 3 === 0) await reader.read(1);
  }
  await reader.read();
  await reporter.close();
  const gaps = reader.lines.filter((line) => typeOf(line) === 'events_dropped');
  expect(gaps.length).toBeLessThan(3);
});

test('a reader that missed events still gets the end of the run', async () => {
  const reader = stoppedReader();
  const reporter = createJsonReporter(reader);
  for (let n = 0; n < 1000; n++) reporter.onEvent(long(n));
  reporter.onEvent(FINISHED);
  await reader.read();
  await reporter.close();
  expect(reader.lines.slice(-2).map(typeOf)).toEqual(['events_dropped', 'run_finished']);
});
