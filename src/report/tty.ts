import type { RunEvent } from '../results/events.ts';
import type { Summary } from '../results/summary.ts';
import { endBlock } from './end.ts';
import { createFailureLog } from './failure-log.ts';
import { frameErase, frameUpdate } from './frame.ts';
import { createProgress } from './progress-state.ts';
import type { Reporter, ReporterOptions } from './reporter.ts';
import { createStyle } from './style.ts';
import { drainingLine, finishedLine, laneStoppedLines } from './task-lines.ts';
import { growTree, type Tree } from './tree.ts';
import { drawLanes, nodesFor } from './tty-lanes.ts';

const TICK_MS = 100;
const DEFAULT_SIZE = { columns: 80, rows: 24 };
const MAX_FAILURE_LINES = 50;

/**
 * A live tree at the bottom of a terminal, repainted at most ten times a second; what must stay
 * (failures, a provider that stopped) is printed above it.
 */
export function createTtyReporter(options: ReporterOptions): Reporter {
  const { stderr, clock } = options;
  const style = createStyle(options.color);
  const failures = createFailureLog();
  const progress = createProgress();
  let tree: Tree | undefined;
  let shown: readonly string[] = [];
  let shownColumns = 0;
  /** Waits to be printed above the tree. */
  let above = '';
  let failureLines = 0;
  let spin = 0;
  let live = false;
  let summary: Summary | undefined;
  let stopTicking: (() => void) | undefined;
  /** Whoever writes to the terminal waits for those before. */
  let turn: Promise<unknown> = Promise.resolve();

  function inTurn<Value>(step: () => Promise<Value>): Promise<Value> {
    const mine = turn.then(step);
    turn = mine.catch(() => {});
    return mine;
  }

  async function put(text: string): Promise<void> {
    if (text !== '') await stderr.write(text).catch(() => {});
  }

  function columns(): number {
    return stderr.columns?.() || DEFAULT_SIZE.columns;
  }

  async function paint(final: boolean): Promise<void> {
    if (!tree) return;
    await tree.ready;
    const rows = stderr.rows?.() || DEFAULT_SIZE.rows;
    const size = { columns: columns(), rows, final, spin: spin++, style };
    drawLanes(tree, progress, { ...size, nowMs: clock.now() });
    const next = tree.lines();
    const notes = above;
    above = '';
    // Lines that a resize has broken are not overwritten but taken away first.
    const afresh = notes !== '' || size.columns !== shownColumns;
    const erased = afresh ? frameErase(shown, size.columns) + notes : '';
    await put(erased + frameUpdate(afresh ? [] : shown, next, size.columns));
    shownColumns = size.columns;
    shown = next;
  }

  function tick(): void {
    void inTurn(async () => {
      await paint(false);
      if (live) stopTicking = clock.after(TICK_MS, tick);
    });
  }

  async function stop(): Promise<void> {
    if (!live) return;
    live = false;
    stopTicking?.();
    await inTurn(async () => {
      await paint(true);
      await tree?.close();
      shown = [];
    });
  }

  function note(...lines: readonly string[]): void {
    above += lines.map((line) => `${line}\n`).join('');
  }

  function show(event: RunEvent): void {
    switch (event.type) {
      case 'run_started':
        tree = growTree(nodesFor(event.lanes.length));
        live = true;
        stopTicking = clock.after(TICK_MS, tick);
        return;
      case 'task_finished':
        if (!event.record.error || failureLines > MAX_FAILURE_LINES) return;
        failureLines += 1;
        if (failureLines <= MAX_FAILURE_LINES) return note(finishedLine(event.record, style));
        return note(`${MAX_FAILURE_LINES} failures shown, further ones are only in the results`);
      case 'lane_stopped':
        return note(...laneStoppedLines(event.lane, event.failure, style));
      case 'draining':
        return note(drainingLine(event.reason, progress.total(clock.now()).active, style));
      case 'run_finished':
        summary = event.summary;
        void stop();
        return;
      case 'attempt_started':
      case 'retry_scheduled':
      case 'task_moved':
      case 'lane_paused':
      case 'lane_bound':
      case 'task_not_sent':
        return;
    }
  }

  return {
    onEvent(event) {
      progress.apply(event, clock.now());
      failures.apply(event);
      show(event);
    },
    between: (print) =>
      inTurn(async () => {
        const taken = shown;
        await put(frameErase(taken, columns()));
        shown = [];
        try {
          return await print();
        } finally {
          await put(frameUpdate([], taken, columns()));
          shown = taken;
        }
      }),
    async close() {
      await stop();
      const ending = summary;
      summary = undefined;
      await inTurn(async () => {
        if (ending) await put(endBlock(ending, { failures, color: options.color }));
      });
    },
  };
}
