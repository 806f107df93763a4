import type { PromptRequest } from '../../src/plan/task.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { AttemptFailure, AttemptOutcome, SendOptions } from '../../src/providers/provider.ts';
import type { ResultRecord } from '../../src/results/record.ts';
import { roughRequestTokens } from '../../src/plan/estimate-input-tokens.ts';
import type { Weights } from '../pacing/virtual-server.ts';
import { createAttemptRules, type AttemptRules } from './attempt-rules.ts';
import type { Dice } from './dice.ts';
import type { Behaviour, Fault } from './faults.ts';
import { priceUsd } from './manifest.ts';
import type { Life, Scenario } from './scenario.ts';
import type { ExpandedTask } from './entries.ts';
import { contentOf } from './tasks.ts';
import { NO_USAGE } from '../../src/providers/usage-fields.ts';

/** A promise that was broken. */
export interface Violation {
  readonly oracle: Oracle;
  readonly message: string;
}

export type Oracle =
  | 'ends' // every run ends, in bounded time
  | 'one record' // a task has one final record, and the right one
  | 'kept' // what was reported durable is there forever
  | 'paid once' // nothing answered is sent again, and a crash costs at most the slots
  | 'slots' // requests in flight, and answers not yet durable, hold a slot; none is leaked
  | 'windows' // no declared limit is exceeded
  | 'pause' // a refusal pauses the lane for as long as the server says
  | 'retry' // an attempt follows only where and when it may
  | 'needs' // a task waits for what it needs, and is skipped only for its sake or its `if`
  | 'stop' // nothing goes out after a stop
  | 'fair' // no lane delays another
  | 'pace' // limits that nobody declared are found: no task is given up for them, none waits forever
  | 'cache' // a shared beginning is written once, for those who read it
  | 'batch' // no row is submitted twice, each has one end, budget and deadline are kept
  | 'budget' // no more is spent than allowed
  | 'sum' // the summary adds up
  | 'resume'; // what a run left can always be resumed

/** One request as the server got it. */
export interface Call {
  readonly serial: number;
  readonly requestId: string;
  readonly lane: string;
  readonly content: string;
  readonly atMs: number;
  /** The arrival is some milliseconds after sending, because networks are uneven. */
  readonly arrivalMs: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly timeoutMs: number;
  readonly fault: Fault;
  readonly behaviour: Behaviour;
  /** What the server charges, reported or not. */
  chargedUsd: number;
  /** Whether the call was sent. A call that is aborted the instant it starts is not. */
  isOnWire: boolean;
  /** `answered`: its record is not durable yet. `over`: nothing more is expected of it. */
  state: 'in flight' | 'answered' | 'over';
  endMs: number;
  /** Its result as the scheduler received it; undefined if nothing was listening. */
  outcome: AttemptOutcome | undefined;
}

export interface Halt {
  readonly atMs: number;
  readonly reason: string;
}

/**
 * Sees everything that is sent over the network in one life, and immediately checks it against the
 * promises.
 */
export interface Watch {
  readonly calls: readonly Call[];
  readonly violations: Violation[];
  report(oracle: Oracle, message: string): void;
  sent(
    request: PromptRequest,
    options: SendOptions,
    meeting: {
      readonly dice: Dice;
      readonly choose: (lane: string, weights: Weights) => Fault;
    },
  ): Call;
  delivered(call: Call, outcome: AttemptOutcome): void;
  /** An answer that may arrive when it is no longer wanted. */
  lateAnswer(call: Call): AttemptOutcome;
  /** Notes that nothing may be sent after this moment, and why. */
  halted(reason: string): void;
  /** All reasons to stop, in order. */
  readonly halts: readonly Halt[];
  /** Notes that nothing may be in flight after this moment either. */
  cut(reason: string): void;
  /** Notes that a record is being saved; `kept`: that it is durable or could not be saved. */
  keeping(record: ResultRecord): void;
  kept(record: ResultRecord): void;
  /**
   * Records of tasks that failed for good, although another attempt was allowed as far as is known
   * here.
   */
  givenUp(): readonly ResultRecord[];
  /**
   * Requests in flight, and answers that are not yet durable: these would be lost in a crash now.
   */
  atRisk(): readonly Call[];
  /**
   * When the last task ended that a lane's tasks need, in this or in other lanes; 0 if they need
   * nothing.
   */
  needsEndedMs(lane: string): number;
}

