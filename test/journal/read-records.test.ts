import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openRecords } from '../../src/journal/read-records.ts';
import { sealChecker } from '../../src/journal/sealing.ts';
import { systemDisk } from '../../src/ports/system-disk.ts';
import type { ResultRecord } from '../../src/results/record.ts';
import { createSeal } from '../../src/results/seal.ts';
import { folder } from '../support/cli.ts';
import { failed, jsonl, succeeded } from './records.ts';

const KEY = 'k'.repeat(32);

async function read(text: string) {
  const name = join(folder({ 'r.jsonl': text }), 'r.jsonl');
  const checkSeal = sealChecker({ seal: createSeal(KEY), trustsAll: false });
  const file = await openRecords(systemDisk, name, { checkSeal });
  const records: ResultRecord[] = [];
  for await (const batch of file.records()) records.push(...batch.map(({ record }) => record));
  return { file, records };
}

test('the newest record of each task counts, in manifest order', async () => {
  const { file, records } = await read(
    jsonl(succeeded('c', 2), failed('a', 0), succeeded('b', 1), succeeded('a', 0)),
  );
  expect(records.map(({ id, status }) => [id, status])).toEqual([
    ['a', 'succeeded'],
    ['b', 'succeeded'],
    ['c', 'succeeded'],
  ]);
  expect([file.count, file.has('b'), file.has('x'), (await file.find('c'))?.index]).toEqual([
    3,
    true,
    false,
    2,
  ]);
  expect(await file.find('x')).toBeUndefined();
  await file.close();
});

test('an answer that 0.1.0 saved for a task never counts as its record', async () => {
  const { file, records } = await read(
    jsonl(succeeded('a', 0), { ...succeeded('a~0123abcd', 0), output: 'old' }),
  );
  expect(records.map(({ id, output }) => [id, output])).toEqual([['a', 'the answer to a']]);
  expect((await file.find('a'))?.output).toBe('the answer to a');
  await file.close();
});

test('a torn end is left out, and other people’s answers are counted', async () => {
  const sealed = createSeal(KEY).sealed(succeeded('a', 0));
  const foreign = createSeal('x'.repeat(32)).sealed(succeeded('b', 1));
  const text = jsonl(sealed, foreign, succeeded('c', 2)) + '{"v":1,"id":"d';
  const { file, records } = await read(text);
  expect([records.length, file.elsewhere]).toEqual([3, { unsealed: 1, foreign: 1 }]);
  await file.close();
});

test.each([
  ['a missing file', 'missing.jsonl', 'cannot read `missing.jsonl`: it does not exist'],
  ['a folder', '.', 'cannot read `.`: it is not a regular file'],
])('%s is refused', async (_, name, message) => {
  await expect(openRecords(systemDisk, name)).rejects.toThrow(message);
});

test('a file that is not a results file is refused', async () => {
  await expect(read('tasks:\n  - a\n')).rejects.toThrow('is not a results file');
});
