import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folder, recordsIn, startVolley, ended, volley } from '../support/cli.ts';
import { startBatchVendor, type BatchVendor, type VendorFaults } from '../support/batch-vendor.ts';

const WIRES = ['openai', 'anthropic'] as const;
type WireName = (typeof WIRES)[number];

/** Prices at which a row of 10 and 10 tokens costs a round sum: 60 in realtime, 30 in a batch, in millionths. */
const PRICE = { input: 1, output: 5, batch: 0.5 };

function manifestOn(vendor: BatchVendor, wire: WireName, more: object = {}, rows = 20): string {
  return JSON.stringify({
    providers: { local: { type: wire, base_url: `${vendor.url}/v1`, batch: true } },
    run: { mode: 'batch' },
    prices: { 'local/small': PRICE },
    tasks: [
      {
        id: 'q',
        model: 'local/small',
        max_tokens: 50,
        max_retries: 0,
        for_each: Array.from({ length: rows }, (_, at) => `row ${at}`),
        prompt: '{{ item }}',
      },
    ],
    ...more,
  });
}

interface Started {
  readonly vendor: BatchVendor;
  readonly cwd: string;
  readonly run: (...flags: string[]) => ReturnType<typeof volley>;
  readonly records: () => ReturnType<typeof recordsIn>;
}

async function started(
  wire: WireName,
  faults: VendorFaults = {},
  more: object = {},
): Promise<Started> {
  const vendor = await startBatchVendor(faults);
  const cwd = folder({ 'volley.yaml': manifestOn(vendor, wire, more) });
  return {
    vendor,
    cwd,
    run: (...flags) => volley(['run', '-o', 'out.jsonl', '--progress', 'plain', ...flags], { cwd }),
    records: () => recordsIn(readFileSync(join(cwd, 'out.jsonl'), 'utf8')),
  };
}

/** Every row answered, and billed once. */
function expectWhole({ vendor, records }: Started): void {
  expect(records().map(({ status, output }) => [status, output])).toEqual(
    Array.from({ length: 20 }, (_, at) => ['succeeded', `answer to row ${at}`]),
  );
  expect([...vendor.billed.values()].filter((count) => count !== 1)).toEqual([]);
  expect(vendor.billed.size).toBe(20);
}

const isFirst = (prompt: string): number => Number(prompt.slice('row '.length));

