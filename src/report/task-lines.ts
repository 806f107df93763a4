import { printableLine } from '../errors/escape-invisible.ts';
import type { Failure } from '../errors/failure.ts';
import { endedWell, type ResultRecord } from '../results/record.ts';
import type { ScheduleEvent } from '../outcome/schedule-events.ts';
import { counted, formatCount, formatDuration } from './format-numbers.ts';
import { formatUsd } from '../money/cost.ts';
import type { Style } from './style.ts';
import { truncateEnd } from './text-width.ts';

/**
 * A server's message may be a whole page, so it is truncated here. The results contain all of it.
 */
const MAX_REASON_WIDTH = 300;

export interface ReasonOptions {
  readonly style: Style;
  /** Whether the same code and message were printed before. Then the code is enough. */
  readonly isKnown?: boolean;
}

/** `✓ id (2.5s, 1.2k tokens, $0.0036)`, `✗ id: CODE: message (2.5s)`, `– id: skipped, message`. */
export function finishedLine(
  record: ResultRecord,
  { style, isKnown = false }: ReasonOptions,
): string {
  const id = printableLine(record.id);
  const facts = style('dim', `(${taskFacts(record).join(', ')})`);
  if (!record.error) return `${style('green', '✓')} ${id} ${facts}`;
  if (endedWell(record)) {
    return `${style('dim', '–')} ${id}: skipped, ${truncateEnd(printableLine(record.error.message), MAX_REASON_WIDTH)}`;
  }
  const reason = isKnown ? `${record.error.code} as above` : reasonText(record.error);
  return `${style('red', '✗')} ${id}: ${reason} ${facts}`;
}

/** `batch msgbatch_1 of openai/gpt: 120/200 rows, 5m`. */
export function batchLine(event: Extract<ScheduleEvent, { type: 'batch' }>): string {
  const { lane, step, batchId, rows, done, ageMs, message } = event;
  const name = `batch ${printableLine(batchId ?? '')} of ${printableLine(lane)}`.replace('  ', ' ');
  if (message !== undefined)
    return `${name}: ${truncateEnd(printableLine(message), MAX_REASON_WIDTH)}`;
  if (step === 'submitted')
    return `${name}: submitted with ${counted(rows, 'row')}, may take up to a day`;
  if (step !== 'running') return `${name}: ${step} after ${formatDuration(ageMs)}`;
  const progress = done === null ? counted(rows, 'row') : `${done}/${counted(rows, 'row')}`;
  return `${name}: ${progress}, ${formatDuration(ageMs)} old`;
}

/** `↻ id: CODE: message, again in 2.1s`. */
export function retryLine(
  event: Extract<ScheduleEvent, { type: 'retry_scheduled' }>,
  style: Style,
): string {
  const again = `again in ${formatDuration(event.delayMs)}`;
  return `${style('yellow', '↻')} ${printableLine(event.id)}: ${reasonText(event.failure)}, ${again}`;
}

/** `→ id: CODE: message, continues with openai/gpt-6.1-sol`. */
export function movedLine(
  event: Extract<ScheduleEvent, { type: 'task_moved' }>,
  style: Style,
): string {
  const next = `continues with ${printableLine(event.to)}`;
  return `${style('yellow', '→')} ${printableLine(event.id)}: ${reasonText(event.failure)}, ${next}`;
}

/** `✗ anthropic/claude-haiku-5-5 stopped: CODE: message` and the hint below it. */
export function laneStoppedLines(
  lane: string,
  failure: Failure,
  { style, isKnown = false }: ReasonOptions,
): readonly string[] {
  const reason = isKnown ? `${failure.code} as above` : reasonText(failure);
  const line = `${style('red', '✗')} ${printableLine(lane)} stopped: ${reason}`;
  return failure.hint === undefined ? [line] : [line, `  ${printableLine(failure.hint)}`];
}

export function drainingLine(reason: string, inFlight: number, style: Style): string {
  const left =
    inFlight === 0
      ? 'no request is in flight'
      : `waiting for ${counted(inFlight, 'request')} in flight`;
  return `${style('yellow', 'Stopping')} (${printableLine(reason)}): no new requests, ${left}`;
}

function taskFacts(record: ResultRecord): readonly string[] {
  if (record.cached) return ['cached'];
  return [
    formatDuration(record.duration_ms),
    ...(record.retries > 0 ? [`after ${counted(record.retries, 'retry', 'retries')}`] : []),
    ...(record.usage ? [`${formatCount(record.usage.total_tokens)} tokens`] : []),
    ...(record.cost_usd === null ? [] : [formatUsd(record.cost_usd)]),
  ];
}

function reasonText({ code, message }: Pick<Failure, 'code' | 'message'>): string {
  return `${code}: ${truncateEnd(printableLine(message), MAX_REASON_WIDTH)}`;
}
