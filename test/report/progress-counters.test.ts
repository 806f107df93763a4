import * as fc from 'fast-check';
import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { counterLine, groupCounters } from '../../src/report/progress-counters.ts';
import type { GroupProgress } from '../../src/report/group-progress.ts';
import { createStyle } from '../../src/report/style.ts';
import { displayWidth } from '../../src/report/text-width.ts';
import { LANE, RATE_LIMIT } from './events.ts';

const BUSY: GroupProgress = {
  name: LANE,
  tasks: 10_000,
  done: 812,
  failed: 3,
  canceled: 0,
  skipped: 0,
  running: 12,
  retrying: 2,
  tokens: 420_000,
  costUsd: 0.42,
  etaMs: 170_000,
  pause: { leftMs: 1500, failure: RATE_LIMIT },
  bound: undefined,
  stopped: undefined,
};

function line(width: number, changes: Partial<GroupProgress> = {}): string {
  const counters = groupCounters({ ...BUSY, ...changes });
  return counterLine(LANE, counters, { width, nameWidth: 26, style: createStyle(false) });
}

test('a wide line shows all counters', () => {
  expect(line(200)).toBe(
    'anthropic/claude-haiku-5-5  812/10000 · 12 running · 3 failed · 2 retrying · 420k tokens · $0.42 · ETA 3m · 429 pause 2s',
  );
});

test('a narrower line drops the least important counters first', () => {
  expect(line(100)).toBe(
    'anthropic/claude-haiku-5-5  812/10000 · 12 running · 3 failed · 2 retrying · ETA 3m · 429 pause 2s',
  );
  expect(line(78)).toBe(
    'anthropic…haiku-5-5  812/10000 · 12 running · 3 failed · ETA 3m · 429 pause 2s',
  );
  expect(line(37)).toBe('anthr…u-5-5  812/10000 · 429 pause 2s');
});

test('a lane that is done shows neither an ETA nor a pause', () => {
  expect(line(200, { done: 10_000, running: 0, retrying: 0 })).toBe(
    'anthropic/claude-haiku-5-5  10000/10000 · 3 failed · 420k tokens · $0.42',
  );
});

test('a bottleneck is shown while it lasts', () => {
  const limit = { amount: 8_000, spanMs: 60_000, source: 'announced' } as const;
  const bound = { reason: 'otpm', share: 0.62, limit } as const;
  expect(line(200, { bound })).toContain('· limited by otpm 8k/min (62%) ·');
  expect(line(200, { bound, done: 10_000 })).not.toContain('limited');
});

test('at 80 columns, a bottleneck is shown rather than tokens, cost and ETA', () => {
  const limit = { amount: 8_000, spanMs: 60_000, source: 'announced' } as const;
  const bound = { reason: 'otpm', share: 0.62, limit } as const;
  expect(line(78, { bound, pause: undefined })).toBe(
    'anthropic/…haiku-5-5  812/10000 · 12 running · 3 failed · ETA 3m · otpm 8k/min',
  );
  expect(line(55, { bound, pause: undefined })).toContain('otpm 8k/min');
});

test('a pause is not shown twice', () => {
  const bound = { reason: 'pause', share: 0.4, limit: undefined } as const;
  expect(line(78, { bound })).toBe(line(78));
});

test('a stopped lane is marked', () => {
  expect(line(60, { stopped: RATE_LIMIT })).toBe(
    'anthrop…iku-5-5  812/10000 · 12 running · 3 failed · stopped',
  );
});

test('a pause without an HTTP status names its failure code', () => {
  const failure = { code: 'OVERLOADED', message: 'm', retryable: true } as const;
  expect(line(200, { costUsd: null, tokens: 0, pause: { leftMs: 61_000, failure } })).toBe(
    'anthropic/claude-haiku-5-5  812/10000 · 12 running · 3 failed · 2 retrying · ETA 3m · OVERLOADED pause 2m',
  );
});

test('no line is too wide, with or without color', () => {
  const counter = fc.nat({ max: 100_000 });
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', minLength: 1 }),
      fc.integer({ min: 30, max: 250 }),
      counter,
      counter,
      fc.boolean(),
      (lane, width, running, failed, color) => {
        const options = { width, nameWidth: displayWidth(lane), style: createStyle(color) };
        const text = counterLine(lane, groupCounters({ ...BUSY, running, failed }), options);
        if (!/\p{Cc}/u.test(lane)) {
          expect(displayWidth(stripVTControlCharacters(text))).toBeLessThanOrEqual(width);
        }
      },
    ),
  );
});
