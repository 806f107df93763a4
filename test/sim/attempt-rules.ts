import type { Clock } from '../../src/ports/clock.ts';
import type {
  AttemptFailure,
  AttemptOutcome,
  SendOptions,
  Usage,
} from '../../src/providers/provider.ts';
import type { ResultRecord } from '../../src/results/record.ts';
import { priceUsd } from './manifest.ts';
import type { Life } from './scenario.ts';
import type { SimulatedTask } from './tasks.ts';
import type { Call, Oracle } from './watch.ts';

/**
 * What the promises say about single attempts. These rules are derived from the promises a second
 * time, not from the code.
 */
export interface AttemptRules {
  onSend(call: Call, options: SendOptions): void;
  onOutcome(call: Call, outcome: AttemptOutcome): void;
  onAbandoned(call: Call): void;
  onRecord(record: ResultRecord, calls: readonly Call[]): void;
  /** Records of tasks that failed for good, although nothing known here forbids another attempt. */
  givenUp(): readonly ResultRecord[];
}

/** The attempts so far at one content that only one task has. */
interface Story {
  readonly task: SimulatedTask;
  attempts: number;
  /** Failures that count toward the task's retries, and those that a rate limit caused. */
  failures: number;
  refusals: number;
  /** The number of answers of its lane when it was last refused. */
  answersAtRefusal: number;
  ofCode: Map<string, number>;
  /** The earliest time for another attempt; Infinity if there must be none. */
  notBeforeMs: number;
  why: string;
  continuation: unknown;
  continuations: number;
  /** When the first attempt was sent. */
  firstMs: number;
  reportedUsd: number;
  inputTokens: number;
  outputTokens: number;
  possiblyPaid: number;
}

/**
 * A lane that gets nothing but refusals is given up after at most this time and this many rounds.
 */
const LONGEST_SHUT = { forMs: 1_200_000, rounds: 12 };

/** The number of times that a model may pause its turn in one task. */
const MOST_CONTINUATIONS = 5;

/** The wait that every task accepts, however short its attempts may be. */
export const PATIENCE_MS = 60_000;

