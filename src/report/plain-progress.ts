import { printableLine } from '../errors/escape-invisible.ts';
import type { Failure } from '../errors/failure.ts';
import type { Summary } from '../results/summary.ts';
import { endedWell, type ResultRecord } from '../results/record.ts';
import type { RunEvent } from '../results/run-events.ts';
import { boundText } from './limited-by-text.ts';
import { endBlock } from './closing-summary.ts';
import { createFailureLog } from './failure-log.ts';
import { counted, formatSeconds } from './format-numbers.ts';
import { counterText, groupCounters, pauseText } from './progress-counters.ts';
import { isWorking } from './group-progress.ts';
import { createLog } from './log.ts';
import type { RunFacts } from './progress-tree.ts';
import { createProgress, type Progress } from './progress-state.ts';
import type { Reporter, ReporterOptions } from './reporter.ts';
import { createStyle } from './style.ts';
import {
  batchLine,
  drainingLine,
  finishedLine,
  laneStoppedLines,
  movedLine,
  retryLine,
} from './task-lines.ts';
import { wrapWords } from './text-width.ts';

/** In a run with up to this many tasks, each task has its own line. */
const MAX_TASK_LINES = 200;
/** In a larger run, only this many failures have their own line. */
const MAX_FAILURE_LINES = 50;
const MAX_REASONS = 200;
const TICK_MS = 5000;
const HEARTBEAT_MS = 30_000;

/** Prints whole lines for a log or a pipe, and overwrites nothing. */
export function createPlainReporter(options: ReporterOptions): Reporter {
  const { clock } = options;
  const style = createStyle(options.color);
  const log = createLog(options.stderr);
  const failures = createFailureLog();
  const progress = createProgress();
  let perTask = true;
  let failureLines = 0;
  let lastShownDone = 0;
  let quietSinceMs = clock.now();
  let summary: Summary | undefined;
  let run: RunFacts | undefined;
  /** Reasons already printed in full. */
  const reasons = new Set<string>();
  let stopTicking: (() => void) | undefined;

  /** A terminal without cursor control has a width as well. */
  function columns(): number {
    return options.stderr.columns?.() || Infinity;
  }

  function print(...lines: readonly string[]): void {
    const room = columns() - 3;
    log.print(lines.map((line) => `${wrapWords(line, room).join('\n  ')}\n`).join(''));
  }

  /** Whether the reason was printed before. Records it as printed. */
  function isKnownReason({ code, message }: Pick<Failure, 'code' | 'message'>): boolean {
    const reason = `${code} ${message}`;
    const isKnown = reasons.has(reason);
    if (reasons.size < MAX_REASONS) reasons.add(reason);
    return isKnown;
  }

  function taskLine(record: ResultRecord): string {
    const isKnown = record.error !== undefined && isKnownReason(record.error);
    return finishedLine(record, { style, isKnown });
  }

  function place(): string {
    const { done, tasks } = progress.total(clock.now());
    return `[${done}/${tasks}]`;
  }

  function tick(): void {
    const nowMs = clock.now();
    const total = progress.total(nowMs);
    if (!perTask && total.done > lastShownDone) {
      print(counterText(groupCounters(total), style));
    } else if (nowMs - quietSinceMs >= HEARTBEAT_MS) {
      print(`${place()} ${heartbeatText(progress, nowMs)}`);
      quietSinceMs = nowMs;
    }
    lastShownDone = total.done;
    stopTicking = clock.after(TICK_MS, tick);
  }

  function show(event: RunEvent): void {
    switch (event.type) {
      case 'run_started':
        run = event;
        perTask = event.tasks <= MAX_TASK_LINES;
        print(startLine(event));
        stopTicking = clock.after(TICK_MS, tick);
        return;
      case 'task_finished':
        quietSinceMs = clock.now();
        if (perTask) return print(`${place()} ${taskLine(event.record)}`);
        if (endedWell(event.record) || failureLines > MAX_FAILURE_LINES) return;
        failureLines += 1;
        if (failureLines <= MAX_FAILURE_LINES) {
          return print(`${place()} ${taskLine(event.record)}`);
        }
        return print(`${MAX_FAILURE_LINES} failures shown; the rest are only in the results`);
      case 'retry_scheduled':
        if (perTask) print(`${place()} ${retryLine(event, style)}`);
        return;
      case 'task_moved':
        if (perTask) print(`${place()} ${movedLine(event, style)}`);
        return;
      case 'batch':
        quietSinceMs = clock.now();
        return print(batchLine(event));
      case 'lane_stopped': {
        const isKnown = isKnownReason(event.failure);
        return print(...laneStoppedLines(event.lane, event.failure, { style, isKnown }));
      }
      case 'draining':
        return print(drainingLine(event.reason, progress.total(clock.now()).running, style));
      case 'run_finished':
        summary = event.summary;
        stopTicking?.();
        return;
      case 'attempt_started':
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
    between: (print) => print(),
    async close(facts) {
      stopTicking?.();
      if (summary)
        log.print(endBlock(summary, { ...facts, failures, style, run, columns: columns() }));
      summary = undefined;
      await log.flushed();
    },
  };
}

function startLine({ name, kept, lanes }: Extract<RunEvent, { type: 'run_started' }>): string {
  const start = name === undefined ? 'Running' : `${printableLine(name)}: running`;
  const [first] = lanes;
  const where =
    lanes.length === 1 && first ? printableLine(first.lane) : counted(lanes.length, 'model');
  const tasks = lanes.reduce((sum, lane) => sum + lane.tasks, 0);
  const done = kept === 0 ? '' : `, ${kept} done before`;
  return `${start} ${counted(tasks, 'task')} on ${where}${done}`;
}

/** Says what a run without any output is waiting for. */
function heartbeatText(progress: Progress, nowMs: number): string {
  const { running, retrying } = progress.total(nowMs);
  const [oldest] = progress.active(nowMs, { limit: 1 });
  const working = progress.lanes(nowMs).filter(isWorking);
  const paused = working.flatMap(({ name, pause }) => (pause ? { lane: name, pause } : []));
  // The text about the pause already says so.
  const bound = working.flatMap(({ name, pause, bound: by }) =>
    by && !(pause && by.reason === 'pause') ? { lane: name, by } : [],
  );
  const reasons = [
    ...(oldest
      ? [`${running} in flight, ${printableLine(oldest.id)} for ${formatSeconds(oldest.elapsedMs)}`]
      : []),
    ...(retrying > 0 ? [`${retrying} between retries`] : []),
    ...paused.map(({ lane, pause }) => `${printableLine(lane)} ${pauseText(pause)}`),
    ...bound.map(({ lane, by }) => `${printableLine(lane)} ${boundText(by)}`),
  ];
  return reasons.length > 0
    ? `still waiting: ${reasons.join(' · ')}`
    : 'still waiting, with nothing in flight';
}
