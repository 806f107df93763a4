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
  skippedTask,
  started,
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

/** The rows without the spinner, which changes. */
function rows(terminal: Screen): readonly string[] {
  return terminal.lines().map((line) => line.replaceAll(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/g, '*'));
}

test('three tasks are shown from start to end: run, entry, calls, failures, and the summary below', async () => {
  const { clock, terminal, reporter } = world();
  reporter.onEvent(runStarted([LANE, 3]));
  reporter.onEvent(attempt('review@a.ts', 0));
  reporter.onEvent(attempt('review@b.ts', 0));
  reporter.onEvent(attempt('review@c.ts', 0));
  await clock.advance(2000);
  expect(rows(terminal)).toEqual([
    '',
    '❯ auth-review  ───────────────────── 0/3 · 3 running',
    '  ❯ review  0/3 · 3 running · anthropic/claude-haiku-5-5',
    '    › a.ts  2s',
    '      b.ts  2s',
    '      c.ts  2s',
    '',
  ]);
  reporter.onEvent(failedTask('review@b.ts'));
  reporter.onEvent(finished('review@a.ts'));
  reporter.onEvent(retry('review@c.ts', 900));
  reporter.onEvent(paused(4000));
  await clock.advance(1000);
  expect(rows(terminal)).toEqual([
    '',
    '◼ auth-review  ━━━━━━━━━━━━━━─────── 2/3 · 1 retrying · ETA 2s',
    '  ❯ review  2/3 · 1 failed · 1 retrying · anthropic/claude-haiku-5-5',
    '    › c.ts  3s · waiting to retry · last: 429 RATE_LIMITED',
    '    ◼ anthropic/claude-haiku-5-5  429 pause 1s',
    '✖ review@b.ts: AUTH: the key was refused',
    '',
  ]);
  reporter.onEvent(attempt('review@c.ts', 3000, { number: 2 }));
  await clock.advance(1000);
  expect(rows(terminal).slice(3)).toEqual([
    '    › c.ts  4s · attempt 2 · last: 429 RATE_LIMITED',
    '✖ review@b.ts: AUTH: the key was refused',
    '',
  ]);
  reporter.onEvent(finished('review@c.ts'));
  reporter.onEvent(runFinished({ tasks: 3, succeeded: 2, failed: 1, duration_ms: 4000 }));
  await reporter.close({ resultsIn: 'results.jsonl' });
  expect(terminal.lines()).toEqual([
    '',
    '✖ auth-review  ━━━━━━━━━━━━━━━━━━━━━ 3/3',
    '  ✖ review  3/3 · 1 failed',
    'Volley complete: 2/3 succeeded, 1 failed in 4.0s',
    '  ✗ review@b.ts: AUTH: the key was refused',
    '    check `ANTHROPIC_API_KEY`',
    '  Results   results.jsonl',
    '',
  ]);
  expect(terminal.cursor()).toEqual({ row: 7, column: 0, visible: true });
  expect(clock.pendingTimers).toBe(0);
});

test('an entry with several models has a row for each, and marks a stopped model', async () => {
  const { clock, terminal, reporter } = world();
  reporter.onEvent(runStarted([LANE, 9], [OTHER, 9]));
  for (let i = 0; i < 5; i++) {
    reporter.onEvent(attempt(`review@a${i}`, 0));
    reporter.onEvent(attempt(`review@o${i}`, 0, { lane: OTHER }));
  }
  reporter.onEvent({ type: 'lane_stopped', lane: OTHER, failure: RATE_LIMIT });
  await clock.advance(100);
  expect(rows(terminal)).toEqual([
    '',
    '❯ auth-review  ───────────────────── 0/18 · 10 running',
    '  ❯ review  0/18 · 10 running',
    '    › a0  0s',
    '      o0  0s',
    '      a1  0s',
    '      o1  0s',
    '      a2  0s',
    '      … 5 more',
    '    * anthropic/claude-haiku-5-5  0 done · 5 running',
    '    ✖ openai/gpt-6.1-sol  0 done · 5 running · stopped',
    '✖ openai/gpt-6.1-sol stopped: RATE_LIMITED: too many requests',
    '',
  ]);
  await reporter.close();
});

