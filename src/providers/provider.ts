import type { Failure } from '../errors/failure.ts';
import type { LimitKind } from '../manifest/limit-names.ts';
import type { PromptRequest } from '../plan/task.ts';
import type { CacheMarks } from '../prefix/marks.ts';
import type { JsonValue } from '../ports/json.ts';
import type { BatchApi } from './batch-api.ts';
import type { CacheNote } from './cache-diagnosis.ts';

/** The seam behind which every wire format lives. A new provider is one file and one line in the registry. */
export interface Provider {
  readonly name: string;
  /** Host of the base URL (`api.openai.com`), part of the fingerprint; `mock` for the mock. */
  readonly host: string;
  /** One HTTP request. Never throws for what a server or network does; never retries. */
  send(request: PromptRequest, options: SendOptions): Promise<AttemptOutcome>;
  /** Its batch interface; absent where it has none. */
  readonly batches?: BatchApi | undefined;
  /** Closes idle connections. */
  close(): Promise<void>;
}

export interface SendOptions {
  /** One deadline for connect, headers, body and parsing. */
  readonly timeoutMs: number;
  /** Abandons the attempt at once: the outcome is then a failure `CANCELED`. */
  readonly signal: AbortSignal;
  /** What the provider is to cache; absent: nothing. */
  readonly marks?: CacheMarks | undefined;
  /** What an `incomplete` outcome asked to send along. */
  readonly continuation?: Continuation;
  /** Kept up to date by providers that know, for a caller who gives up without waiting for the outcome. */
  readonly transfer?: Transfer;
}

/**
 * How far a request has got: `connecting` until its first byte is about to leave (so that nothing can
 * be charged), `sent` until the first byte of a reply.
 */
export type Stage = 'connecting' | 'sent' | 'answering';

export interface Transfer {
  stage: Stage;
  /** What has come of a reply. */
  reply?: ReplySoFar;
}

export interface ReplySoFar {
  readonly status: number;
  readonly headers: ResponseHeaders;
  readonly chunks: readonly Uint8Array[];
}

/** What came of an attempt, and the limits that the server announced with it, if any. */
export type AttemptOutcome = AttemptResult & { readonly announced?: readonly AnnouncedLimit[] };

export type AttemptResult =
  | { readonly kind: 'answered'; readonly answer: Answer }
  /** The server paused a turn of its own: send again with `continuation`. */
  | { readonly kind: 'incomplete'; readonly continuation: Continuation; readonly usage: Usage }
  | { readonly kind: 'failed'; readonly failure: AttemptFailure };

/** One limit as a server announced it with an answer. What it left out, or garbled, is undefined. */
export interface AnnouncedLimit {
  readonly kind: LimitKind;
  /** The span that `limit` is for, where the header's name says it. */
  readonly spanMs: number | undefined;
  /** Above 0. */
  readonly limit: number | undefined;
  /** 0 or more. */
  readonly remaining: number | undefined;
  /** Until the limit is whole again; above 0. */
  readonly resetMs: number | undefined;
  /** How far off `resetMs` may be: dates, times and most plain numbers come in whole seconds. */
  readonly resetErrorMs: number;
}

/** Opaque to everyone but the provider that made it. */
export type Continuation = { readonly messages: readonly unknown[] };

/** Lower-case names. Empty when no answer came. */
export type ResponseHeaders = Readonly<Record<string, string>>;

export interface Answer {
  /** Never blank. */
  readonly text: string;
  /** What the text says, once it was held against the task's schema; absent without one. */
  readonly value?: JsonValue;
  /** `stop`; a word of the vendor's that is not known; undefined when the answer does not say why it ended. */
  readonly finishReason: string | undefined;
  readonly usage: Usage;
  readonly requestId: string | undefined;
}

/**
 * Tokens as billed, the same for every provider. The parts never overlap, except that reasoning is
 * inside output; `total` is the sum of the other four.
 */
export interface Usage {
  /** Neither read from nor written to a cache. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadTokens: number;
  /** Written with any lifetime. */
  readonly cacheWriteTokens: number;
  /** The part of `cacheWriteTokens` that is kept for an hour or longer: it costs more. */
  readonly cacheWriteLongTokens: number;
  readonly reasoningTokens: number;
  /** The tier that the answer says did the work, where that may change the price: `flex`, `default`, `priority`, … */
  readonly tier?: string;
  /** Some of it was not reported, or cannot be: then it is what the texts let expect. */
  readonly isEstimated?: true;
  readonly cacheNote?: CacheNote;
}

export interface AttemptFailure extends Failure {
  /** The server's own wait, already parsed and clamped; undefined when it named none. */
  readonly retryAfterMs?: number;
  /**
   * How far the failure reaches:
   * `task`: only this one. `lane`: a rate limit or overload, the provider and model pause as one.
   * `provider`: nothing more can succeed there (key, quota, certificate): stop it.
   */
  readonly reach: 'task' | 'lane' | 'provider';
  /** The server refused the form of the request, and the next is written in another: send it again. */
  readonly isAmended?: true;
  /** The server refuses because the load rises too quickly, not because it is too high. */
  readonly growsTooFast?: true;
  /** The server says that it refuses for the number of requests at once. */
  readonly tooManyAtOnce?: true;
  /** How often this kind of failure is worth sending again, where lower than the task's own `max_retries`. */
  readonly maxRetries?: number;
  /** The provider may charge for this attempt although no answer came. */
  readonly possiblyPaid: boolean;
  /** Text that came before it went wrong (truncated, refused). */
  readonly partialOutput?: string;
  /** Why the model stopped, where the body says so: `length`, `refusal`, `content_filter`, … */
  readonly finishReason?: string;
  /** The answer was cut off because prompt and answer fill the model's window: a higher `max_tokens` does not help. */
  readonly fillsWindow?: true;
  /** The part of the request that the server finds fault with; only with `BAD_REQUEST`. */
  readonly parameter?: string;
  /** Why the answer did not fit the schema; only with `SCHEMA_MISMATCH`. */
  readonly misfit?: string;
  /** A refusal and a truncated answer are paid as well. */
  readonly usage?: Usage;
  readonly requestId?: string;
}
