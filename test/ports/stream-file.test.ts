import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openStreamFile } from '../../src/ports/system-stream-file.ts';
import { folder } from '../support/cli.ts';

test('a device that cannot be synced is accepted', async () => {
  const file = await openStreamFile('/dev/null', undefined);
  await file.write('{}\n');
  await expect(file.close()).resolves.toBeUndefined();
});

test('after a failed write, every later one fails the same way', async () => {
  const file = await openStreamFile('/dev/full', undefined);
  for (const text of ['a', 'b']) {
    await expect(file.write(text)).rejects.toMatchObject({ code: 'ENOSPC' });
  }
  await expect(file.close()).resolves.toBeUndefined();
});

test('large texts written at the same time to a pipe do not interleave', async () => {
  const pipe = join(folder({}), 'fifo');
  execFileSync('mkfifo', [pipe]);
  const read = readFile(pipe, 'utf8');
  const file = await openStreamFile(pipe, undefined);
  // Larger than a pipe's buffer.
  const texts = ['a', 'b', 'c'].map((letter) => letter.repeat(100_000));
  await Promise.all(texts.map((text) => file.write(text)));
  await file.close();
  expect(await read).toBe(texts.join(''));
});

test('a signal ends the wait for the reader of a pipe, and its reason is the error', async () => {
  const pipe = join(folder({}), 'fifo');
  execFileSync('mkfifo', [pipe]);
  const reason = new Error('stop');
  await expect(openStreamFile(pipe, AbortSignal.abort(reason))).rejects.toBe(reason);
});