test('entries wait for their needs, skipped is not failed, and the cost so far is shown', async () => {
  const { clock, terminal, reporter } = world();
  reporter.onEvent({
    ...started([LANE, 4]),
    entries: [
      { task: 'review', tasks: 2, needs: [] },
      { task: 'report', tasks: 2, needs: ['review'] },
    ],
    maxCostUsd: 5,
    spentBeforeUsd: 1,
  });
  reporter.onEvent(attempt('review@a', 0));
  await clock.advance(100);
  expect(rows(terminal).slice(1)).toEqual([
    '❯ auth-review  ───────────────────── 0/4 · 1 running · $1.00 of $5.00',
    '  ❯ review  0/2 · 1 running · anthropic/claude-haiku-5-5',
    '    › a  0s',
    '  ◼ report  0/2 · waiting for review',
    '',
  ]);
  const needed = {
    code: 'DEPENDENCY_FAILED',
    message: '`review@a`, which it needs, failed',
  } as const;
  reporter.onEvent(failedTask('review@a', { code: 'BAD_REQUEST', message: 'too long' }));
  reporter.onEvent(finished('review@b'));
  for (const id of ['report#1', 'report#2']) reporter.onEvent(skippedTask(id, needed));
  await clock.advance(100);
  expect(rows(terminal).slice(1)).toEqual([
    '✖ auth-review  ━━━━━━━━━━━━━━━━━━━━━ 4/4 · 2 skipped · $1.00 of $5.00',
    '  ✖ review  2/2 · 1 failed',
    '  ↓ report  2/2 · 2 skipped',
    '✖ review@a: BAD_REQUEST: too long',
    '↓ 2 tasks skipped: `report` needs a task that failed',
    '',
  ]);
  await reporter.close();
});

test('of many entries, the active ones are shown, in manifest order', async () => {
  const { clock, terminal, reporter } = world();
  const entries = Array.from({ length: 13 }, (_, entry) => entry);
  reporter.onEvent({
    ...started([LANE, 130]),
    entries: entries.map((entry) => ({ task: `t${entry}`, tasks: 10, needs: [] })),
  });
  for (const entry of entries.slice(5)) reporter.onEvent(attempt(`t${entry}@x`, 0));
  await clock.advance(100);
  const shown = rows(terminal).filter((line) => line.startsWith('  ❯ '));
  expect(shown).toHaveLength(13);
  await reporter.close();
  const low = world(screen(80, { rows: 8 }));
  low.reporter.onEvent({
    ...started([LANE, 130]),
    entries: entries.map((entry) => ({ task: `t${entry}`, tasks: 10, needs: [] })),
  });
  for (const entry of entries.slice(8)) low.reporter.onEvent(attempt(`t${entry}@x`, 0));
  await low.clock.advance(100);
  expect(rows(low.terminal).filter((line) => line.startsWith('  ❯ '))).toEqual(
    entries.slice(8).map((entry) => `  ❯ ${`t${entry}`.padEnd(3)}  0/10 · 1 running · ${LANE}`),
  );
  await low.reporter.close();
});

test('an entry with one task shows its call in its own row, and a canceled task does not count as failed', async () => {
  const { clock, terminal, reporter } = world();
  const entries = ['one', 'two'].map((task) => ({ task, tasks: 1, needs: [] }));
  reporter.onEvent({ ...started([LANE, 2]), entries, kept: 1200, maxCostUsd: 5 });
  for (const id of ['one', 'two']) reporter.onEvent(attempt(id, 0));
  await clock.advance(2000);
  expect(rows(terminal).slice(1)).toEqual([
    '❯ auth-review  ───────────────── 0/2 · 2 running · $0.00 of $5.00 · 1200 reused',
    `  ❯ one  2s · ${LANE}`,
    `  ❯ two  2s · ${LANE}`,
    '',
  ]);
  const canceled = {
    code: 'CANCELED',
    message: 'the run was interrupted',
    http_status: null,
    retryable: true,
    hint: null,
  } as const;
  reporter.onEvent(finished('one', { status: 'canceled', error: canceled }));
  reporter.onEvent(finished('two'));
  await reporter.close();
  expect(terminal.lines().slice(1)).toEqual([
    '⚠ auth-review  ━━━━━━━━━━━━━━━━━━━━━ 2/2 · $0.00 of $5.00 · 1200 reused',
    '  ⚠ one  canceled',
    '  ✔ two',
    '',
  ]);
});

