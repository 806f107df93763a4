import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folder, recordsIn, startVolley, ended, volley } from '../support/cli.ts';
import { pruneCompanion } from '../../src/journal/prune-companion.ts';
import { systemDisk } from '../../src/ports/system-disk.ts';
import { HURRIED } from './hurried.ts';
import { play, type Played, type PlayOptions } from './play.ts';
import { createMemory } from '../support/caching-play.ts';
import { startBatchVendor, type BatchVendor, type VendorFaults } from '../support/batch-vendor.ts';

const WIRES = ['openai', 'anthropic'] as const;
type WireName = (typeof WIRES)[number];

/**
 * Prices at which a row of 10 input and 10 output tokens costs a round amount: 60 millionths of a
 * dollar in realtime, 30 in a batch.
 */
const PRICE = { input: 1, output: 5, batch: 0.5 };

function manifestOn(vendor: BatchVendor, wire: WireName, more: object = {}, rows = 20): string {
  const { provider, ...others } = { provider: {}, ...more };
  return JSON.stringify({
    providers: { local: { type: wire, base_url: `${vendor.url}/v1`, batch: true, ...provider } },
    run: { mode: 'batch' },
    prices: { 'local/small': PRICE },
    tasks: [level('row', rows, { max_retries: 0 })],
    ...others,
  });
}

interface Started {
  readonly vendor: BatchVendor;
  readonly cwd: string;
  /** Runs the manifest in this process, with hurried waits. */
  readonly run: (
    options?: PlayOptions & { readonly manifest?: object; readonly rows?: number },
  ) => Promise<Played>;
  /** Runs the command. */
  readonly volley: (...flags: string[]) => ReturnType<typeof volley>;
  readonly records: () => ReturnType<typeof recordsIn>;
}

async function started(
  wire: WireName,
  faults: VendorFaults = {},
  more: object = {},
): Promise<Started> {
  const vendor = await startBatchVendor({ epochMs: () => HURRIED.epochMs(), ...faults });
  const cwd = folder({ 'volley.yaml': manifestOn(vendor, wire, more) });
  const file = join(cwd, 'out.jsonl');
  return {
    vendor,
    cwd,
    run: ({ manifest = {}, rows = 20, ...options } = {}) =>
      play(manifestOn(vendor, wire, { ...more, ...manifest }, rows), file, options),
    volley: (...flags) =>
      volley(['run', '-o', 'out.jsonl', '--progress', 'plain', ...flags], { cwd }),
    records: () => recordsIn(readFileSync(file, 'utf8')),
  };
}

/**
 * Expects that every row was answered and billed once, in this many batches and realtime requests.
 */
function expectWhole(
  { vendor, records }: Pick<Started, 'vendor' | 'records'>,
  calls?: readonly [batches: number, singles: number],
): void {
  if (calls) expect([vendor.batches(), vendor.singles()]).toEqual(calls);
  expect(records().map(({ status, output }) => [status, output])).toEqual(
    Array.from({ length: 20 }, (_, at) => ['succeeded', `answer to row ${at}`]),
  );
  expect([...vendor.billed.values()].filter((count) => count !== 1)).toEqual([]);
  expect(vendor.billed.size).toBe(20);
}

function level(id: string, rows: number, more: object = {}): object {
  return {
    id,
    model: 'local/small',
    max_tokens: 50,
    for_each: Array.from({ length: rows }, (_, at) => `${id} ${at}`),
    prompt: '{{ item }}',
    ...more,
  };
}

/** The deadline that counts comes from the test. */
const AUTO = { run: { mode: 'auto', deadline: '1h' } };

function deadlineIn(ms: number): NonNullable<PlayOptions['deadline']> {
  return { atEpochMs: HURRIED.epochMs() + ms, realtimeMs: () => 10_000, cancelMs: 600_000 };
}

/** A picture of a single pixel. */
const DOT =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

const isFirst = (prompt: string): number => Number(prompt.slice('row '.length));

