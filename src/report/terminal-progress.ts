import type { RunEvent } from '../results/run-events.ts';
import { endBlock } from './closing-summary.ts';
import { createFailureLog } from './failure-log.ts';
import { frameErase, frameUpdate, marginRows, type Frame } from './terminal-frame.ts';
import { growTree, type Tree } from './listr-adapter.ts';
import { pictureOf, shapeOf, type RunFacts } from './progress-tree.ts';
import { createProgress } from './progress-state.ts';
import type { Reporter, ReporterOptions } from './reporter.ts';
import { createStyle } from './style.ts';
import { batchLine, drainingLine } from './task-lines.ts';
import { wrapWords } from './text-width.ts';

const TICK_MS = 100;
/** Steps that get a line: the batch no longer has a node, or the step is unexpected. */
const PRINTED_STEPS: ReadonlySet<string> = new Set(['canceled', 'collected', 'refused']);
const DEFAULT_SIZE = { columns: 80, rows: 24 };

/**
 * A live tree at the bottom of a terminal, repainted at most ten times per second. It starts with a
 * blank row, which scrolls away first if the user types many line breaks.
 */
export function createTtyReporter(options: ReporterOptions): Reporter {
  const { stderr, clock } = options;
  const style = createStyle(options.color);
  const failures = createFailureLog();
  const progress = createProgress();
  let tree: Tree | undefined;
  let run: RunFacts | undefined;
  let shown: Frame | undefined;
  /** Text to print above the tree. */
  let above = '';
  let live = false;
  let ending: Extract<RunEvent, { type: 'run_finished' }> | undefined;
  let stopTicking: (() => void) | undefined;
  /** Serializes writes to the terminal. */
  let turn: Promise<unknown> = Promise.resolve();

  function inTurn<Value>(step: () => Promise<Value>): Promise<Value> {
    const mine = turn.then(step);
    turn = mine.catch(() => {});
    return mine;
  }

  async function put(text: string): Promise<void> {
    if (text !== '') await stderr.write(text, 'frame').catch(() => {});
  }

  function size(): typeof DEFAULT_SIZE {
    return {
      columns: stderr.columns?.() || DEFAULT_SIZE.columns,
      rows: stderr.rows?.() || DEFAULT_SIZE.rows,
    };
  }

  function printAbove(line: string): void {
    above += `${wrapWords(line, size().columns - 3).join('\n  ')}\n`;
  }

  async function paint(final: boolean): Promise<void> {
    if (!tree || !run) return;
    await tree.ready;
    const { columns, rows } = size();
    const room = rows - marginRows(rows);
    const view = { columns, rows: room, final, style, nowMs: clock.now() };
    const lines = ['', ...tree.draw(pictureOf(progress, failures.groups(), run, view))];
    const next = { lines, columns, rows };
    const notes = above;
    above = '';
    await put(frameUpdate(shown, next, notes));
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
      shown = undefined;
    });
  }

  function show(event: RunEvent): void {
    if (event.type === 'run_started') {
      run = event;
      tree = growTree(shapeOf(progress.entries(clock.now())), style);
      live = true;
      stopTicking = clock.after(TICK_MS, tick);
    }
    if (event.type === 'draining') {
      printAbove(drainingLine(event.reason, progress.total(clock.now()).running, style));
    }
    // The tree shows other steps.
    if (event.type === 'batch' && (event.message !== undefined || PRINTED_STEPS.has(event.step))) {
      printAbove(batchLine(event));
    }
    if (event.type === 'run_finished') {
      ending = event;
      void stop();
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
        await put(frameErase(taken, size()));
        shown = undefined;
        try {
          return await print();
        } finally {
          if (taken) await put(frameUpdate(undefined, taken));
          shown = taken;
        }
      }),
    forget: () => {
      shown = undefined;
    },
    async close(facts) {
      await stop();
      const { summary } = ending ?? {};
      ending = undefined;
      await inTurn(async () => {
        if (!summary || !run) return;
        await put(endBlock(summary, { ...facts, failures, run, style, columns: size().columns }));
      });
    },
  };
}