export function createAttemptRules(options: {
  readonly clock: Clock;
  readonly report: (oracle: Oracle, message: string) => void;
  readonly tasksByContent: ReadonlyMap<string, readonly SimulatedTask[]>;
  readonly life: Life;
}): AttemptRules {
  const { clock, report, tasksByContent, life } = options;
  const stories = new Map<string, Story>();
  const pauses = new Map<string, { startedMs: number; untilMs: number }>();
  const stoppedProviders = new Map<string, number>();
  const answers = new Map<string, number>();
  /**
   * Since when a lane has been getting nothing but refusals. Requests sent before the latest
   * refusal belong to its round.
   */
  const shut = new Map<string, { sinceMs: number; latestMs: number; rounds: number }>();
  const givenUp: ResultRecord[] = [];

  function storyOf({ content }: Call): Story | undefined {
    const [task, another] = tasksByContent.get(content) ?? [];
    if (!task || another) return undefined;
    const story = stories.get(content) ?? {
      task,
      attempts: 0,
      failures: 0,
      refusals: 0,
      answersAtRefusal: 0,
      ofCode: new Map<string, number>(),
      notBeforeMs: -Infinity,
      why: '',
      continuation: undefined,
      continuations: 0,
      firstMs: clock.now(),
      reportedUsd: 0,
      inputTokens: 0,
      outputTokens: 0,
      possiblyPaid: 0,
    };
    stories.set(content, story);
    return story;
  }

  return {
    onSend(call, { timeoutMs, continuation }) {
      const nowMs = clock.now();
      const pause = pauses.get(call.lane);
      if (pause && nowMs > pause.startedMs && nowMs < pause.untilMs) {
        report('pause', `${call.lane} is paused until ${pause.untilMs} ms and sends`);
      }
      const stoppedMs = stoppedProviders.get(providerOf(call)) ?? Infinity;
      if (nowMs > stoppedMs) report('stop', `${call.lane} sends after its provider was stopped`);
      const { sinceMs = nowMs, rounds = 0 } = shut.get(call.lane) ?? {};
      if (nowMs - sinceMs > LONGEST_SHUT.forMs && rounds > LONGEST_SHUT.rounds) {
        report('pace', `${call.lane} is asked again after ${nowMs - sinceMs} ms of refusals`);
      }
      if (!tasksByContent.has(call.content)) report('one record', `${call.content} is in no task`);
      const story = storyOf(call);
      if (!story) return;
      story.attempts += 1;
      if (timeoutMs !== story.task.timeoutMs) report('retry', `a timeout of ${timeoutMs} ms`);
      if (continuation !== story.continuation) report('retry', 'a paused turn is not taken up');
      if (nowMs < story.notBeforeMs) {
        report('retry', `${call.content} is sent again ${story.why}`);
      }
    },

    onOutcome(call, outcome) {
      const story = storyOf(call);
      if (isRefusal(outcome)) countRefusal(call);
      else shut.delete(call.lane);
      if (outcome.kind === 'failed') {
        if (outcome.failure.reach === 'lane') pauseLane(call, outcome.failure);
        if (outcome.failure.reach === 'provider') {
          const provider = providerOf(call);
          stoppedProviders.set(provider, stoppedProviders.get(provider) ?? clock.now());
        }
        if (story) countFailure(story, outcome.failure, call.lane);
      }
      if (isPaid(outcome)) answers.set(call.lane, (answers.get(call.lane) ?? 0) + 1);
      if (!story) return;
      const usage = usageOf(outcome);
      story.reportedUsd += usage ? priceUsd(usage) : 0;
      story.inputTokens += usage?.inputTokens ?? 0;
      story.outputTokens += usage?.outputTokens ?? 0;
      if (outcome.kind === 'answered') forbid(story, 'although it was answered');
      if (outcome.kind !== 'incomplete') return;
      story.continuation = outcome.continuation;
      story.continuations += 1;
    },

    onAbandoned(call) {
      const story = storyOf(call);
      // Volley's own verdict on a provider that missed its deadline.
      if (story) countFailure(story, { ...ABANDONED, possiblyPaid: call.isOnWire }, call.lane);
    },

    onRecord(record, calls) {
      const own = calls.find(({ requestId }) => requestId === record.request_id);
      const isOwn = record.shared_with === undefined;
      if (isOwn && record.status === 'succeeded' && own?.outcome?.kind !== 'answered') {
        report('one record', `${record.id} succeeded with an answer that never came`);
      }
      if (record.finished_at < record.started_at) {
        report('one record', `${record.id} ends before it starts`);
      }
      const story = [...stories.values()].find(({ task }) => task.id === record.id);
      if (!story || record.attempts === 0) return;
      checkSums(record, story, calls);
      if (record.status === 'failed' && isOpen(story)) givenUp.push(record);
      forbid(story, 'after its record was written');
    },

    givenUp: () => givenUp,
  };

  function checkSums(record: ResultRecord, story: Story, calls: readonly Call[]): void {
    const sums: ReadonlyArray<readonly [name: string, told: number | null, is: number]> = [
      ['attempts', record.attempts, story.attempts],
      ['retries', record.retries, story.attempts - 1],
      ['input tokens', record.usage?.input_tokens ?? 0, story.inputTokens],
      ['output tokens', record.usage?.output_tokens ?? 0, story.outputTokens],
      ['possibly paid attempts', record.possibly_paid_attempts ?? 0, story.possiblyPaid],
      ['milliseconds', record.duration_ms, Math.round(clock.now() - story.firstMs)],
      ['USD', record.cost_usd, story.reportedUsd],
    ];
    for (const [name, told, is] of sums) {
      if (!(Math.abs((told ?? NaN) - is) < 1e-9)) {
        report('sum', `${record.id} tells of ${told} ${name}, it is ${is}`);
      }
    }
    const own = calls.filter(({ content }) => tasksByContent.get(content)?.[0] === story.task);
    const chargedUsd = own.reduce((sum, call) => sum + call.chargedUsd, 0);
    const toldUsd = (record.cost_usd ?? NaN) + (record.possibly_paid_usd ?? 0);
    if (!(chargedUsd < toldUsd + 1e-9)) {
      report('sum', `${record.id} may have cost ${toldUsd}, the servers charge ${chargedUsd}`);
    }
  }

  /** Whether another attempt may follow, now or later. */
  function isOpen({ notBeforeMs, continuations }: Story): boolean {
    return notBeforeMs < Infinity && continuations <= MOST_CONTINUATIONS;
  }

  function countFailure(story: Story, failure: AttemptFailure, lane: string): void {
    const { task } = story;
    const ofCode = (story.ofCode.get(failure.code) ?? 0) + 1;
    story.ofCode.set(failure.code, ofCode);
    if (failure.code === 'RATE_LIMITED') {
      const seen = answers.get(lane) ?? 0;
      story.refusals = seen > story.answersAtRefusal ? 1 : story.refusals + 1;
      story.answersAtRefusal = seen;
    } else story.failures += 1;
    if (failure.possiblyPaid) story.possiblyPaid += 1;
    const waitMs = failure.retryAfterMs ?? 0;
    if (!failure.retryable) return forbid(story, `although ${failure.code} is final`);
    if (story.failures > task.maxRetries || task.maxRetries === 0) {
      return forbid(story, `with ${task.maxRetries} retries used up`);
    }
    if (ofCode > (failure.maxRetries ?? Infinity)) {
      return forbid(story, `after ${ofCode} times ${failure.code}`);
    }
    if (waitMs > Math.max(task.timeoutMs, PATIENCE_MS)) {
      return forbid(story, 'though the wait is beyond its timeout and a minute');
    }
    const base = life.retryDelayMs ?? 1_000;
    const backoffMs = Math.min(60_000, base * 2 ** (story.failures + story.refusals - 1));
    story.notBeforeMs = clock.now() + (waitMs > 0 ? waitMs : backoffMs);
    story.why = `before ${story.notBeforeMs} ms`;
  }

  function countRefusal({ lane, atMs }: Call): void {
    const nowMs = clock.now();
    const before = shut.get(lane) ?? { sinceMs: nowMs, latestMs: atMs, rounds: 0 };
    const isNewRound = atMs >= before.latestMs;
    shut.set(lane, { ...before, latestMs: nowMs, rounds: before.rounds + (isNewRound ? 1 : 0) });
  }

  function forbid(story: Story, why: string): void {
    story.notBeforeMs = Infinity;
    story.why = why;
  }

  /**
   * A wait that a server requests is kept to the millisecond; otherwise, the lane decides how long
   * to wait.
   */
  function pauseLane({ lane }: Call, { retryAfterMs = 0 }: AttemptFailure): void {
    const nowMs = clock.now();
    const pause = pauses.get(lane) ?? { startedMs: -Infinity, untilMs: -Infinity };
    if (retryAfterMs <= 0 || nowMs + retryAfterMs <= pause.untilMs) return;
    const startedMs = nowMs >= pause.untilMs ? nowMs : pause.startedMs;
    pauses.set(lane, { startedMs, untilMs: nowMs + retryAfterMs });
  }
}

/** Whether a server refused because it is full, not because of the request. */
export function isRefusal(outcome: AttemptOutcome | undefined): boolean {
  if (outcome?.kind !== 'failed') return false;
  return outcome.failure.code === 'RATE_LIMITED' || outcome.failure.code === 'OVERLOADED';
}

function isPaid(outcome: AttemptOutcome): boolean {
  return outcome.kind !== 'failed' || outcome.failure.usage !== undefined;
}

/** The failure that `sendOnce` reports for a provider that misses its deadline. */
const ABANDONED: AttemptFailure = {
  code: 'TIMEOUT',
  message: 'abandoned',
  retryable: true,
  reach: 'task',
  possiblyPaid: true,
};

function providerOf({ lane }: Call): string {
  return lane.split('/')[0] ?? lane;
}

/** The usage that the server reported. */
export function usageOf(outcome: AttemptOutcome): Usage | undefined {
  if (outcome.kind === 'answered') return outcome.answer.usage;
  return outcome.kind === 'incomplete' ? outcome.usage : outcome.failure.usage;
}