test.each<[string, VendorFaults]>([
  ['their files are not named yet', { lateFiles: 2 }],
  ['the download has fewer than the batch counts', { halfDownloads: 2 }],
])('rows are not sent again while %s', async (_, faults) => {
  const batch = await started('openai', faults);
  await batch.run();
  expectWhole(batch, [1, 0]);
});

test('rows that a batch counts but never returns are reported and sent again', async () => {
  const batch = await started('openai', { lateFiles: Infinity });
  const { summary } = await batch.run();
  expect(summary).toMatchObject({ succeeded: 20 });
  expect([batch.vendor.batches(), batch.vendor.singles()]).toEqual([1, 20]);
});

describe.each(WIRES)('a batch in the wire format %s', (wire) => {
  test('downloads its results again if the download ended in the middle of a row', async () => {
    const batch = await started(wire, { cutDownloads: 2 });
    await batch.run();
    expectWhole(batch, [1, 0]);
  });

  test('gives the same records as a realtime run, at half the price, with rows in any order', async () => {
    const batch = await started(wire);
    const { summary } = await batch.run();
    expect(summary).toMatchObject({ succeeded: 20, batch_saved_usd: 0.0006 });
    expectWhole(batch, [1, 0]);
    for (const record of batch.records()) {
      expect(record).toMatchObject({ mode: 'batch', batch_id: 'batch_0', cost_usd: 0.00003 });
    }
    if (wire === 'openai') expect(batch.vendor.deleted().length).toBe(2);
    const again = await batch.run();
    expect([again.summary?.kept, batch.vendor.batches()]).toEqual([20, 1]);
  });

  test('resends in realtime the rows that expired, failed or did not come back', async () => {
    const fates = ['expired', 'errored', 'status-0', 'missing'] as const;
    const batch = await started(wire, {
      fateOf: (prompt) => fates[isFirst(prompt)] ?? 'answered',
      endsAs: 'expired',
    });
    const { said } = await batch.run();
    expect(said).toContain('1 of its rows did not come back');
    expectWhole(batch);
    expect(batch.vendor.singles()).toBe(4);
  });

  test('sends such rows again in another batch if the manifest asks for that', async () => {
    const batch = await started(
      wire,
      { fateOf: (prompt, n) => (n === 0 && isFirst(prompt) < 12 ? 'expired' : 'answered') },
      { batch: { leftovers: 'batch' } },
    );
    await batch.run();
    expectWhole(batch, [2, 0]);
  });

  test('is adopted if it was created although the connection dropped', async () => {
    const batch = await started(wire, { lostCreates: new Set([0]), notFoundFirst: 1 });
    await batch.run();
    expectWhole(batch);
    expect(batch.vendor.batches()).toBe(1);
  });

  test('that has ended is collected before the rows it left over are submitted again', async () => {
    const batch = await started(
      wire,
      { fateOf: (prompt, n) => (n === 0 && isFirst(prompt) < 12 ? 'expired' : 'answered') },
      { batch: { leftovers: 'batch' } },
    );
    await batch.run({ detaches: true });
    const again = await batch.run({ detaches: true });
    expect(again.summary).toMatchObject({
      succeeded: 8,
      batches_pending: 1,
      stopped_by: 'detached',
    });
    expect((await batch.run()).summary?.succeeded).toBe(20);
    expectWhole(batch, [2, 0]);
  });

  test('that still runs is left running by another detach', async () => {
    const batch = await started(wire, { looks: 3 });
    for (const detaches of [true, true, false]) await batch.run({ detaches });
    expectWhole(batch, [1, 0]);
  });

  test('ends the run if a row fails permanently and the manifest says so', async () => {
    const batch = await started(
      wire,
      { looks: 1, answerTo: (prompt) => (prompt === 'row 3' ? '' : `answer to ${prompt}`) },
      {
        run: { mode: 'batch', fail_fast: true },
        tasks: [
          level('row', 20, { max_retries: 0 }),
          level('then', 20, { max_retries: 0, needs: [{ id: 'row', allow_failed: true }] }),
        ],
      },
    );
    const { summary } = await batch.run();
    expect(summary).toMatchObject({ stopped_by: 'fail_fast', succeeded: 19, failed: 1 });
    expect(summary?.batches_pending).toBe(undefined);
    expect([batch.vendor.batches(), batch.vendor.singles()]).toEqual([1, 0]);
  });

  test('that was collected leaves no lines that pruning keeps', async () => {
    const batch = await started(wire);
    await batch.run({ detaches: true });
    const prune = (): ReturnType<typeof pruneCompanion> =>
      pruneCompanion(systemDisk, join(batch.cwd, 'out.jsonl'), { seal: undefined });
    expect(await prune()).toBe(undefined);
    await batch.run({ rows: 19 });
    expect(await prune()).toMatchObject({ lines: 4, costUsd: 0.00003 });
    expect((await batch.run({ rows: 19 })).summary?.kept).toBe(19);
    expect(batch.vendor.batches()).toBe(1);
  });

  test('is made smaller if the queue has no room for it', async () => {
    const batch = await started(wire, { fullQueue: new Set([0]) });
    await batch.run();
    expectWhole(batch, [wire === 'openai' ? 3 : 1, 0]);
  });

  test('waits for the batch that its tasks need; if a later level has few rows, they go in realtime', async () => {
    const batch = await started(
      wire,
      {},
      {
        tasks: [
          level('one', 3),
          level('two', 12, {
            needs: ['one'],
            prompt: '{{ item }} after {{ needs.one[0].output }}',
          }),
          level('three', 4, { needs: ['two'] }),
        ],
      },
    );
    expect((await batch.run()).summary?.succeeded).toBe(19);
    expect(batch.vendor.billed.has('two 0 after answer to one 0')).toBe(true);
    expect([batch.vendor.batches(), batch.vendor.singles()]).toEqual([2, 4]);
  });

  test('judges each answer against the schema of its task, and sends attachments', async () => {
    const batch = await started(
      wire,
      { answerTo: (prompt) => JSON.stringify({ n: prompt.includes('row 3') ? 'three' : 3 }) },
      {
        tasks: [
          level('row', 12, {
            max_retries: 0,
            attachments: ['dot.png'],
            schema: { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] },
          }),
        ],
      },
    );
    writeFileSync(join(batch.cwd, 'dot.png'), Buffer.from(DOT, 'base64'));
    const { summary } = await batch.run();
    expect(summary).toMatchObject({ succeeded: 11, failed: 1 });
    const bad = batch.records().find(({ status }) => status === 'failed');
    expect(bad).toMatchObject({ id: 'row@row 3', error: { code: 'SCHEMA_MISMATCH' }, attempts: 1 });
    expect([batch.vendor.batches(), batch.vendor.singles()]).toEqual([1, 0]);
    expect(batch.vendor.seen.some(({ text }) => text.includes(DOT))).toBe(true);
  });

  test('that does not end is canceled in time for the deadline, and the other rows go in realtime', async () => {
    const batch = await started(wire, { looks: Infinity, cancelLooks: 2 }, AUTO);
    const deadline = deadlineIn(900_000);
    const learning = createMemory();
    const { said, summary } = await batch.run({ deadline, learning });
    const found = learning.of({ provider: { name: 'local', host: '', key: '' }, model: 'small' });
    expect(found?.found.batchCancelMs).toBeGreaterThan(0);
    expect(said.filter((each) => each !== 'running')).toEqual([
      'submitted',
      'canceled',
      'ended',
      'collected',
    ]);
    expect(summary?.succeeded).toBe(20);
    expectWhole(batch, [1, 10]);
    expect(batch.records().filter(({ mode }) => mode === 'batch').length).toBe(10);
  });

  test('is not created if the deadline leaves no time for it', async () => {
    const batch = await started(wire, {}, AUTO);
    const deadline = deadlineIn(60_000);
    await batch.run({ deadline });
    expectWhole(batch, [0, 20]);
  });

  test('that an earlier run created is canceled in time too', async () => {
    const batch = await started(wire, { looks: Infinity }, AUTO);
    const deadline = deadlineIn(3_600_000);
    await batch.run({ deadline, detaches: true });
    await batch.run({ deadline: deadlineIn(0) });
    expectWhole(batch, [1, 10]);
  });

  test('keeps the answer of a task that was removed from the manifest, and pays for nothing twice', async () => {
    const batch = await started(wire);
    await batch.run({ detaches: true });
    await batch.run({ rows: 19 });
    const companion = readFileSync(join(batch.cwd, 'out.jsonl.volley'), 'utf8');
    expect(companion).toContain('"kind":"batch_row"');
    expect(companion).toContain('answer to row 19');
    expect(batch.records().length).toBe(19);
    expect([...batch.vendor.billed.values()].every((count) => count === 1)).toBe(true);
  });
});

