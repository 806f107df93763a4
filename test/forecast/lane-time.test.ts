import { describe, expect, it } from 'vitest';
import { decidingLane, laneTimes } from '../../src/forecast/lane-time.ts';
import type { PlayedGroup, PlayedLane } from '../../src/forecast/play-schedule.ts';
import type { Limits, OutputSchema } from '../../src/manifest/manifest.ts';
import { task, usage } from '../schedule/world.ts';
import { scaled } from '../support/scale.ts';

/** Tasks with 100 input and 50 output tokens that take one second each. */
function lane(tasks: number, limits: Limits, name = 'p/m'): PlayedLane {
  return {
    name,
    limits,
    countsCacheReads: true,
    groups: [
      {
        template: { ...task('t', { lane: name }).template, id: name },
        tasks,
        request: () => ({
          reservedInput: 100,
          latencyMs: 1000,
          usage: usage({ inputTokens: 100, outputTokens: 50 }),
        }),
      },
    ],
  };
}

const RUN = { maxConcurrent: 64 };
const PLACE = { file: 'volley.yaml', line: 1, column: 1 };
const FOLLOWING = { kind: 'needs', key: undefined, root: undefined, place: PLACE } as const;

/** An entry that needs all tasks of others, or one by one if it `follows` one. */
function group(
  id: string,
  tasks: number,
  needs: ReadonlyArray<{ readonly id: string }>,
  follows?: string,
  of = 'p/m',
): PlayedGroup {
  const [plain] = lane(tasks, {}, of).groups;
  if (!plain) throw new Error('a lane without a group');
  return {
    ...plain,
    template: {
      ...plain.template,
      id,
      needs: needs.map((need) => ({ ...need, allowFailed: false })),
      ...(follows === undefined ? {} : { forEach: { ...FOLLOWING, task: follows } }),
    },
  };
}

async function minutes(tasks: number, limits: Limits): Promise<readonly [number, string]> {
  const [time] = await laneTimes([lane(tasks, limits)], { maxConcurrent: 64 });
  return [Math.round((time?.durationMs ?? 0) / 6000) / 10, time?.boundBy ?? ''];
}

const TEN_AT_ONCE = { concurrency: { start: 10, max: 10 } };

