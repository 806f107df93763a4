import { expect, test } from 'vitest';
import { createBatchRun } from '../../src/batch/batch-run.ts';
import { collectRows } from '../../src/batch/collect-rows.ts';
import { findLostBatch } from '../../src/batch/find-lost-batch.ts';
import { unprocessed, type BatchState, type CollectedRow } from '../../src/providers/batch-api.ts';
import type { BatchLine } from '../../src/batch/batch-line.ts';
import { chunkOf, laneWith, optionsWith } from './batch-parts.ts';

const BATCH: BatchState = { id: 'b1', word: 'in_progress', phase: 'running', done: 0, files: [] };

const row = (customId: string): CollectedRow => ({ customId, outcome: unprocessed('ended') });
/** The results of batches by their id. */
const ROWS: Readonly<Record<string, readonly CollectedRow[]>> = {
  own: [row('v1-3'), row('v1-4')],
  others: [row('v1-a'), row('v1-b')],
};
const ended = (id: string): BatchState => ({ ...BATCH, id, word: 'ended', phase: 'ended' });

/** The result of looking for a batch when the provider returns these lists, one after another. */
function searched(lists: ReadonlyArray<readonly BatchState[]>, claimed = '') {
  let asked = 0;
  const lane = laneWith({
    find: () => Promise.resolve({ ok: true, value: lists[asked++] ?? lists.at(-1) ?? [] }),
    collect: ({ id }) => Promise.resolve({ ok: true, value: ROWS[id] ?? [] }),
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

test('of two batches that have ended, the one with the submitted rows is adopted', async () => {
  expect(await searched([[ended('others'), ended('own')]])).toEqual(ended('own'));
});

test('a batch of the right size and time that has ended with the rows of someone else is not adopted', async () => {
  await expect(searched([[ended('others')]])).rejects.toMatchObject({
    message: expect.stringContaining('it is unknown whether'),
  });
});

test('after a batch of someone else was adopted, the next run looks for the right one', async () => {
  const lines: BatchLine[] = [];
  const options = optionsWith({ keepLine: async (line) => void lines.push(line) });
  const lane = laneWith({
    collect: ({ id }) => Promise.resolve({ ok: true, value: ROWS[id] ?? [] }),
  });
  const where = { lane, run: createBatchRun(options), drain: options.drain };
  await expect(collectRows(chunkOf(2), ended('others'), where)).rejects.toMatchObject({
    message: expect.stringContaining('contains none of the rows'),
    hint: expect.stringContaining('--resume'),
  });
  expect(lines).toMatchObject([{ step: 'intended', chunk: 'c1', rows: ['f0', 'f1'] }]);
});