test('rows of the Responses API go to its own endpoint', async () => {
  const batch = await started('openai', {}, { provider: { api: 'responses' } });
  await batch.run();
  expectWhole(batch, [1, 0]);
});

test('the rows that a canceled batch completed are collected, and the others are sent again', async () => {
  const provider = { headers: { 'x-team': 'blue' }, query: { tenant: 'one' } };
  const batch = await started('openai', { looks: 5 }, { provider });
  await batch.volley('--detach');
  const { stdout } = await volley(['batch', 'cancel', 'out.jsonl'], { cwd: batch.cwd });
  expect(stdout).toContain('cancelled');
  expect(batch.vendor.canceled()).toEqual(['batch_0']);
  expect(batch.vendor.seen.filter(({ team }) => team !== 'blue')).toEqual([]);
  expect(batch.vendor.seen.filter(({ url }) => !url.endsWith('?tenant=one'))).toEqual([]);
  expect((await batch.volley('--resume')).code).toBe(0);
  expectWhole(batch, [1, 10]);
});

test('a deadline in the manifest is dropped together with its mode, and one from the caller needs `auto`', async () => {
  const batch = await started('openai', {}, AUTO);
  await batch.run({ overrides: { mode: 'realtime' } });
  expectWhole(batch, [0, 20]);
  const refused = batch.run({ overrides: { mode: 'batch', deadlineMs: 60_000 } });
  await expect(refused).rejects.toMatchObject({
    findings: [{ message: expect.stringContaining('deadline') }],
  });
});

