import { pathToFileURL } from 'node:url';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Job } from '../../src/manifest/worker-jobs.ts';
import { boundedThread } from '../../src/ports/system-thread.ts';

const ENTRY = pathToFileURL(resolve('src/manifest/worker.ts'));
const ENDLESS: Job = {
  kind: 'yaml',
  text: Array.from({ length: 60_000 }, (_, n) => `k${n}: 1\n`).join(''),
};
const SMALL: Job = { kind: 'yaml', text: 'a: 1' };

describe('a thread for work that may never end', () => {
  test('stops a job when its time is used up, and runs the next one', async () => {
    const thread = boundedThread<Job>(ENTRY);
    const late = thread.run(ENDLESS, { cpuMs: 1 });
    const next = thread.run(SMALL, { cpuMs: 60_000 });
    expect(await late).toMatchObject({ ok: false, why: 'time' });
    expect(await next).toMatchObject({ ok: true, value: { problems: [] } });
  });

  test('runs several jobs in one thread', async () => {
    const thread = boundedThread<Job>(ENTRY);
    for (const text of ['a: 1', 'b: 2', 'c: 3']) {
      const job: Job = { kind: 'yaml', text };
      const done = await thread.run(job, { cpuMs: 60_000, keepThread: true });
      expect(done).toMatchObject({ ok: true, value: { problems: [] } });
    }
  });

  test('stops a job when its memory is used up', async () => {
    const thread = boundedThread<Job>(ENTRY, { memoryMb: 16 });
    const job: Job = { kind: 'yaml', text: `[${'[1],'.repeat(150_000)}]` };
    expect(await thread.run(job, { cpuMs: 60_000 })).toMatchObject({ ok: false, why: 'memory' });
  });

  test('abandons a job when its signal aborts, even if it has not started', async () => {
    const thread = boundedThread<Job>(ENTRY);
    const stop = new AbortController();
    const jobs = [1, 2].map(() => thread.run(ENDLESS, { cpuMs: 60_000, signal: stop.signal }));
    stop.abort();
    for (const job of jobs) expect(await job).toMatchObject({ ok: false, why: 'abandoned' });
  });
});
