import { expect, it } from 'vitest';
import { createAnswerMemory } from '../../src/forecast/known-answers.ts';
import type { ResultRecord } from '../../src/results/record.ts';
import { toRecord } from '../../src/results/to-record.ts';
import { succeeded } from '../results/outcomes.ts';
import { task } from '../schedule/world.ts';

const { template } = task('review', { lane: 'p/m' });

function record(outputTokens: number, parts: Partial<ResultRecord> = {}): ResultRecord {
  const whole = toRecord(succeeded({}));
  if (whole.usage === null) throw new Error('a record without usage');
  return {
    ...whole,
    task: 'review',
    provider: 'p',
    model: 'm',
    usage: { ...whole.usage, output_tokens: outputTokens },
    duration_ms: 10 * outputTokens,
    ...parts,
  };
}

it('learns from answers to the same task by the same model', () => {
  const memory = createAnswerMemory();
  memory.add(record(100));
  memory.add(record(200));
  memory.add(record(9000, { model: 'other' }));
  memory.add(record(9000, { task: 'other' }));
  memory.add(record(9000, { attempts: 2 }));
  expect(memory.of(template)?.outputs.mean).toBe(150);
  expect(memory.of(template)?.examples).toEqual([
    { outputTokens: 100, latencyMs: 1000 },
    { outputTokens: 200, latencyMs: 2000 },
  ]);
});

it('knows nothing about a task that was never answered', () => {
  expect(createAnswerMemory().of(template)).toBeUndefined();
});

it('ignores the slow first answers of a run if there are others', () => {
  const memory = createAnswerMemory();
  for (let at = 0; at < 8; at += 1) memory.add(record(100, { duration_ms: 9000 }));
  for (let at = 0; at < 10; at += 1) memory.add(record(100, { duration_ms: 1000 }));
  expect(memory.of(template)?.examples).toHaveLength(18);
  for (let at = 0; at < 20; at += 1) memory.add(record(100, { duration_ms: 1000 }));
  const latencies = memory.of(template)?.examples.map(({ latencyMs }) => latencyMs);
  expect(new Set(latencies)).toEqual(new Set([1000]));
  expect(memory.of(template)?.outputs.count).toBe(38);
});

it('keeps a fair sample of examples, however many answers there are', () => {
  const memory = createAnswerMemory();
  for (let at = 0; at < 10_000; at += 1) memory.add(record(at));
  const examples = memory.of(template)?.examples ?? [];
  expect(examples).toHaveLength(256);
  const mean = examples.reduce((sum, each) => sum + each.outputTokens, 0) / 256;
  expect(mean).toBeGreaterThan(4000);
  expect(mean).toBeLessThan(6000);
});
