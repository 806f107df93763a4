import { describe, expect, test } from 'vitest';
import { createReporter, type Reporter } from '../../src/report/reporter.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import {
  attempt,
  failedTask,
  finished,
  LANE,
  paused,
  RATE_LIMIT,
  retry,
  runFinished,
  runStarted,
} from './events.ts';
import { screen, type Screen } from './screen.ts';

const OTHER = 'openai/gpt-6.1-sol';

interface World {
  readonly clock: VirtualClock;
  readonly terminal: Screen;
  readonly reporter: Reporter;
}

function world(terminal = screen(80), { color = false } = {}): World {
  const clock = new VirtualClock();
  return { clock, terminal, reporter: createReporter('tty', { stderr: terminal, color, clock }) };
}

test('three tasks from the first to the last: the tree, a failure above it, the end below it', async () => {
  const { clock, terminal, reporter } = world();
  reporter.onEvent(runStarted([LANE, 3]));
  reporter.onEvent(attempt('review@a.ts', 0));
  reporter.onEvent(attempt('review@b.ts', 0));
  reporter.onEvent(attempt('review@c.ts', 0));
  await clock.advance(2000);
  expect(terminal.lines()).toEqual([
    '⠏ anthropic/claude-haiku-5-5  0/3 · 3 active',
    '  review@a.ts  2s',
    '  review@b.ts  2s',
    '  review@c.ts  2s',
    '',
  ]);
  reporter.onEvent(failedTask('review@b.ts'));
  reporter.onEvent(finished('review@a.ts'));
  reporter.onEvent(retry('review@c.ts', 900));
  reporter.onEvent(paused(4000));
  await clock.advance(1000);
  expect(terminal.lines()).toEqual([
    '✗ review@b.ts: AUTH: the key was refused (2.5s)',
    '⠏ anthropic/cl…e-haiku-5-5  2/3 · 1 failed · 1 retrying · ETA 2s · 429 pause 1s',
    '',
  ]);
  reporter.onEvent(attempt('review@c.ts', 3000, { number: 2 }));
  await clock.advance(1000);
  expect(terminal.lines()).toEqual([
    '✗ review@b.ts: AUTH: the key was refused (2.5s)',
    '⠏ anthropic/claude-haiku-5-5  2/3 · 1 active · 1 failed · 1.2k tokens · ETA 2s',
    '  review@c.ts  4s  attempt 2',
    '',
  ]);
  reporter.onEvent(finished('review@c.ts'));
  reporter.onEvent(runFinished({ tasks: 3, succeeded: 2, failed: 1, duration_ms: 4000 }));
  await reporter.close();
  expect(terminal.lines()).toEqual([
    '✗ review@b.ts: AUTH: the key was refused (2.5s)',
    '✗ anthropic/claude-haiku-5-5  3/3 · 1 failed · 2.4k tokens',
    'Volley complete: 2/3 succeeded, 1 failed in 4.0s',
    '  ✗ review@b.ts: AUTH: the key was refused',
    '    check `ANTHROPIC_API_KEY`',
    '',
  ]);
  expect(terminal.cursor()).toEqual({ row: 5, column: 0, visible: true });
  expect(clock.pendingTimers).toBe(0);
});

test('two models line up, each with its longest-running tasks', async () => {
  const { clock, terminal, reporter } = world();
  reporter.onEvent(runStarted([LANE, 9], [OTHER, 9]));
  for (let i = 0; i < 5; i++) {
    reporter.onEvent(attempt(`a${i}`, 0));
    reporter.onEvent(attempt(`o${i}`, 0, { lane: OTHER }));
  }
  reporter.onEvent({ type: 'lane_stopped', lane: OTHER, failure: RATE_LIMIT });
  await clock.advance(100);
  expect(terminal.lines()).toEqual([
    '✗ openai/gpt-6.1-sol stopped: RATE_LIMITED: too many requests',
    '⠋ anthropic/claude-haiku-5-5  0/9 · 5 active',
    '  a0  0s',
    '  a1  0s',
    '  a2  0s',
    '✗ openai/gpt-6.1-sol          0/9 · 5 active · stopped',
    '  o0  0s',
    '  o1  0s',
    '  o2  0s',
    '',
  ]);
  await reporter.close();
});

test('of many models the busiest are shown, in their order', async () => {
  const { clock, terminal, reporter } = world();
  const lanes = Array.from({ length: 13 }, (_, lane) => [`mock/m${lane}`, 10] as const);
  reporter.onEvent(runStarted(...lanes));
  for (let lane = 5; lane < 13; lane++) {
    reporter.onEvent(attempt(`t${lane}`, 0, { lane: `mock/m${lane}` }));
  }
  await clock.advance(100);
  expect(terminal.lines()).toEqual([
    ...Array.from({ length: 8 }, (_, place) => place + 5).flatMap((lane) => [
      `⠋ ${`mock/m${lane}`.padEnd(8)}  0/10 · 1 active`,
      `  t${lane}  0s`,
    ]),
    '… 5 more',
    '',
  ]);
  await reporter.close();
});

