import { createHash } from 'node:crypto';
import { companionName } from '../../src/journal/companion.ts';
import { openJournal, type Journal } from '../../src/journal/journal.ts';
import type { PlannedTask, ResumeDecision } from '../../src/journal/match-records.ts';
import type { JournalMode } from '../../src/journal/open-results.ts';
import type { Disk } from '../../src/ports/disk.ts';
import type { ResultRecord } from '../../src/results/record.ts';
import { checkRecordLine } from '../support/check-schema.ts';
import type { SimulatedDisk } from '../support/simulated-disk.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

export const PATH = '/runs/results.jsonl';

/** The fingerprint of a task with this content. */
export function fingerprint(content: string): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

/** A task of the plan; its content is its id by default. */
export function planned(id: string, index = 0, content = id): PlannedTask {
  return { id, task: id.split('@')[0] ?? id, index, fingerprints: [fingerprint(content)] };
}

/** The record of such a task. */
export function succeeded(id: string, index = 0, content = id): ResultRecord {
  return {
    v: 1,
    ...pick(planned(id, index, content)),
    status: 'succeeded',
    output: `the answer to ${content}`,
    provider: 'mock',
    model: 'mock-1',
    finish_reason: 'stop',
    usage: null,
    cost_usd: 0.5,
    attempts: 1,
    retries: 0,
    queued_ms: 1,
    duration_ms: 2,
    started_at: '2026-01-01T00:00:00.000Z',
    finished_at: '2026-01-01T00:00:00.002Z',
    request_id: null,
    fingerprint: fingerprint(content),
  };
}

export function unsuccessful(
  status: 'failed' | 'canceled' | 'skipped',
  id: string,
  index = 0,
  content = id,
): ResultRecord {
  const { output: _, ...rest } = succeeded(id, index, content);
  const error = {
    code: 'NETWORK',
    message: 'x',
    http_status: null,
    retryable: true,
    hint: null,
  } as const;
  return { ...rest, cost_usd: 0, status, error };
}

export function failed(id: string, index = 0, content = id): ResultRecord {
  return unsuccessful('failed', id, index, content);
}

function pick({ id, task, index }: PlannedTask): Pick<ResultRecord, 'id' | 'task' | 'index'> {
  return { id, task, index };
}

export function jsonl(...records: readonly ResultRecord[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join('');
}

/** The records in a companion. */
export function movedIn(disk: SimulatedDisk): readonly ResultRecord[] {
  return companionLines(disk).flatMap((line) => line.record ?? []);
}

/** What was cut off the end of a results file, as saved in its companion. */
export function tornIn(disk: SimulatedDisk): Buffer {
  const pieces = companionLines(disk).flatMap(({ base64 }) => base64 ?? []);
  return Buffer.concat(pieces.map((piece) => Buffer.from(piece, 'base64')));
}

interface Line {
  readonly record?: ResultRecord;
  readonly base64?: string;
}

function companionLines(disk: SimulatedDisk): readonly Line[] {
  const lines = (disk.text(companionName(PATH)) ?? '').split('\n').slice(0, -1);
  return lines.map((text) => {
    const line: Line = JSON.parse(text);
    return line;
  });
}

/** The records of a file; throws for a line that is not valid. */
export function parsed(text: string | undefined): ResultRecord[] {
  return (text ?? '')
    .split('\n')
    .slice(0, -1)
    .map((line) => checkRecordLine(line));
}

export function open(disk: Disk, mode: JournalMode = 'resume'): Promise<Journal> {
  return openJournal(PATH, { mode, disk, clock: new VirtualClock() });
}

/**
 * Announces the whole plan to the journal, then asks about each task: `keep`, or another decision
 * and its reason.
 */
export function decisions(journal: Journal, plan: readonly PlannedTask[]): Record<string, string> {
  for (const task of plan) journal.expect(task);
  return Object.fromEntries(plan.map((task) => [task.id, shown(journal.decide(task))]));
}

function shown(decision: ResumeDecision): string {
  return decision.kind === 'keep' ? 'keep' : `${decision.kind}: ${decision.reason}`;
}

/** Runs a plan: tasks that are not kept are answered. */
export async function work(journal: Journal, plan: readonly PlannedTask[]): Promise<string[]> {
  for (const task of plan) journal.expect(task);
  const sent: string[] = [];
  for (const task of plan) {
    if (journal.decide(task).kind !== 'run') continue;
    sent.push(task.id);
    await journal.append({
      ...succeeded(task.id, task.index),
      task: task.task,
      fingerprint: task.fingerprints[0] ?? null,
    });
  }
  return sent;
}
