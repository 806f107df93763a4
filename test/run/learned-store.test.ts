import * as fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { cancelReserveMs } from '../../src/batch/cutover.ts';
import { seededRandom } from '../../src/ports/random.ts';
import { systemEntryFiles } from '../../src/ports/system-entry-files.ts';
import { parseLearnedFile } from '../../src/run/learned-file.ts';
import {
  openLearnedLimits,
  type LearnedFor,
  type LearnedLimits,
} from '../../src/run/learned-store.ts';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FoundLimits, Learned } from '../../src/outcome/learned-limits.ts';
import { limitsReport } from '../../src/run/limits-report.ts';
import { limitsReportIn } from '../support/check-schema.ts';
import { folder } from '../support/cli.ts';

const KEY = 'sk-live-0123456789abcdef0123456789abcdef';
const DAY_MS = 86_400_000;
const NOW_MS = Date.UTC(2026, 10, 24);

const haiku: LearnedFor = {
  provider: { name: 'anthropic', host: 'api.anthropic.com', key: KEY },
  model: 'claude-haiku-5-5',
};
const learned = {
  announced: { rpm: 4_000, itpm: 4_000_000 },
  found: { concurrency: { taken: 41, refused: 44 }, rpm: 900 },
};

interface Opened {
  readonly folder: string;
  readonly nowMs?: number;
  readonly seed?: number;
}

function open({ folder: path, nowMs = NOW_MS, seed = 1 }: Opened): Promise<LearnedLimits> {
  return openLearnedLimits(path, {
    files: systemEntryFiles(path),
    epochMs: () => nowMs,
    random: seededRandom(seed),
  });
}

async function tagMadeWith(seed: number): Promise<string | undefined> {
  const path = folder();
  await (await open({ folder: path, seed })).keep([{ ...haiku, learned }]);
  return (await open({ folder: path })).lanes[0]?.key;
}

/** The lane that is read from a file with these values. */
function laneWith(values: string): ReturnType<LearnedLimits['of']> {
  const identity = '"provider":"p","host":"h","model":"m","key":"0000"';
  const at = new Date(NOW_MS).toISOString();
  const text = `{"v":1,"salt":"s","lanes":[{${identity},"learned_at":"${at}",${values}}]}`;
  return parseLearnedFile(text, NOW_MS)?.lanes[0];
}

test.each<[string, Learned]>([
  ['"found":{"rpm":0.001}', { announced: {}, found: {} }],
  ['"found":{"rpm":1e999}', { announced: {}, found: {} }],
  ['"found":{"rpm":-5}', { announced: {}, found: {} }],
  ['"found":{"rpm":"60"}', { announced: {}, found: {} }],
  ['"found":{"rpm":6}', { announced: {}, found: { rpm: 6 } }],
  ['"found":{"concurrency":{"taken":0.2}}', { announced: {}, found: {} }],
  ['"found":{"concurrency":{"taken":1e999}}', { announced: {}, found: {} }],
  [
    '"found":{"concurrency":{"taken":4,"refused":1e999}}',
    { announced: {}, found: { concurrency: { taken: 4 } } },
  ],
  ['"announced":{"rpm":1e999,"itpm":0.5,"tpm":30000}', { announced: { tpm: 30_000 }, found: {} }],
])('a value that no run would write is ignored: %s', (values, expected) => {
  expect(laneWith(values)).toMatchObject(expected);
  expect(laneWith(values)?.found).toEqual(expected.found);
});