describe.each([40, 80, 200])('at %i columns', (columns) => {
  test('5,000 tasks with long and wide ids never break a line or leave one behind', async () => {
    const { clock, terminal, reporter } = world(screen(columns), { color: true });
    const lanes = [LANE, 'local/模型-with-a-long-name-that-does-not-fit-anywhere'];
    reporter.onEvent(runStarted([LANE, 2500], [lanes[1] ?? '', 2500]));
    for (let task = 0; task < 5000; task++) {
      const lane = lanes[task % 2] ?? LANE;
      reporter.onEvent(attempt(idOf(task), clock.now(), { lane }));
      if (task >= 16) reporter.onEvent(finished(idOf(task - 16), {}, lanes[task % 2]));
      if (task % 50 === 0) await clock.advance(100);
      expect(terminal.lines().length).toBeLessThanOrEqual(9);
    }
    for (const line of terminal.lines()) expect(line.length).toBeLessThan(columns);
    expect(terminal.lines().filter((line) => line.includes('/2500'))).toHaveLength(2);
    await reporter.close();
    expect(terminal.lines()).toHaveLength(3);
    expect(terminal.cursor()).toEqual({ row: 2, column: 0, visible: true });
  });
});

test('it writes at most ten times a second, however much happens', async () => {
  const { clock, terminal, reporter } = world();
  reporter.onEvent(runStarted([LANE, 100_000]));
  for (let step = 0; step < 1000; step++) {
    for (let task = 0; task < 10; task++) {
      reporter.onEvent(attempt(`t${step}-${task}`, clock.now()));
      reporter.onEvent(failedTask(`t${step}-${task}`));
    }
    await clock.advance(1);
  }
  expect(terminal.writes.length).toBeLessThanOrEqual(10);
  await reporter.close();
});

test('an idle tree is not written again', async () => {
  const { clock, terminal, reporter } = world();
  reporter.onEvent(runStarted([LANE, 1]));
  reporter.onEvent({ type: 'lane_stopped', lane: LANE, failure: RATE_LIMIT });
  await clock.advance(100);
  const writes = terminal.writes.length;
  await clock.advance(10_000);
  expect(terminal.writes.length).toBe(writes);
  await reporter.close();
});

test('after fifty failures further ones are only counted', async () => {
  const { clock, terminal, reporter } = world();
  reporter.onEvent(runStarted([LANE, 1000]));
  for (let task = 0; task < 100; task++) reporter.onEvent(failedTask(`t${task}`));
  await clock.advance(100);
  expect(terminal.lines().slice(-4)).toEqual([
    '✗ t49: AUTH: the key was refused (2.5s)',
    '50 failures shown, further ones are only in the results',
    '⠋ anthropic/claude-haiku-5-5  100/1000 · 100 failed · ETA 1s',
    '',
  ]);
  await reporter.close();
});

test('a terminal that knows no size counts as 80 by 24', async () => {
  const { clock, terminal, reporter } = world(screen(80, { known: false }));
  reporter.onEvent(runStarted([LANE, 9]));
  reporter.onEvent(attempt('x'.repeat(200), 0));
  await clock.advance(100);
  expect(terminal.lines()).toEqual([
    '⠋ anthropic/claude-haiku-5-5  0/9 · 1 active',
    `  ${'x'.repeat(36)}…${'x'.repeat(36)}  0s`,
    '',
  ]);
  await reporter.close();
});

test('a low terminal gets as many lines as fit', async () => {
  const { clock, terminal, reporter } = world(screen(80, { rows: 4 }));
  reporter.onEvent(runStarted(['a/a', 9], ['b/b', 9], ['c/c', 9]));
  reporter.onEvent(attempt('x', 0, { lane: 'b/b' }));
  await clock.advance(100);
  expect(terminal.lines()).toEqual(['⠋ a/a  0/9', '⠋ b/b  0/9 · 1 active', '… 1 more', '']);
  await reporter.close();
});