test('a row that came back twice or that nobody requested is reported, and never swapped', async () => {
  const batch = await started('openai', { oddRows: true });
  const { said } = await batch.run();
  expect(said.join('\n')).toMatch(/row `v1-\w+` came back twice/);
  expect(said).toContain('row `nobody` is not a row of this batch');
  expectWhole(batch);
});

test('a batch that may or may not have been created is sent again only if the caller says so', async () => {
  const batch = await started('anthropic');
  await batch.run({ detaches: true });
  // A crash between the intent and the answer leaves this line, with a provider that has never
  // heard of the batch.
  const path = join(batch.cwd, 'out.jsonl.volley');
  const [intent = ''] = readFileSync(path, 'utf8').split('\n');
  const later = new Date(HURRIED.epochMs() + 36_000_000).toISOString();
  writeFileSync(path, `${JSON.stringify({ ...JSON.parse(intent), at: later })}\n`);
  const { error } = await batch.run();
  expect(String(error)).toContain('it is unknown whether');
  const resumed = await batch.run({ resubmits: true });
  expect([resumed.error, batch.vendor.batches()]).toEqual([undefined, 2]);
});

test.each(WIRES)(
  'a batch that %s no longer has is sent again only if the caller says so',
  async (wire) => {
    const batch = await started(wire, { notFoundFirst: Infinity });
    await batch.run({ detaches: true });
    // A batch that was just created may be missing at first.
    const clock = { ...HURRIED, epochMs: () => HURRIED.epochMs() + 3_600_000 };
    const { error } = await batch.run({ clock });
    expect(error).toMatchObject({ hint: expect.stringContaining('--resume --resubmit') });
    expect([batch.vendor.batches(), batch.vendor.singles()]).toEqual([1, 0]);
    const mode = { overrides: { mode: 'realtime' } } as const;
    const resumed = await batch.run({ clock, resubmits: true, ...mode });
    expect(resumed.error).toBeUndefined();
    expectWhole(batch, [1, 20]);
    expect((await batch.run({ clock, ...mode })).summary?.kept).toBe(20);
  },
);