describe('an estimate of how long a lane takes', () => {
  it('depends on the slowest limit', async () => {
    expect(await minutes(10, TEN_AT_ONCE)).toEqual([0, 'latency']);
    expect(await minutes(600, TEN_AT_ONCE)).toEqual([1, 'concurrency']);
    expect((await minutes(600, { ...TEN_AT_ONCE, rpm: 100 }))[1]).toBe('rpm');
    expect((await minutes(600, { ...TEN_AT_ONCE, itpm: 10_000 }))[1]).toBe('itpm');
    expect((await minutes(600, { ...TEN_AT_ONCE, otpm: 5000 }))[1]).toBe('otpm');
    expect((await minutes(600, { ...TEN_AT_ONCE, tpm: 15_000 }))[1]).toBe('tpm');
  });

  const EXTRAPOLATED: ReadonlyArray<readonly [Limits, number]> = [
    [TEN_AT_ONCE, 100],
    [{ ...TEN_AT_ONCE, rpm: 100 }, 600],
    [{ ...TEN_AT_ONCE, itpm: 20_000 }, 300],
    [{ ...TEN_AT_ONCE, rpm: 7000 }, 100],
    [{ ...TEN_AT_ONCE, otpm: 10_000 }, 300],
    [{ concurrency: { start: 64, max: 64 }, rpm: 3000 }, 20],
  ];

  it.each(EXTRAPOLATED.slice(0, scaled(3, 6)))(
    'is extrapolated beyond the simulated tasks: 60,000 tasks under %j',
    async (limits, expected) => {
      const [took] = await minutes(60_000, limits);
      expect(took / expected).toBeGreaterThan(0.95);
      expect(took / expected).toBeLessThan(1.06);
    },
  );

  it('accounts for all lanes running at the same time, which share the slots of the run', async () => {
    const alone = await laneTimes([lane(300, TEN_AT_ONCE, 'a/m')], { maxConcurrent: 10 });
    const both = await laneTimes([lane(300, TEN_AT_ONCE, 'a/m'), lane(300, TEN_AT_ONCE, 'b/m')], {
      maxConcurrent: 10,
    });
    expect(alone.map(({ durationMs }) => Math.round(durationMs / 1000))).toEqual([30]);
    expect(Math.max(...both.map(({ durationMs }) => durationMs)) / 1000).toBeCloseTo(60, 0);
  });

  it('counts steps that wait for one another, and what the last lane waits for', async () => {
    const steps = [
      group('review', 20, []),
      group('fix', 20, [{ id: 'review' }], 'review'),
      group('report', 1, [{ id: 'fix' }]),
    ];
    const one = await laneTimes([{ ...lane(0, TEN_AT_ONCE), groups: steps }], RUN);
    // 40 tasks, 10 at a time; one is late because its review started late, and the last one follows
    // all.
    expect(one).toMatchObject([{ durationMs: 6000 }]);
    const chain = [group('a', 1, []), group('b', 1, [{ id: 'a' }]), group('c', 1, [{ id: 'b' }])];
    expect(await laneTimes([{ ...lane(0, {}), groups: chain }], RUN)).toEqual([
      { durationMs: 3000, boundBy: 'needs' },
    ]);
    const [first, last] = await laneTimes(
      [
        { ...lane(0, TEN_AT_ONCE, 'p/m'), groups: [group('review', 100, [])] },
        {
          ...lane(0, {}, 'p/n'),
          groups: [group('report', 1, [{ id: 'review' }], undefined, 'p/n')],
        },
      ],
      RUN,
    );
    expect(first).toEqual({ durationMs: 10_000, boundBy: 'concurrency' });
    expect(last).toEqual({ durationMs: 11_000, boundBy: 'needs' });
    expect(decidingLane([first, last].flatMap((time) => time ?? []))).toBe(0);
  });

  it('extrapolates the wait for another lane as well', async () => {
    const [first, last] = await laneTimes(
      [
        { ...lane(0, TEN_AT_ONCE, 'p/m'), groups: [group('review', 60_000, [])] },
        {
          ...lane(0, {}, 'p/n'),
          groups: [group('report', 1, [{ id: 'review' }], undefined, 'p/n')],
        },
      ],
      RUN,
    );
    expect(last?.boundBy).toBe('needs');
    expect((last?.durationMs ?? 0) / (first?.durationMs ?? 1)).toBeCloseTo(1, 1);
    expect((first?.durationMs ?? 0) / 60_000).toBeCloseTo(100, -1);
  });

  it('does not include waits for a lane whose tasks are not needed', async () => {
    const slow = lane(60, { ...TEN_AT_ONCE, rpd: 10 }, 'q/slow');
    const times = await laneTimes(
      [
        { ...lane(0, TEN_AT_ONCE, 'p/m'), groups: [group('review', 60_000, [])] },
        {
          ...lane(0, {}, 'p/n'),
          groups: [group('report', 1, [{ id: 'review' }], undefined, 'p/n')],
        },
        slow,
      ],
      RUN,
    );
    const [first = 0, last = 0, unrelated = 0] = times.map(({ durationMs }) => durationMs);
    expect(last / first).toBeCloseTo(1, 1);
    expect(unrelated).toBeGreaterThan(5 * 86_400_000);
  });

  it('does not check simulated answers', async () => {
    const usual = lane(1, {});
    const schema: OutputSchema = {
      native: { openai: { ok: true, json: {} }, anthropic: { ok: true, json: {} } },
      json: {},
      read: async () => ({ ok: false, problem: 'no value' }),
    };
    const groups = usual.groups.map((group) => {
      return { ...group, template: { ...group.template, schema } };
    });
    const [time] = await laneTimes([{ ...usual, groups }], { maxConcurrent: 1 });
    expect(time?.durationMs).toBe(1000);
  });

  it('is zero without tasks', async () => {
    expect(await laneTimes([{ ...lane(0, {}), groups: [] }], { maxConcurrent: 64 })).toEqual([
      { durationMs: 0, boundBy: 'latency' },
    ]);
  });
});
