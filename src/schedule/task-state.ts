import type { FailureCode } from '../errors/failure.ts';
import type { Price } from '../manifest/price-rates.ts';
import { changeModel, openAccount } from '../outcome/task-account.ts';
import type { PromptRequest } from '../plan/task.ts';
import type { FedTask } from '../prefix/feed-item.ts';
import type { Pass } from '../prefix/cache-role.ts';
import type { AttemptFailure, Continuation } from '../providers/provider.ts';
import type { ModelSwitch } from './fallback.ts';

/** A rendered task, with what is derived from it only once. */
export interface ReadyTask extends TaskState {
  /** As rendered, for the current model. */
  request: PromptRequest;
  fingerprint: string;
  /** What the next attempt sends: the request, or a changed one after a failure. */
  sending: PromptRequest;
  /** The estimated input tokens of `sending`. */
  inputTokens: number;
}

/** A task in progress. Changed in place by the code that runs it. */
export type TaskState = ReturnType<typeof createTaskState>;

export function createTaskState(fed: FedTask, takenAtMs: number, price: Price | undefined) {
  return { ...openAccount(fed.task, takenAtMs, price), ...newModelState(), fed, pass: fed.pass };
}

/** What restarts with each model. */
function newModelState() {
  return {
    /**
     * Failures by code; the backoff grows with their number. Refusals for a limit count only since
     * the lane's last answer.
     */
    failures: new Map<FailureCode, number>(),
    /** How many answers the lane had when the task was last refused. */
    answersAtRefusal: 0,
    lastFailure: undefined as AttemptFailure | undefined,
    /** What its next attempt does for the lane's cache; undefined: nothing. */
    pass: undefined as Pass | undefined,
    /** Where the next attempt continues, and how often the task was continued. */
    continuation: undefined as Continuation | undefined,
    continuations: 0,
    /** How often there was no room for it in the flex tier. */
    flexRefusals: 0,
    /** The failure of an answer that was cut off, set once `max_tokens` has grown because of it. */
    truncated: undefined as AttemptFailure | undefined,
  };
}

/** Starts over with another model. */
export function switchModel(state: TaskState, { model, failure, lane }: ModelSwitch): void {
  changeModel(state, model, { failure, price: lane.config.price });
  Object.assign(state, newModelState());
}

export function countFailure(
  state: TaskState,
  failure: AttemptFailure,
  { laneAnswers }: { readonly laneAnswers: number },
): void {
  state.lastFailure = failure;
  state.partialOutput = failure.partialOutput ?? state.partialOutput;
  if (failure.code === 'RATE_LIMITED') {
    // Other requests were accepted in the meantime, so this task's turn will come too.
    if (laneAnswers > state.answersAtRefusal) state.failures.delete(failure.code);
    state.answersAtRefusal = laneAnswers;
  }
  state.failures.set(failure.code, (state.failures.get(failure.code) ?? 0) + 1);
  if (failure.possiblyPaid) state.possiblyPaidAttempts += 1;
}
