import type { Redactor } from '../errors/redact.ts';
import { roundUsd } from '../money/cost.ts';
import type { NeedsData } from '../plan/needs-data.ts';
import type { Plan } from '../plan/plan.ts';
import { askedOf, type PromptRequest, type Task } from '../plan/task.ts';
import type { JsonValue } from '../ports/json.ts';
import type { CachedAnswer } from '../response-cache/cached-answer.ts';
import type { ResultRecord } from '../results/record.ts';
import { redactedRecord } from '../results/redacted-record.ts';
import { cachedRecord, sharedRecord } from '../results/cached-record.ts';
import type { createTally, Tallied } from '../results/summarize.ts';
import type { Included } from '../results/task-facts.ts';
import { toRecord, toRecordUsage } from '../results/to-record.ts';
import { withVerdict } from '../results/unexpected-answer.ts';
import type { TaskOutcome, WarmedUp } from '../outcome/task-outcome.ts';
import type { Finished } from './record-keeping.ts';
import type { RunOptions } from './run-options.ts';

/** Creates the records of a run, complete with verdict and seal, and passes them on. */
export interface RunRecords {
  /** Passes on the record of a task that was sent. */
  settle(outcome: TaskOutcome): Promise<void>;
  /** Passes on the cost of a warm-up call. */
  settleWarmUp(warmedUp: WarmedUp): Promise<void>;
  /** Passes on the record of a task that shares another task's answer. */
  share(task: Task, original: ResultRecord): Promise<void>;
  /** Passes on the record of a task with a cached answer. */
  serve(
    task: Task,
    found: { readonly answer: CachedAnswer; readonly request: PromptRequest },
  ): Promise<void>;
}

export function runRecords(
  plan: Plan,
  options: Pick<RunOptions, 'clock' | 'seal' | 'keepAnswer' | 'keepWarmUp'> & {
    readonly redact: Redactor;
    readonly tally: Pick<ReturnType<typeof createTally>, 'addWarmUp'>;
    readonly needsOf: (task: Task) => NeedsData | undefined;
    readonly save: (finished: Finished) => Promise<void>;
  },
): RunRecords {
  const { include = [] } = plan.manifest;

  function includedOf(task: Task, prompt: JsonValue | undefined): Included {
    return {
      ...(include.includes('item') && task.item !== undefined && { item: task.item }),
      ...(include.includes('prompt') && prompt !== undefined && { prompt }),
    };
  }

  function sealed(record: ResultRecord): ResultRecord {
    return options.seal?.sealed(record) ?? record;
  }

  async function settle(outcome: TaskOutcome): Promise<void> {
    const { task } = outcome;
    const raw = toRecord(outcome, includedOf(task, outcome.prompt));
    const record = sealed(await judged(task, redactedRecord(raw, options.redact)));
    // This comes before `save`: if the run is killed in between, the next run finds the answer in
    // the cache.
    if (record.expected !== false) await options.keepAnswer?.(record);
    return options.save({ task, record, tallied: outcome });
  }

  function settleWarmUp(warmedUp: WarmedUp): Promise<void> {
    options.tally.addWarmUp(warmedUp);
    const { lane, usage, costUsd, possiblyPaidUsd } = warmedUp;
    const line = {
      lane,
      at: new Date(options.clock.epochMs()).toISOString(),
      ...(usage && { usage: toRecordUsage(usage) }),
      cost_usd: costUsd === null ? null : roundUsd(costUsd + (possiblyPaidUsd ?? 0)),
    };
    return options.keepWarmUp?.(line) ?? Promise.resolve();
  }

  /** Adds the verdict of the task's `expect`. */
  async function judged(task: Task, record: ResultRecord): Promise<ResultRecord> {
    const { output, provider, model } = record;
    if (!task.template.expect || output === undefined) return record;
    const needs = options.needsOf(task);
    return withVerdict(
      record,
      await plan.judge(task, { output, model: { provider, model }, needs }),
    );
  }

  /** Passes on the record of a task whose answer comes from elsewhere. */
  async function passOn(task: Task, unsent: ResultRecord): Promise<void> {
    const record = sealed(await judged(task, unsent));
    return options.save({ task, record, tallied: NOT_SENT });
  }

  function made(task: Task, prompt: JsonValue | undefined) {
    return { epochMs: options.clock.epochMs(), included: includedOf(task, prompt) };
  }

  return {
    settle,
    settleWarmUp,
    share: (task, original) =>
      passOn(task, sharedRecord(task, original, made(task, original.prompt))),
    serve: (task, { answer, request }) =>
      passOn(task, cachedRecord(task, answer, made(task, askedOf(request)))),
  };
}

/** A shared or cached answer took no time and cost nothing. */
const NOT_SENT: Tallied = { cacheSavedUsd: 0, queuedMs: 0, durationMs: 0, waitedMs: {} };