describe('results on the same terminal', () => {
  test('are printed above the tree, one after the other, and the tree comes back', async () => {
    const { clock, terminal, reporter } = world();
    reporter.onEvent(runStarted([LANE, 3]));
    reporter.onEvent(attempt('a', 0));
    await clock.advance(100);
    await Promise.all([
      reporter.between(() => terminal.write('{"id":"a"}\n')),
      reporter.between(() => terminal.write('{"id":"b"}\n')),
    ]);
    const tree = ['⠋ anthropic/claude-haiku-5-5  0/3 · 1 active', '  a  0s', ''];
    expect(terminal.lines()).toEqual(['{"id":"a"}', '{"id":"b"}', ...tree]);
    await reporter.close();
  });

  test('hold the tree still while a slow one is printed', async () => {
    const { clock, terminal, reporter } = world();
    reporter.onEvent(runStarted([LANE, 3]));
    reporter.onEvent(attempt('a', 0));
    await clock.advance(100);
    const slow = Promise.withResolvers<void>();
    const printed = reporter.between(async () => {
      await terminal.write('{"half":');
      await slow.promise;
      await terminal.write('true}\n');
    });
    await clock.advance(5000);
    expect(terminal.lines()).toEqual(['{"half":']);
    slow.resolve();
    await printed;
    expect(terminal.lines()[0]).toBe('{"half":true}');
    await reporter.close();
  });

  test('come between the tree and the end when they are printed after the run', async () => {
    const { terminal, reporter } = world();
    reporter.onEvent(runStarted([LANE, 1]));
    reporter.onEvent(finished('a'));
    reporter.onEvent(runFinished({ tasks: 1, succeeded: 1 }));
    await reporter.between(() => terminal.write('four\n'));
    await reporter.close();
    expect(terminal.lines()).toEqual([
      '✓ anthropic/claude-haiku-5-5  1/1 · 1.2k tokens',
      'four',
      'Volley complete: 1/1 succeeded in 45.3s',
      '',
    ]);
  });

  test('that cannot be printed fail as they are, and the tree comes back', async () => {
    const { clock, terminal, reporter } = world();
    reporter.onEvent(runStarted([LANE, 1]));
    await clock.advance(100);
    const failing = reporter.between(async () => {
      throw new Error('write EIO');
    });
    await expect(failing).rejects.toThrow('write EIO');
    expect(terminal.lines()).toEqual(['⠋ anthropic/claude-haiku-5-5  0/1', '']);
    await reporter.close();
  });
});

test('closed in the middle, it leaves the counters, a visible cursor and no timer', async () => {
  const { clock, terminal, reporter } = world();
  reporter.onEvent(runStarted([LANE, 3]));
  reporter.onEvent(attempt('a', 0));
  reporter.onEvent(failedTask('b'));
  await clock.advance(100);
  reporter.onEvent(failedTask('c'));
  await reporter.close();
  await reporter.close();
  expect(terminal.lines()).toEqual([
    '✗ b: AUTH: the key was refused (2.5s)',
    '✗ c: AUTH: the key was refused (2.5s)',
    '- anthropic/claude-haiku-5-5  2/3 · 2 failed',
    '',
  ]);
  expect(terminal.cursor().visible).toBe(true);
  expect(clock.pendingTimers).toBe(0);
});

test('between two writes the cursor is visible and lines wrap, so that a kill leaves a sane terminal', async () => {
  const { clock, terminal, reporter } = world();
  reporter.onEvent(runStarted([LANE, 3]));
  reporter.onEvent(attempt('a', 0));
  await clock.advance(1000);
  for (const write of terminal.writes) {
    expect(write.lastIndexOf('\u001b[?25h')).toBeGreaterThan(write.lastIndexOf('\u001b[?25l'));
    expect(write.lastIndexOf('\u001b[?7h')).toBeGreaterThan(write.lastIndexOf('\u001b[?7l'));
  }
  await reporter.close();
});

test('without colour there is none, with it there is', async () => {
  for (const color of [true, false]) {
    const { clock, terminal, reporter } = world(screen(80), { color });
    reporter.onEvent(runStarted([LANE, 3]));
    reporter.onEvent(failedTask('a'));
    await clock.advance(100);
    reporter.onEvent(runFinished({ succeeded: 9, failed: 1 }));
    await reporter.close();
    expect(/\u001b\[\d+m/.test(terminal.writes.join(''))).toBe(color);
  }
});

test('neither stdout nor the signals of the process are touched', async () => {
  const before = processState();
  const { clock, reporter } = world();
  reporter.onEvent(runStarted([LANE, 3]));
  await clock.advance(1000);
  expect(processState()).toEqual(before);
  await reporter.close();
  expect(processState()).toEqual(before);
});

function processState(): readonly unknown[] {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'exit'] as const;
  return [
    ...signals.map((signal) => process.listenerCount(signal)),
    Reflect.get(process.stdout, 'write'),
    Reflect.get(process.stderr, 'write'),
  ];
}

/** Long, wide and with an emoji that terminals measure differently. */
function idOf(task: number): string {
  return `translate@${'docs/深い/フォルダ/'.repeat(task % 9)}page-${task}.md,lens=👩‍👩‍👧`;
}
