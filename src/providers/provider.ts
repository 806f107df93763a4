import type { Failure } from '../errors/failure.ts';
import type { LimitKind } from '../manifest/declared-limits.ts';
import type { PromptRequest } from '../plan/task.ts';
import type { CacheMarks } from '../prefix/cache-marks.ts';
import type { JsonValue } from '../ports/json.ts';
import type { BatchApi } from './batch-api.ts';
import type { CacheNote } from './cache-diagnosis.ts';

/** A provider, in any wire format. A new one is one file and one line in the registry. */
export interface Provider {
  readonly name: string;
  /** The host of the base URL, which is part of the fingerprint; `mock` for the mock. */
  readonly host: string;
  /** Makes one HTTP request. Never throws for server or network errors; never retries. */
  send(request: PromptRequest, options: SendOptions): Promise<AttemptOutcome>;
  /** Its batch interface, if any. */
  readonly batches?: BatchApi | undefined;
  /** Closes idle connections. */
  close(): Promise<void>;
}

export interface SendOptions {
  /** One deadline for connecting, headers, body and parsing. */
  readonly timeoutMs: number;
  /** Abandons the attempt immediately, which then fails with `CANCELED`. */
  readonly signal: AbortSignal;
  /** What the provider should cache; nothing if absent. */
  readonly marks?: CacheMarks | undefined;
  /** From an `incomplete` outcome. */
  readonly continuation?: Continuation;
  /** Updated during the request, for callers that do not wait for the outcome. */
  readonly transfer?: Transfer;
}

/**
 * How far a request has got: `connecting` until its first byte is sent (so it cannot be charged),
 * `sent` until a reply starts.
 */
export type Stage = 'connecting' | 'sent' | 'answering';

export interface Transfer {
  stage: Stage;
  /** The part of the response that has arrived. */
  reply?: ReplySoFar;
}

export interface ReplySoFar {
  readonly status: number;
  readonly headers: ResponseHeaders;
  readonly chunks: readonly Uint8Array[];
}

/** The outcome of an attempt, and the limits that the server announced with it. */
export type AttemptOutcome = AttemptResult & { readonly announced?: readonly AnnouncedLimit[] };

export type AttemptResult =
  | { readonly kind: 'answered'; readonly answer: Answer }
  /** The model paused its turn: send again with `continuation`. */
  | { readonly kind: 'incomplete'; readonly continuation: Continuation; readonly usage: Usage }
  | { readonly kind: 'failed'; readonly failure: AttemptFailure };

/** A limit that a server announced. Missing and invalid values are undefined. */
export interface AnnouncedLimit {
  readonly kind: LimitKind;
  /** The time span of `limit`, if the header's name contains it. */
  readonly spanMs: number | undefined;
  /** Above 0. */
  readonly limit: number | undefined;
  /** 0 or more. */
  readonly remaining: number | undefined;
  /** Until the limit is fully available again; above 0. */
  readonly resetMs: number | undefined;
  /** The error of `resetMs`: dates, times and most numbers are in whole seconds. */
  readonly resetErrorMs: number;
}

/** Only meaningful to the provider that created it. */
export type Continuation = { readonly messages: readonly unknown[] };

/** Lower-case names. Empty without a response. */
export type ResponseHeaders = Readonly<Record<string, string>>;

export interface Answer {
  /** Never blank. */
  readonly text: string;
  /** The parsed text if the task has a schema. */
  readonly value?: JsonValue;
  /** `stop`, or an unknown word of the vendor; undefined if the answer has no reason. */
  readonly finishReason: string | undefined;
  readonly usage: Usage;
  readonly requestId: string | undefined;
}

/** Tokens as billed. Output includes reasoning; the other parts do not overlap. */
export interface Usage {
  /** Neither read from nor written to a cache. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadTokens: number;
  /** With any lifetime. */
  readonly cacheWriteTokens: number;
  /** The part of `cacheWriteTokens` with a lifetime of an hour or more, which costs more. */
  readonly cacheWriteLongTokens: number;
  readonly reasoningTokens: number;
  /** The answer's service tier, if it may change the price: `flex`, `default`, `priority`, … */
  readonly tier?: string;
  /** Some of it was missing or impossible, and was estimated from prompt and answer. */
  readonly isEstimated?: true;
  readonly cacheNote?: CacheNote;
}

export interface AttemptFailure extends Failure {
  /** How long the server asks to wait, parsed and limited; undefined if it does not say. */
  readonly retryAfterMs?: number;
  /**
   * `task`: concerns only this task. `lane`: a rate limit or overload, so the provider and model
   * pause. `provider`: nothing more can succeed there (key, quota, certificate), so the provider is
   * stopped.
   */
  readonly reach: 'task' | 'lane' | 'provider';
  /**
   * The server rejected the form of the request. The next request has another form, so send it
   * again.
   */
  readonly isAmended?: true;
  /** The server rejects requests because the load grows too fast, not because it is too high. */
  readonly growsTooFast?: true;
  /** The server rejects requests because too many are in flight. */
  readonly tooManyAtOnce?: true;
  /** How often to retry this kind of failure, if less than the task's `max_retries`. */
  readonly maxRetries?: number;
  /** The provider might charge for this attempt although there is no answer. */
  readonly possiblyPaid: boolean;
  /** Text that was received before the failure (truncated, refused). */
  readonly partialOutput?: string;
  /** Why the model stopped, if the body says so: `length`, `refusal`, `content_filter`, … */
  readonly finishReason?: string;
  /** Prompt and answer fill the model's context window, so a higher `max_tokens` does not help. */
  readonly fillsWindow?: true;
  /** The part of the request that the server rejects; only with `BAD_REQUEST`. */
  readonly parameter?: string;
  /** Why the answer does not match the schema; only with `SCHEMA_MISMATCH`. */
  readonly violation?: string;
  /** Refusals and truncated answers are billed too. */
  readonly usage?: Usage;
  readonly requestId?: string;
}