test('all entries after the first forty are counted together', async () => {
  const { clock, terminal, reporter } = world(screen(80, { rows: 60 }));
  reporter.onEvent({
    ...started([LANE, 10_000]),
    entries: Array.from({ length: 10_000 }, (_, entry) => ({
      task: `task-${entry + 1}`,
      tasks: 1,
      needs: [],
    })),
  });
  for (let entry = 1; entry <= 5_000; entry++) reporter.onEvent(finished(`task-${entry}`));
  await clock.advance(100);
  expect(rows(terminal)).toContain('  ❯ other tasks  4960/9960 · anthropic/claude-haiku-5-5');
  await reporter.close();
});

test('typing during the run does not move the picture', async () => {
  const [typed, untouched] = [world(), world()];
  for (const { terminal, reporter } of [typed, untouched]) {
    await terminal.write('before\n'.repeat(30));
    reporter.onEvent(runStarted([LANE, 3]));
    reporter.onEvent(attempt('review@a', 0));
    reporter.onEvent(paused(60_000));
  }
  await Promise.all([typed.clock.advance(100), untouched.clock.advance(100)]);
  for (let tick = 0; tick < 20; tick++) {
    await typed.terminal.write(tick < 10 ? '\n\n\n' : 'abc');
    await Promise.all([typed.clock.advance(100), untouched.clock.advance(100)]);
    expect(rows(typed.terminal)).toEqual(rows(untouched.terminal));
  }
  await Promise.all([typed.reporter.close(), untouched.reporter.close()]);
  expect(typed.terminal.lines()).toEqual(untouched.terminal.lines());
});

test('a suspended run that continues keeps what was printed in between', async () => {
  const { clock, terminal, reporter } = world();
  reporter.onEvent(runStarted([LANE, 3]));
  reporter.onEvent(attempt('review@a', 0));
  await clock.advance(100);
  await terminal.write('^Z\n[1]+  Stopped\n$ fg\nvolley run\n');
  const before = terminal.lines();
  reporter.forget?.();
  await clock.advance(500);
  expect(terminal.lines().slice(0, before.length - 1)).toEqual(before.slice(0, -1));
  expect(rows(terminal).slice(before.length - 1)).toEqual([
    '',
    '❯ auth-review  ───────────────────── 0/3 · 1 running',
    '  ❯ review  0/3 · 1 running · anthropic/claude-haiku-5-5',
    '    › a  0s',
    '',
  ]);
  await reporter.close();
});

test('a slow call is marked', async () => {
  const { clock, terminal, reporter } = world();
  reporter.onEvent(runStarted([LANE, 3]));
  reporter.onEvent(finished('review@a'));
  reporter.onEvent(attempt('review@b', 0));
  await clock.advance(31_000);
  expect(rows(terminal)).toContain('    › b  31s · SLOW');
  await reporter.close();
});

describe.each([40, 80, 200])('at %i columns', (columns) => {
  test('5,000 tasks with long and wide ids never wrap a line or leave one behind', async () => {
    const { clock, terminal, reporter } = world(screen(columns), { color: true });
    const lanes = [LANE, 'local/模型-with-a-long-name-that-does-not-fit-anywhere'];
    reporter.onEvent(runStarted([LANE, 2500], [lanes[1] ?? '', 2500]));
    for (let task = 0; task < 5000; task++) {
      const lane = lanes[task % 2] ?? LANE;
      reporter.onEvent(attempt(idOf(task), clock.now(), { lane }));
      if (task >= 16) reporter.onEvent(finished(idOf(task - 16), {}, lanes[task % 2]));
      if (task % 50 === 0) await clock.advance(100);
      expect(terminal.lines().length).toBeLessThanOrEqual(24);
    }
    for (const line of terminal.lines()) expect(line.length).toBeLessThan(columns);
    expect(terminal.lines().filter((line) => line.includes('auth-review'))).toHaveLength(1);
    await reporter.close();
    expect(terminal.cursor()).toMatchObject({ column: 0, visible: true });
  });
});