test('a run refuses options that would lose a batch or could not create one', async () => {
  const batch = await started('openai');
  await batch.volley('--detach');
  const lost = await batch.volley('--overwrite');
  expect([lost.code, lost.stderr]).toEqual([2, expect.stringContaining('not been collected yet')]);
  const env = { VOLLEY_SEAL_KEY: 'k'.repeat(32) };
  const args = ['run', '-o', 'out.jsonl', '--overwrite'];
  const foreign = await volley(args, { cwd: batch.cwd, env });
  expect([foreign.code, foreign.stderr]).toEqual([2, expect.stringContaining('under your key')]);
  const stdout = await volley(['run'], { cwd: batch.cwd });
  expect([stdout.code, stdout.stderr]).toEqual([2, expect.stringContaining('need a results file')]);
});

test('a budget reserves each whole chunk; one that does not fit is sent in smaller chunks, or not at all', async () => {
  const batch = await started('openai');
  // At most 20 rows with a worst case of about 130 millionths fit; in the end, they cost 30 each.
  await batch.run({ manifest: { budget: { max_cost_usd: 0.001 } } });
  expect(batch.vendor.batches()).toBeGreaterThan(1);
  expectWhole(batch);
  const none = await batch.run({
    manifest: { budget: { max_cost_usd: 0.0001 } },
    mode: 'overwrite',
  });
  expect(none.summary?.stopped_by).toBe('budget');
  expect([...batch.vendor.billed.values()]).toEqual(Array(20).fill(1));
});

test('a run of some tasks leaves the answers of the other tasks to be collected later', async () => {
  const batch = await started('anthropic');
  await batch.run({ detaches: true });
  const first = {
    only: [],
    skip: [],
    tags: [],
    sample: { kind: 'first' as const, count: 5, seed: 1 },
    shard: undefined,
  };
  expect((await batch.run({ selection: first })).summary?.batches_pending).toBe(1);
  expect((await batch.run({ mode: 'retry-failed' })).summary?.batches_pending).toBe(1);
  expect((await batch.run()).summary?.batches_pending).toBe(undefined);
  expectWhole(batch, [1, 0]);
});

test('a batch submitted in one folder can be collected in another with only the results and the companion', async () => {
  const batch = await started('openai');
  const detached = await batch.volley('--detach');
  expect([detached.code, batch.vendor.batches()]).toEqual([5, 1]);
  expect(detached.stderr).toContain('to collect the answers: volley run');
  const clone = folder();
  for (const name of ['volley.yaml', 'out.jsonl', 'out.jsonl.volley']) {
    cpSync(join(batch.cwd, name), join(clone, name));
  }
  const status = await volley(['batch', 'status', 'out.jsonl', '--json'], { cwd: clone });
  expect(JSON.parse(status.stdout)).toMatchObject({
    batches: [{ batch_id: 'batch_0', model: 'local/small', rows: 20 }],
  });
  const args = ['run', '-o', 'out.jsonl', '--resume'];
  const collected = await volley(args, { cwd: clone });
  expect([collected.code, batch.vendor.batches(), batch.vendor.singles()]).toEqual([0, 1, 0]);
  const records = recordsIn(readFileSync(join(clone, 'out.jsonl'), 'utf8'));
  expectWhole({ ...batch, records: () => records });
});

test('Ctrl-C leaves a batch running, with exit code 5, and a resume in any mode collects it', async () => {
  const batch = await started('anthropic');
  const args = ['run', '-o', 'out.jsonl', '--progress', 'plain'];
  const child = startVolley(args, { cwd: batch.cwd });
  child.stderr.on('data', (text: Buffer) => {
    if (text.toString().includes('submitted')) child.kill('SIGINT');
  });
  expect((await ended(child)).code).toBe(5);
  expect((await batch.volley('--resume', '--mode', 'realtime')).code).toBe(0);
  expectWhole(batch, [1, 0]);
});

test('a batch of a compatible server may have states, times and replies in other forms', async () => {
  const batch = await started('openai', { isTogether: true });
  await batch.run();
  expectWhole(batch, [1, 0]);
});