describe('learned limits', () => {
  it('are found again only for the same provider, host, model and key', async () => {
    const path = join(folder(), 'cache', 'volley');
    const before = await open({ folder: path });
    expect(before.of(haiku)).toBeUndefined();
    await before.keep([{ ...haiku, learned }]);

    const after = await open({ folder: path });
    expect(after.of(haiku)).toMatchObject({ ...learned, learnedAtMs: NOW_MS });
    const { provider } = haiku;
    expect(after.of({ ...haiku, model: 'claude-opus-5' })).toBeUndefined();
    expect(after.of({ ...haiku, provider: { ...provider, name: 'own' } })).toBeUndefined();
    expect(after.of({ ...haiku, provider: { ...provider, host: '127.0.0.1' } })).toBeUndefined();
    expect(after.of({ ...haiku, provider: { ...provider, key: `${KEY}x` } })).toBeUndefined();
    expect(after.of({ ...haiku, provider: { ...provider, key: undefined } })).toBeUndefined();
  });

  it('are private, in a file without any trace of the key', async () => {
    const path = join(folder(), 'volley');
    const limits = await open({ folder: path });
    await limits.keep([{ ...haiku, learned }]);
    expect(statSync(limits.file).mode & 0o777).toBe(0o600);
    expect(statSync(path).mode & 0o777).toBe(0o700);
    expect(readdirSync(path)).toEqual(['limits.json']);
    const text = readFileSync(limits.file, 'utf8');
    for (let at = 0; at + 6 <= KEY.length; at += 1)
      expect(text).not.toContain(KEY.slice(at, at + 6));
    expect(text).toMatch(/"key": "[0-9a-f]{4}"/);
  });

  it('for canceled batches approach the observed times, and outlive runs that cancel none', async () => {
    const path = folder();
    const kept: Array<number | undefined> = [];
    for (const batchCancelMs of [90_000, undefined, 10_000, 50_000]) {
      const limits = await open({ folder: path });
      const found =
        batchCancelMs === undefined ? { concurrency: { taken: 60 } } : { batchCancelMs };
      await limits.keep([{ ...haiku, learned: { announced: {}, found } }]);
      kept.push((await open({ folder: path })).of(haiku)?.found.batchCancelMs);
    }
    expect(kept).toEqual([300_000, 300_000, 150_000, 75_000]);
    expect([undefined, 10_000, 90_000].map(cancelReserveMs)).toEqual([600_000, 60_000, 180_000]);
  });

  it('are reported by `limits --json` in the same style as its other keys', async () => {
    const path = folder();
    const found = { cacheRestMs: 2_000, batchCancelMs: 400_000 };
    await (await open({ folder: path })).keep([{ ...haiku, learned: { announced: {}, found } }]);
    const report = limitsReport({
      manifest: undefined,
      model: { provider: 'anthropic', model: haiku.model },
      providers: new Map(),
      problems: new Map(),
      learned: await open({ folder: path }),
    });
    expect(limitsReportIn(JSON.stringify(report)).lanes[0]?.learned?.found).toEqual({
      cache_rest_ms: 2_000,
      batch_cancel_ms: 400_000,
    });
  });

  it('hide the key behind a salt: two files have different tags for it', async () => {
    expect(await tagMadeWith(1)).not.toBe(await tagMadeWith(2));
  });

  it('replace older limits of the same lane and keep all others, even those that another run just wrote', async () => {
    const path = folder();
    const opus = { ...haiku, model: 'claude-opus-5' };
    await (await open({ folder: path })).keep([{ ...haiku, learned }]);
    const one = await open({ folder: path, nowMs: NOW_MS + 1 });
    const other = await open({ folder: path, nowMs: NOW_MS + 2 });
    await one.keep([{ ...opus, learned }]);
    const lower = { announced: {}, found: { concurrency: { taken: 9, refused: 10 } } };
    await other.keep([{ ...haiku, learned: lower }]);
    const after = await open({ folder: path, nowMs: NOW_MS + 3 });
    expect(after.lanes).toHaveLength(2);
    expect(after.of(haiku)).toMatchObject(lower);
    expect(after.of(opus)).toMatchObject(learned);
  });

  it.each<[string, FoundLimits, boolean]>([
    ['needed nothing', {}, false],
    ['needed less', { concurrency: { taken: 12 } }, false],
    ['got further', { concurrency: { taken: 60 } }, true],
    ['was refused at a lower concurrency', { concurrency: { taken: 12, refused: 13 } }, true],
    ['found a rate', { rpm: 100 }, true],
    ['sent no faster', { outran: 20 }, false],
    ['outran the rate', { outran: 60 }, true],
  ])(
    'from a run that %s replace those that an earlier run found: %j, %s',
    async (_, found, replaces) => {
      const path = folder();
      const earlier = {
        announced: {},
        found: { concurrency: { taken: 41, refused: 44 }, rpm: 50 },
      };
      await (await open({ folder: path })).keep([{ ...haiku, learned: earlier }]);
      const later = { announced: { rpm: 7 }, found };
      await (
        await open({ folder: path, nowMs: NOW_MS + DAY_MS })
      ).keep([{ ...haiku, learned: later }]);
      const { outran: _outran, ...kept } = found;
      expect((await open({ folder: path, nowMs: NOW_MS + DAY_MS })).of(haiku)).toMatchObject({
        announced: { rpm: 7 },
        found: replaces ? kept : earlier.found,
        learnedAtMs: replaces ? NOW_MS + DAY_MS : NOW_MS,
      });
    },
  );

  it('are dropped after a week, or if the clock has been set back since', async () => {
    const path = folder();
    await (await open({ folder: path })).keep([{ ...haiku, learned }]);
    const at = async (nowMs: number): Promise<boolean> =>
      (await open({ folder: path, nowMs })).of(haiku) !== undefined;
    expect(await at(NOW_MS + 7 * DAY_MS - 1)).toBe(true);
    expect(await at(NOW_MS + 7 * DAY_MS)).toBe(false);
    expect(await at(NOW_MS - 1)).toBe(false);
  });

  it('include only the newest 200 lanes', async () => {
    const path = folder();
    const many = Array.from({ length: 250 }, (_, at) => ({ ...haiku, model: `m${at}`, learned }));
    const limits = await open({ folder: path });
    await limits.keep(many);
    await limits.keep([{ ...haiku, model: 'x'.repeat(1_000), learned }]);
    await limits.keep([{ ...haiku, model: 'last', learned }]);
    const after = await open({ folder: path });
    expect(after.lanes).toHaveLength(200);
    expect(after.lanes[0]?.model).toBe('last');
    expect(statSync(limits.file).size).toBeLessThan(256 * 1024);
  });

  it.each([
    ['empty', ''],
    ['not JSON', '{"v":1,'],
    ['of another version', '{"v":2,"salt":"a","lanes":[]}'],
    ['without a salt', '{"v":1,"lanes":[]}'],
    ['a list', '[]'],
    ['too large', ' '.repeat(300_000)],
  ])('start from nothing if the file is %s', async (_, text) => {
    const path = folder({ 'limits.json': text });
    const limits = await open({ folder: path });
    expect(limits.lanes).toEqual([]);
    await limits.keep([{ ...haiku, learned }]);
    expect((await open({ folder: path })).of(haiku)).toMatchObject(learned);
  });

  it('work without a folder that can be read or written', async () => {
    const file = join(folder({ plain: '' }), 'plain');
    const below = await open({ folder: join(file, 'below') });
    await expect(below.keep([{ ...haiku, learned }])).resolves.toBeUndefined();
    const taken = folder();
    mkdirSync(join(taken, 'limits.json'));
    const limits = await open({ folder: taken });
    expect(limits.lanes).toEqual([]);
    await expect(limits.keep([{ ...haiku, learned }])).resolves.toBeUndefined();
    expect(readdirSync(taken)).toEqual(['limits.json']);
  });

  it('never throw because of the file’s content, and take only limits above 0 from it', () => {
    const lane = fc.record(
      {
        provider: fc.oneof(fc.string(), fc.jsonValue()),
        host: fc.string(),
        model: fc.string(),
        key: fc.string(),
        learned_at: fc.oneof(fc.constant(new Date(NOW_MS).toISOString()), fc.string()),
        announced: fc.oneof(
          fc.jsonValue(),
          fc.dictionary(fc.constantFrom('rpm', '__proto__', 'x'), fc.jsonValue()),
        ),
        found: fc.oneof(
          fc.jsonValue(),
          fc.record({ concurrency: fc.record({ taken: fc.jsonValue(), refused: fc.jsonValue() }) }),
        ),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.array(lane), (lanes) => {
        const text = JSON.stringify({ v: 1, salt: 'a', lanes });
        const numbers = (parseLearnedFile(text, NOW_MS)?.lanes ?? []).flatMap(
          ({ announced, found: { concurrency = {}, ...found } }) => [
            ...Object.values(announced),
            ...Object.values(concurrency),
            ...Object.values(found),
          ],
        );
        expect(numbers.every((number) => typeof number === 'number' && number > 0)).toBe(true);
      }),
    );
  });

  it('are read completely or not at all while another run replaces them', async () => {
    const path = folder();
    writeFileSync(join(path, 'limits.json'), '');
    const limits = await open({ folder: path });
    await limits.keep([{ ...haiku, learned }]);
    const writes = Array.from({ length: 50 }, (_, at) =>
      limits.keep(
        [haiku, { ...haiku, model: 'm'.repeat(at) }].map((lane) => ({ ...lane, learned })),
      ),
    );
    const reads = Array.from({ length: 50 }, async () => (await open({ folder: path })).of(haiku));
    const [seen] = await Promise.all([Promise.all(reads), Promise.all(writes)]);
    expect(seen.every((each) => each !== undefined)).toBe(true);
  });
});
