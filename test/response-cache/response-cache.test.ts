import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { systemEntryFiles } from '../../src/ports/system-entry-files.ts';
import { entryName, createResponseCache } from '../../src/response-cache/response-cache.ts';
import { cacheStats, pruneCache } from '../../src/response-cache/prune-cache.ts';
import type { ResultRecord } from '../../src/results/record.ts';
import { createSeal } from '../../src/results/seal.ts';
import { folder } from '../support/cli.ts';
import { NO_TOKENS } from '../../src/plan/needs-data.ts';

const SEAL = createSeal('k'.repeat(32));
const NOW = Date.parse('2026-11-30T12:00:00Z');

function fingerprint(digit: string): string {
  return `v2:sha256:${digit.repeat(64)}`;
}

const RECORD: ResultRecord = {
  v: 1,
  id: 'a',
  task: 'a',
  index: 0,
  key: 'secret key of a row',
  status: 'succeeded',
  item: { secret: 'row' },
  prompt: 'secret prompt',
  output: 'the answer',
  provider: 'local',
  model: 'small',
  finish_reason: 'stop',
  usage: { ...NO_TOKENS, input_tokens: 3, output_tokens: 5, total_tokens: 8 },
  cost_usd: 0.1,
  attempts: 1,
  retries: 0,
  queued_ms: 1,
  duration_ms: 2,
  started_at: '2026-11-30T11:00:00.000Z',
  finished_at: '2026-11-30T11:00:01.000Z',
  request_id: 'req_1',
  fingerprint: fingerprint('a'),
};

function cacheIn(path: string, { seal = SEAL, ttlMs = 86_400_000, epochMs = NOW } = {}) {
  return createResponseCache({
    files: systemEntryFiles(path),
    seal,
    ttlMs,
    epochMs: () => epochMs,
    accepts: () => true,
  });
}

/** A cache with one answer, and the file that it is in. */
async function filled(): Promise<{ readonly path: string; readonly file: string }> {
  const path = join(folder(), 'cache');
  await cacheIn(path).put(RECORD);
  return { path, file: join(path, entryName(fingerprint('a')) ?? '') };
}