test('the tree is written at most ten times per second', async () => {
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

test('an idle tree is not drawn again, and only clears what was typed below it', async () => {
  const { clock, terminal, reporter } = world();
  reporter.onEvent(runStarted([LANE, 1]));
  reporter.onEvent({ type: 'lane_stopped', lane: LANE, failure: RATE_LIMIT });
  await clock.advance(100);
  const writes = terminal.writes.length;
  await clock.advance(10_000);
  expect(new Set(terminal.writes.slice(writes))).toEqual(new Set(['\u001b8\u001b[J']));
  await reporter.close();
});

test('failures of one kind share one row', async () => {
  const { clock, terminal, reporter } = world();
  reporter.onEvent(runStarted([LANE, 1000]));
  for (let task = 0; task < 100; task++) reporter.onEvent(failedTask(`review@${task}`));
  await clock.advance(100);
  expect(rows(terminal).slice(-3)).toEqual([
    '  ❯ review  100/1000 · 100 failed · anthropic/claude-haiku-5-5',
    '✖ 100 tasks: AUTH: the key was refused (review@0, review@1, review@2, …)',
    '',
  ]);
  await reporter.close();
});

test('a rejected key is reported once for all calls', async () => {
  const { clock, terminal, reporter } = world();
  reporter.onEvent(runStarted([LANE, 10]));
  for (let task = 0; task < 4; task++) reporter.onEvent(failedTask(`review@${task}`));
  const failure = { code: 'AUTH', message: 'the key was refused', retryable: false } as const;
  reporter.onEvent({ type: 'lane_stopped', lane: LANE, failure });
  await clock.advance(100);
  expect(rows(terminal).filter((line) => line.includes('refused'))).toEqual([
    `✖ ${LANE} stopped: AUTH: the key was refused (4 tasks)`,
  ]);
  await reporter.close();
});

test('a terminal without a size counts as 80 by 24', async () => {
  const { clock, terminal, reporter } = world(screen(80, { known: false }));
  reporter.onEvent(runStarted([LANE, 9]));
  reporter.onEvent(attempt(`review@${'x'.repeat(200)}`, 0));
  await clock.advance(100);
  expect(rows(terminal)[3]).toBe(`    › ${'x'.repeat(34)}…${'x'.repeat(34)}  0s`);
  await reporter.close();
});

test('a low terminal has as many rows as fit', async () => {
  const { clock, terminal, reporter } = world(screen(80, { rows: 5 }));
  reporter.onEvent({
    ...started([LANE, 27]),
    entries: ['a', 'b', 'c'].map((task) => ({ task, tasks: 9, needs: [] })),
  });
  reporter.onEvent(attempt('b@x', 0));
  await clock.advance(100);
  expect(rows(terminal)).toEqual([
    '',
    '❯ auth-review  ───────────────────── 0/27 · 1 running',
    '  ❯ a  0/9',
    `  ❯ b  0/9 · 1 running · ${LANE}`,
    '',
  ]);
  await reporter.close();
});

describe('results on the same terminal', () => {
  test('are printed above the tree, one after the other, and the tree is redrawn', async () => {
    const { clock, terminal, reporter } = world();
    reporter.onEvent(runStarted([LANE, 3]));
    reporter.onEvent(attempt('a', 0));
    await clock.advance(100);
    await Promise.all([
      reporter.between(() => terminal.write('{"id":"a"}\n')),
      reporter.between(() => terminal.write('{"id":"b"}\n')),
    ]);
    const lines = terminal.lines();
    expect(lines.slice(0, 3)).toEqual(['{"id":"a"}', '{"id":"b"}', '']);
    expect(lines[3]).toContain('auth-review');
    await reporter.close();
  });

  test('pause the tree while a slow one is printed', async () => {
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

  test('appear between the tree and the end if they are printed after the run', async () => {
    const { terminal, reporter } = world();
    reporter.onEvent(runStarted([LANE, 1]));
    reporter.onEvent(finished('a'));
    reporter.onEvent(runFinished({ tasks: 1, succeeded: 1 }));
    await reporter.between(() => terminal.write('four\n'));
    await reporter.close();
    expect(terminal.lines().slice(-3)).toEqual([
      'four',
      'Volley complete: 1/1 succeeded in 45.3s',
      '',
    ]);
  });

  test('reject with an error if they cannot be printed, and the tree is redrawn', async () => {
    const { clock, terminal, reporter } = world();
    reporter.onEvent(runStarted([LANE, 1]));
    await clock.advance(100);
    const failing = reporter.between(async () => {
      throw new Error('write EIO');
    });
    await expect(failing).rejects.toThrow('write EIO');
    expect(terminal.lines()[1]).toContain('auth-review');
    await reporter.close();
  });
});

test('a tree that is closed early leaves the counters, a visible cursor and no timer', async () => {
  const { clock, terminal, reporter } = world();
  reporter.onEvent(runStarted([LANE, 3]));
  reporter.onEvent(attempt('review@a', 0));
  reporter.onEvent(failedTask('review@b'));
  await clock.advance(100);
  reporter.onEvent(failedTask('review@c'));
  await reporter.close();
  await reporter.close();
  expect(terminal.lines()).toEqual([
    '',
    '⚠ auth-review  ━━━━━━━━━━━━━━─────── 2/3',
    '  ⚠ review  2/3 · 2 failed',
    '',
  ]);
  expect(terminal.cursor().visible).toBe(true);
  expect(clock.pendingTimers).toBe(0);
});

test('the cursor is visible and lines wrap between two writes, so a killed process leaves a usable terminal', async () => {
  const { clock, terminal, reporter } = world();
  reporter.onEvent(runStarted([LANE, 3]));
  reporter.onEvent(attempt('a', 0));
  await clock.advance(1000);
  for (const write of terminal.writes) {
    expect(write.lastIndexOf('\u001b[?25h')).toBeGreaterThanOrEqual(
      write.lastIndexOf('\u001b[?25l'),
    );
    expect(write.lastIndexOf('\u001b[?7h')).toBeGreaterThanOrEqual(write.lastIndexOf('\u001b[?7l'));
  }
  await reporter.close();
});

test('color is used only if enabled', async () => {
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

test('neither stdout nor the signal handlers of the process are changed', async () => {
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

/** An id that is long, wide, and contains an emoji that terminals measure differently. */
function idOf(task: number): string {
  return `translate@${'docs/深い/フォルダ/'.repeat(task % 9)}page-${task}.md,lens=👩‍👩‍👧`;
}

test('an open batch is a node with its age, its processed rows and how long it usually takes', async () => {
  const { clock, terminal, reporter } = world(screen(110));
  const batch = { type: 'batch' as const, lane: LANE, batchId: 'batch_1', rows: 200, done: null };
  reporter.onEvent(runStarted([LANE, 3]));
  reporter.onEvent({ ...batch, step: 'submitted', ageMs: 0 });
  await clock.advance(60_000);
  expect(rows(terminal).find((row) => row.includes('batch of'))).toBe(
    `* batch of ${LANE}: 200 rows, 1m old, usually ends within an hour (batch_1)`,
  );
  reporter.onEvent({ ...batch, step: 'running', done: 120, ageMs: 3_660_000 });
  await clock.advance(1_000);
  expect(rows(terminal).find((row) => row.includes('batch of'))).toBe(
    `* batch of ${LANE}: 120/200 rows, 1h 1m old, ends within a day of its start (batch_1)`,
  );
  reporter.onEvent({ ...batch, step: 'canceled', ageMs: 3_660_000 });
  reporter.onEvent({ ...batch, step: 'collected', ageMs: 3_661_000 });
  await clock.advance(1_000);
  expect(rows(terminal).filter((row) => row.includes('old,'))).toEqual([]);
  await reporter.close();
});
