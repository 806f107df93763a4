import { expect, test } from 'vitest';
import { createBatchRun } from '../../src/batch/batch-run.ts';
import { findLostBatch } from '../../src/batch/find-lost-batch.ts';
import type { BatchState } from '../../src/providers/batch-api.ts';
import { chunkOf, laneWith, optionsWith } from './batch-parts.ts';

const BATCH: BatchState = { id: 'b1', word: 'in_progress', phase: 'running', done: 0, files: [] };

/** The result of looking for a batch when the provider returns these lists, one after another. */
function searched(lists: ReadonlyArray<readonly BatchState[]>, claimed = '') {
  let asked = 0;
  const lane = laneWith({
    find: () => Promise.resolve({ ok: true, value: lists[asked++] ?? lists.at(-1) ?? [] }),
  });
  const options = optionsWith();
  const run = createBatchRun(options);
  run.claim(claimed);
  return findLostBatch(chunkOf(20), { lane, run, drain: options.drain });
}

test('a lost batch that shows up late in the list is adopted', async () => {
  expect(await searched([[], [], [BATCH]])).toEqual(BATCH);
});

test.each([
  ['none', [[]]],
  ['two', [[BATCH, { ...BATCH, id: 'b2' }]]],
])(
  'a lost create call is not repeated if %s of the listed batches might be its own',
  async (_, lists) => {
    await expect(searched(lists)).rejects.toMatchObject({
      message: expect.stringContaining('it is unknown whether'),
      hint: expect.stringContaining('--resume --resubmit'),
    });
  },
);

test('a batch that is known to belong to another chunk is not mistaken for the lost one', async () => {
  expect(await searched([[BATCH, { ...BATCH, id: 'b2' }]], 'b2')).toEqual(BATCH);
});