describe('a response cache', () => {
  it('returns an answer to any task with the same request, and nothing about the first task', async () => {
    const { path, file } = await filled();
    const found = await cacheIn(path).find([fingerprint('b'), fingerprint('a')]);
    expect(found).toMatchObject({
      seal: 'ours',
      answer: { output: 'the answer', model: 'small', usage: RECORD.usage, request_id: 'req_1' },
    });
    expect(readFileSync(file, 'utf8')).not.toContain('secret');
    expect(await cacheIn(path).find([fingerprint('b')])).toBeUndefined();
  });

  test.each<readonly [string, Partial<ResultRecord>]>([
    ['failed', { status: 'failed' }],
    ['failed its check', { expected: false }],
    ['came from a cache itself', { cached: true }],
    ['is a copy of another task’s answer', { shared_with: 'b' }],
    ['has no request', { fingerprint: null }],
    ['has an invalid fingerprint', { fingerprint: '../../x' }],
  ])('does not keep an answer that %s', async (_, parts) => {
    const path = join(folder(), 'cache');
    await cacheIn(path).put({ ...RECORD, ...parts });
    expect(await systemEntryFiles(path).names()).toEqual([]);
  });

  test.each<readonly [string, (file: string) => void]>([
    ['is empty', (file) => writeFileSync(file, '')],
    ['is cut off', (file) => writeFileSync(file, readFileSync(file).subarray(0, -20))],
    ['contains something else', (file) => writeFileSync(file, '[]')],
    ['contains zeros', (file) => writeFileSync(file, Buffer.alloc(300))],
    [
      'belongs to another request',
      (file) => writeFileSync(file, readFileSync(file, 'utf8').replace('aaaa', 'bbbb')),
    ],
    [
      'has an invalid token count',
      (file) => writeFileSync(file, readFileSync(file, 'utf8').replace(':8}', ':-8}')),
    ],
    [
      'is a link',
      (file) => {
        renameSync(file, `${file}.real`);
        symlinkSync(`${file}.real`, file);
      },
    ],
    [
      'is a folder',
      (file) => {
        rmSync(file);
        mkdirSync(file);
      },
    ],
    [
      'is a pipe',
      (file) => {
        rmSync(file);
        execFileSync('mkfifo', [file]);
      },
    ],
    [
      'cannot be reached',
      (file) => {
        rmSync(dirname(file), { recursive: true });
        writeFileSync(dirname(file), '');
      },
    ],
  ])('ignores an entry that %s', async (_, spoil) => {
    const { path, file } = await filled();
    spoil(file);
    expect(await cacheIn(path).find([fingerprint('a')])).toBeUndefined();
  });

  it('distinguishes its own answers from changed ones and from those sealed with another key', async () => {
    const { path, file } = await filled();
    const other = await cacheIn(path, { seal: createSeal('o'.repeat(32)) }).find([
      fingerprint('a'),
    ]);
    expect(other?.seal).toBe('foreign');
    writeFileSync(file, readFileSync(file, 'utf8').replace('the answer', 'a forgery'));
    expect((await cacheIn(path).find([fingerprint('a')]))?.seal).toBe('foreign');
    const { seal: _, ...bare } = JSON.parse(readFileSync(file, 'utf8'));
    writeFileSync(file, JSON.stringify(bare));
    expect((await cacheIn(path).find([fingerprint('a')]))?.seal).toBe('unsealed');
  });

  it('returns no answer that is too old', async () => {
    const { path } = await filled();
    const young = { ttlMs: 3_600_000, epochMs: NOW };
    expect(await cacheIn(path, young).find([fingerprint('a')])).toBeDefined();
    expect(
      await cacheIn(path, { ...young, epochMs: NOW + 2_000 }).find([fingerprint('a')]),
    ).toBeUndefined();
  });

  it('reports how many answers it could not save, and continues', async () => {
    const path = folder({ cache: 'a file' });
    const cache = cacheIn(join(path, 'cache'));
    await cache.put(RECORD);
    await cache.put({ ...RECORD, fingerprint: fingerprint('b') });
    expect(cache.problem()).toMatchObject({ unkept: 2, error: { code: 'ENOTDIR' } });
    expect(cache.written()).toBe(0);
  });

  it('writes nothing through a link that leads outside', async () => {
    const path = folder();
    const elsewhere = folder();
    const name = entryName(fingerprint('a')) ?? '';
    symlinkSync(elsewhere, join(path, dirname(name)));
    const cache = cacheIn(path);
    await cache.put(RECORD);
    expect(cache.problem()).toMatchObject({ unkept: 1 });
    expect(readdirSync(elsewhere)).toEqual([]);
  });

  it('is readable by its owner only', async () => {
    const { file } = await filled();
    const { statSync } = await import('node:fs');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(file)).mode & 0o777).toBe(0o700);
    chmodSync(file, 0o600);
  });
});

describe('pruning', () => {
  it('removes old entries, then the oldest, and leftovers of killed writers; only its own files', async () => {
    const path = join(folder(), 'cache');
    const cache = cacheIn(path);
    const digits = ['a', 'b', 'c', 'd'];
    for (const [at, digit] of digits.entries()) {
      await cache.put({ ...RECORD, fingerprint: fingerprint(digit) });
      const days = digits.length - at;
      const time = (NOW - days * 86_400_000) / 1000;
      utimesSync(join(path, entryName(fingerprint(digit)) ?? ''), time, time);
    }
    const draft = join(path, 'v2-aa', '.draft-1');
    for (const file of [draft, join(path, 'v2-aa', 'notes.txt')]) writeFileSync(file, 'x');
    utimesSync(draft, NOW / 1000 - 86_400, NOW / 1000 - 86_400);
    const files = systemEntryFiles(path);
    const { bytes } = await cacheStats(files);
    const size = bytes / digits.length;
    const pruned = await pruneCache(files, { maxAgeMs: 3.5 * 86_400_000, maxBytes: 2 * size }, NOW);
    expect(pruned).toMatchObject({
      removed: { entries: 2, bytes: 2 * size },
      left: { entries: 2, oldestMs: NOW - 2 * 86_400_000, newestMs: NOW - 86_400_000 },
    });
    expect((await files.names()).toSorted()).toEqual([
      'v2-aa/notes.txt',
      entryName(fingerprint('c')),
      entryName(fingerprint('d')),
    ]);
    expect(readdirSync(join(path, 'v2-aa'))).toEqual(['notes.txt']);
  });

  it('finds nothing if the folder does not exist', async () => {
    const files = systemEntryFiles(join(folder(), 'none'));
    expect(await cacheStats(files)).toMatchObject({ entries: 0, bytes: 0 });
  });
});