describe.each(WIRES)('a batch over the wire of %s', (wire) => {
  test('gives the records of a realtime run, at half the price, rows in any order', async () => {
    const batch = await started(wire);
    const { code, stderr } = await batch.run();
    expect([code, stderr.includes('Batches   saved')]).toEqual([0, true]);
    expectWhole(batch);
    expect([batch.vendor.batches(), batch.vendor.singles()]).toEqual([1, 0]);
    for (const record of batch.records()) {
      expect(record).toMatchObject({ mode: 'batch', batch_id: 'batch_0', cost_usd: 0.00003 });
    }
    if (wire === 'openai') expect(batch.vendor.deleted().length).toBe(2);
    const again = await batch.run('--resume', '--frozen');
    expect([again.code, batch.vendor.batches()]).toEqual([0, 1]);
  });

  test('sends what expired, failed or did not come back again in realtime', async () => {
    const fates = ['expired', 'errored', 'status-0', 'missing'] as const;
    const batch = await started(wire, {
      fateOf: (prompt) => fates[isFirst(prompt)] ?? 'answered',
      endsAs: 'expired',
    });
    const { code, stderr } = await batch.run();
    expect(code).toBe(0);
    expect(stderr).toContain('1 of its rows did not come back');
    expectWhole(batch);
    expect(batch.vendor.singles()).toBe(4);
  });

  test('sends it again in another batch where the manifest asks for that', async () => {
    const batch = await started(
      wire,
      { fateOf: (prompt, n) => (n === 0 && isFirst(prompt) < 12 ? 'expired' : 'answered') },
      { batch: { leftovers: 'batch' } },
    );
    expect((await batch.run()).code).toBe(0);
    expectWhole(batch);
    expect([batch.vendor.batches(), batch.vendor.singles()]).toEqual([2, 0]);
  });

  test('adopts a batch whose create was carried out while the connection dropped', async () => {
    const batch = await started(wire, { lostCreates: new Set([0]), notFoundFirst: 1 });
    expect((await batch.run()).code).toBe(0);
    expectWhole(batch);
    expect(batch.vendor.batches()).toBe(1);
  });

  test('is submitted in one folder and collected in another, with the results and companion alone', async () => {
    const batch = await started(wire);
    const detached = await batch.run('--detach');
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

  test('is left running by Ctrl-C, with exit code 5, and collected by a resume in any mode', async () => {
    const batch = await started(wire, { looks: 3 });
    const args = ['run', '-o', 'out.jsonl', '--progress', 'plain'];
    const child = startVolley(args, { cwd: batch.cwd });
    child.stderr.on('data', (text: Buffer) => {
      if (text.toString().includes('submitted')) child.kill('SIGINT');
    });
    expect((await ended(child)).code).toBe(5);
    expect((await batch.run('--resume', '--mode', 'realtime')).code).toBe(0);
    expectWhole(batch);
    expect([batch.vendor.batches(), batch.vendor.singles()]).toEqual([1, 0]);
  });

  test('keeps the answer of a task that the manifest has lost, and pays for nothing twice', async () => {
    const batch = await started(wire);
    await batch.run('--detach');
    const fewer = manifestOn(batch.vendor, wire, {}, 19);
    const path = join(batch.cwd, 'volley.yaml');
    writeFileSync(path, fewer);
    expect((await batch.run('--resume')).code).toBe(0);
    const companion = readFileSync(join(batch.cwd, 'out.jsonl.volley'), 'utf8');
    expect(companion).toContain('"kind":"batch_row"');
    expect(companion).toContain('answer to row 19');
    expect(batch.records().length).toBe(19);
    expect([...batch.vendor.billed.values()].every((count) => count === 1)).toBe(true);
  });
});

test('a row that came back twice or that nobody asked for is reported, and never swapped', async () => {
  const batch = await started('openai', { oddRows: true });
  const { code, stderr } = await batch.run();
  expect(code).toBe(0);
  expect(stderr).toMatch(/row `v1-\w+` came back twice/);
  expect(stderr).toContain('row `nobody` is not a row of this batch');
  expectWhole(batch);
});

test('a create that nobody can account for is sent again only with --resubmit', async () => {
  const batch = await started('anthropic');
  await batch.run('--detach');
  // As a crash between the intent and the answer leaves it, at a provider that has never heard of it.
  const path = join(batch.cwd, 'out.jsonl.volley');
  const [intent = ''] = readFileSync(path, 'utf8').split('\n');
  writeFileSync(path, `${intent}\n`);
  const other = await startBatchVendor();
  const manifest = readFileSync(join(batch.cwd, 'volley.yaml'), 'utf8');
  writeFileSync(join(batch.cwd, 'volley.yaml'), manifest.replace(batch.vendor.url, other.url));
  // The host is part of what a row is known by, so only the time of the search is long here.
  const resumed = await batch.run('--resume', '--resubmit');
  expect(resumed.code).toBe(0);
  expect([other.batches(), other.billed.size]).toEqual([1, 20]);
}, 60_000);

test('a run refuses what would lose a batch or cannot make one', async () => {
  const batch = await started('openai');
  await batch.run('--detach');
  const lost = await batch.run('--overwrite');
  expect([lost.code, lost.stderr]).toEqual([2, expect.stringContaining('not collected yet')]);
  const stdout = await volley(['run'], { cwd: batch.cwd });
  expect([stdout.code, stdout.stderr]).toEqual([2, expect.stringContaining('needs a file')]);
});

test('a budget reserves each chunk whole: what does not fit goes in smaller ones, or is not sent', async () => {
  const batch = await started('openai');
  // At most 20 rows of some 130 millionths; in the end they cost 30 each.
  const tight = await batch.run('--max-cost-usd', '0.001', '--trust-prices');
  expect([tight.code, batch.vendor.batches() > 1]).toEqual([0, true]);
  expectWhole(batch);
  const none = await batch.run('--overwrite', '--max-cost-usd', '0.0001', '--trust-prices');
  expect([none.code, [...batch.vendor.billed.values()]]).toEqual([3, Array(20).fill(1)]);
});

test('a run of some tasks, or of those that failed, leaves the answers of the others to be collected', async () => {
  const batch = await started('anthropic');
  await batch.run('--detach');
  expect((await batch.run('--resume', '--first', '5')).code).toBe(5);
  expect((await batch.run('--retry-failed')).code).toBe(5);
  expect((await batch.run('--resume')).code).toBe(0);
  expectWhole(batch);
  expect([batch.vendor.batches(), batch.vendor.singles()]).toEqual([1, 0]);
});