export function createWatch(options: {
  readonly scenario: Scenario;
  readonly life: Life;
  readonly clock: Clock;
  readonly firstSerial: number;
  /** Whether there is a durable answer to this content. */
  readonly isAnswered: (content: string) => boolean;
  /** Whether an earlier life left the task's answer. */
  readonly isKept: (id: string) => boolean;
  readonly log: (line: string) => void;
}): Watch {
  const { scenario, life, clock, log } = options;
  const calls: Call[] = [];
  const violations: Violation[] = [];
  const tasksByContent = groupByContent(life.tasks);
  const contentOfId = new Map(
    [...tasksByContent].flatMap(([content, tasks]) => tasks.map(({ id }) => [id, content])),
  );
  const lanes = new Map(scenario.lanes.map((lane) => [lane.name, lane]));
  /** Records that are being written to disk, by task; each holds a slot. */
  const recording = new Map<string, string>();
  /** When tasks ended whose answer is durable, or whose `if` was false. */
  const endedWellMs = new Map<string, number>();
  const halts: Halt[] = [];
  let cutMs = Infinity;

  function report(oracle: Oracle, message: string): void {
    violations.push({ oracle, message: `${message} (at ${clock.now()} ms)` });
  }

  function halted(reason: string): void {
    log(`${clock.now()} halt: ${reason}`);
    halts.push({ atMs: clock.now(), reason });
  }

  function checkCut({ requestId }: Call): void {
    if (clock.now() > cutMs) report('stop', `${requestId} was not abandoned at ${cutMs} ms`);
  }

  const rules: AttemptRules = createAttemptRules({ clock, report, tasksByContent, life });

  function mayGo({ isWanted, needs }: ExpandedTask): boolean {
    return isWanted && needs.every((id) => options.isKept(id) || endedWellMs.has(id));
  }

  function holdingIn(lane: string | undefined): number {
    const held = calls.filter((call) => call.state !== 'over' && (!lane || call.lane === lane));
    // The record of a failure holds the slot of its last attempt.
    const failures = [...recording.values()].filter((name) => !lane || name === lane);
    return held.length + failures.length;
  }

  function checkSlots(lane: string): void {
    const allowed = lanes.get(lane)?.limits.concurrency?.max ?? Infinity;
    if (holdingIn(lane) > allowed) {
      report('slots', `${holdingIn(lane)} slots of ${lane} are held, ${allowed} are allowed`);
    }
    if (holdingIn(undefined) > scenario.maxConcurrent) {
      report('slots', `${holdingIn(undefined)} slots are held, ${scenario.maxConcurrent} allowed`);
    }
  }

  return {
    calls,
    violations,
    report,
    sent(request, sendOptions, { dice, choose }) {
      const lane = `${request.model.provider}/${request.model.model}`;
      const { prompt, sample = 1, parameters } = request;
      const content = contentOf(lane, { prompt, sample, maxTokens: parameters.maxTokens });
      const serial = options.firstSerial + calls.length;
      const tokens = {
        inputTokens: roughRequestTokens(request),
        outputTokens: dice.between(1, request.parameters.maxTokens ?? 50),
      };
      const fault = choose(lane, { input: tokens.inputTokens, output: tokens.outputTokens });
      const behaviour = fault.behave({
        wire: request.model.provider === 'beta' ? 'anthropic' : 'chat',
        text: `answer ${serial} to ${content}`,
        ...tokens,
        requestId: `q${serial}`,
        epochMs: clock.epochMs(),
        dice,
      });
      const call: Call = {
        serial,
        requestId: `q${serial}`,
        lane,
        content,
        atMs: clock.now(),
        arrivalMs: clock.now() + dice.between(0, 15),
        ...tokens,
        timeoutMs: sendOptions.timeoutMs,
        fault,
        behaviour,
        chargedUsd: chargeOf(fault, tokens, request.parameters.maxTokens ?? 50, dice),
        isOnWire: false,
        state: 'in flight',
        endMs: Infinity,
        outcome: undefined,
      };
      log(`${clock.now()} send ${call.requestId} ${content.slice(0, 40)} → ${fault.name}`);
      const [halt] = halts;
      if (halt && clock.now() > halt.atMs) report('stop', `${content} sent after ${halt.reason}`);
      if (!tasksByContent.get(content)?.some(mayGo)) {
        report('needs', `${content} sent before what it needs, or against its \`if\``);
      }
      if (options.isAnswered(content)) report('paid once', `${content} sent although answered`);
      if (calls.some((other) => other.content === content && other.state !== 'over')) {
        report('paid once', `${content} sent twice at once`);
      }
      rules.onSend(call, sendOptions);
      calls.push(call);
      checkSlots(lane);
      sendOptions.signal.addEventListener('abort', () => abandon(call), { once: true });
      return call;
    },
    delivered(call, outcome) {
      if (call.state !== 'in flight') return;
      checkCut(call);
      call.endMs = clock.now();
      call.outcome = outcome;
      call.state = outcome.kind === 'answered' ? 'answered' : 'over';
      log(`${clock.now()} ${call.requestId} ended: ${shown(outcome)}`);
      rules.onOutcome(call, outcome);
    },
    lateAnswer: (call) => ({
      kind: 'answered',
      answer: {
        text: `answer ${call.serial} to ${call.content}, too late`,
        finishReason: 'stop',
        usage: { ...NO_USAGE, inputTokens: 1, outputTokens: 1 },
        requestId: call.requestId,
      },
    }),
    halted,
    halts,
    cut(reason) {
      halted(reason);
      cutMs = Math.min(cutMs, clock.now());
    },
    givenUp: () => rules.givenUp(),
    keeping(record) {
      const lane = `${record.provider}/${record.model}`;
      const last = calls.findLast(({ content }) => content === contentOfId.get(record.id));
      const { outcome, endMs } = last ?? {};
      // If its lane had not stopped, the task would be sent again, so it no longer holds a slot.
      const isFinal = outcome?.kind === 'failed' && !outcome.failure.retryable;
      if (isFinal && endMs === clock.now()) recording.set(record.id, lane);
      if (life.failFast && record.status === 'failed') halted('fail_fast');
      rules.onRecord(record, calls);
    },
    kept(record) {
      log(`${clock.now()} kept ${record.id} ${record.status} ${record.request_id ?? ''}`);
      recording.delete(record.id);
      if (record.status === 'succeeded' || record.error?.code === 'CONDITION_FALSE') {
        endedWellMs.set(record.id, clock.now());
      }
      const call = calls.find(({ requestId }) => requestId === record.request_id);
      if (call && record.status === 'succeeded') call.state = 'over';
    },
    atRisk: () => calls.filter(({ state }) => state !== 'over'),
    needsEndedMs(lane) {
      // That an earlier life answered a task is known only once its own needs have ended.
      const needed = new Set(life.tasks.flatMap((task) => (task.lane === lane ? task.needs : [])));
      for (const id of needed) {
        const { needs = [] } = life.tasks.find((task) => task.id === id) ?? {};
        for (const each of needs) needed.add(each);
      }
      return Math.max(0, ...[...needed].map((id) => endedWellMs.get(id) ?? 0));
    },
  };

  function abandon(call: Call): void {
    // If both happen in the same instant, abandoning wins over an answer.
    if (call.state === 'answered' && call.endMs === clock.now()) call.outcome = undefined;
    else if (call.state !== 'in flight') return;
    else checkCut(call);
    if (!call.isOnWire) call.chargedUsd = 0;
    call.state = 'over';
    call.endMs = clock.now();
    log(`${clock.now()} ${call.requestId} abandoned`);
    rules.onAbandoned(call);
  }
}

function chargeOf(
  { paid }: Fault,
  tokens: { readonly inputTokens: number; readonly outputTokens: number },
  maxTokens: number,
  dice: Dice,
): number {
  if (paid === 'never') return 0;
  if (paid === 'reported') return priceUsd(tokens);
  return dice.chance(0.5) ? priceUsd({ ...tokens, outputTokens: maxTokens }) : 0;
}

function groupByContent(
  tasks: readonly ExpandedTask[],
): ReadonlyMap<string, readonly ExpandedTask[]> {
  const groups = new Map<string, ExpandedTask[]>();
  for (const task of tasks) {
    groups.set(task.content, [...(groups.get(task.content) ?? []), task]);
  }
  return groups;
}

function shown(outcome: AttemptOutcome): string {
  if (outcome.kind !== 'failed') return outcome.kind;
  const { code, retryAfterMs, reach }: AttemptFailure = outcome.failure;
  return `${code} (${reach})${retryAfterMs === undefined ? '' : `, retry after ${retryAfterMs}`}`;
}
