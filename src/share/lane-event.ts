import type { Limits } from '../manifest/manifest.ts';
import type { Load } from '../pace/tokens-per-limit.ts';
import type { Answered } from '../pace/pace.ts';
import { parsedJson } from '../ports/json.ts';
import { isObject } from '../ports/json-shape.ts';

/**
 * What a run tells the others about a lane. Contains only numbers and Volley's own words: no text
 * from a prompt, an answer or an error, and no key.
 *
 * `n` numbers a run's events, so that none is counted twice; `request` is the `n` of the request's
 * `sent`.
 */
export type LaneEvent =
  | {
      readonly type: 'joined';
      readonly n: number;
      readonly limits: Limits;
      /** The requests that the run has in flight, if it was in the lane before. */
      readonly inFlight: ReadonlyArray<{ readonly request: number; readonly load: Load }>;
      /** The number of requests that were answered and still hold their slot. */
      readonly kept: number;
      /** What the run sent recently, by declared limit, as [milliseconds ago, weight]. */
      readonly history: Readonly<Record<string, ReadonlyArray<readonly [number, number]>>>;
    }
  | { readonly type: 'sent'; readonly n: number; readonly load: Load; readonly waited: boolean }
  | {
      readonly type: 'answered';
      readonly n: number;
      readonly request: number;
      readonly answer: Answered;
      /** The random number that determined the run's pause. */
      readonly chance: number;
    }
  | { readonly type: 'released'; readonly n: number }
  /** A claimed request that was not sent after all. */
  | { readonly type: 'withdrawn'; readonly n: number; readonly request: number }
  /** The run has something to send, but there is no room. */
  | { readonly type: 'waiting'; readonly n: number }
  /** The run saved a snapshot. */
  | { readonly type: 'saved' }
  /** The run left, or has been silent for too long. */
  | { readonly type: 'gone' };

export function eventText(event: LaneEvent): string {
  return JSON.stringify(event.type === 'answered' ? withoutTexts(event) : event);
}

/** A failure's message and hint may quote a server, so they are left out. */
function withoutTexts(event: Extract<LaneEvent, { readonly type: 'answered' }>): unknown {
  const { failure, usage, announced } = event.answer;
  return {
    ...event,
    answer: {
      announced,
      usage,
      failure: failure && {
        code: failure.code,
        reach: failure.reach,
        retryAfterMs: failure.retryAfterMs,
        growsTooFast: failure.growsTooFast,
        tooManyAtOnce: failure.tooManyAtOnce,
        message: '',
        retryable: failure.retryable,
        possiblyPaid: failure.possiblyPaid,
      },
    },
  };
}

/** Undefined for anything unknown: another version may write events that this one does not know. */
export function parseEvent(text: string): LaneEvent | undefined {
  const value: unknown = parsedJson(text);
  return isEvent(value) ? value : undefined;
}

function isEvent(value: unknown): value is LaneEvent {
  if (!isObject(value)) return false;
  const { type, n, request } = value;
  if (type === 'gone' || type === 'saved') return true;
  if (!Number.isSafeInteger(n)) return false;
  switch (type) {
    case 'joined':
      return (
        isObject(value['limits']) &&
        Array.isArray(value['inFlight']) &&
        Number.isSafeInteger(value['kept']) &&
        isObject(value['history'])
      );
    case 'sent':
      return isLoad(value['load']);
    case 'answered':
      return (
        Number.isSafeInteger(request) &&
        isObject(value['answer']) &&
        Array.isArray(value['answer']['announced']) &&
        typeof value['chance'] === 'number'
      );
    case 'withdrawn':
      return Number.isSafeInteger(request);
    case 'released':
    case 'waiting':
      return true;
    default:
      return false;
  }
}

function isLoad(value: unknown): boolean {
  return (
    isObject(value) &&
    Number.isFinite(value['inputTokens']) &&
    Number.isFinite(value['outputTokens'])
  );
}
